// Memory in pieces of one size, given out, taken back and given out again: what names free, slices take.

export const CHUNK_OCTETS = 8192;

export class ChunkStore {
  readonly #free: Uint8Array[] = [];
  #chunks = 0;

  /** Octets of the chunks given out and of those taken back. */
  get held(): number {
    return this.#chunks * CHUNK_OCTETS;
  }

  /** A chunk with anything in it. */
  chunk(): Uint8Array {
    const chunk = this.#free.pop();
    if (chunk !== undefined) return chunk;
    this.#chunks += 1;
    return new Uint8Array(CHUNK_OCTETS);
  }

  /** Lets go of the chunks that were taken back. */
  dropFree(): void {
    this.#chunks -= this.#free.length;
    this.#free.length = 0;
  }

  giveBack(chunk: Uint8Array): void {
    this.#free.push(chunk);
  }
}
