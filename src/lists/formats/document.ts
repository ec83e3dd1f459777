// Formats that are one document, not lines: their text is gathered, bounded, and read whole.
import { ListError } from '../errors.ts';
import type { Parser } from '../format.ts';

/** A feed export of this size holds some hundred thousand indicators. */
export const DOCUMENT_OCTETS_MAX = 67_108_864;

/** Calls `read` with the text once it is complete. */
export class DocumentParser implements Parser {
  readonly #read: (text: string) => void;
  /** Decoded as they come: octets of a whole text beside it would be as much again. */
  readonly #parts: string[] = [];
  readonly #decoder = new TextDecoder();
  #size = 0;

  constructor(read: (text: string) => void) {
    this.#read = read;
  }

  write(chunk: Uint8Array): void {
    this.#size += chunk.length;
    if (this.#size > DOCUMENT_OCTETS_MAX)
      throw new ListError(
        'LIST_TOO_BIG',
        `more than ${DOCUMENT_OCTETS_MAX} octets; use a line format or split the list`,
      );
    this.#parts.push(this.#decoder.decode(chunk, { stream: true }));
  }

  end(): void {
    this.#parts.push(this.#decoder.decode());
    this.#read(this.#whole());
  }

  /** By itself, so that whoever reads the text holds the parts no longer. */
  #whole(): string {
    return this.#parts.splice(0).join('');
  }
}
