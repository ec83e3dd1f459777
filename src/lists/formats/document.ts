// Formats that are one document, not lines: their text is gathered, bounded, and read whole.
import { ListError } from '../errors.ts';
import type { Parser } from '../format.ts';

/** A feed export of this size holds some hundred thousand indicators. */
export const DOCUMENT_OCTETS_MAX = 67_108_864;

/** Calls `read` with the text once it is complete. */
export class DocumentParser implements Parser {
  readonly #read: (text: string) => void;
  /** Grows where it stands, and is given back at once: what waits to be collected is as much again as the text. */
  readonly #buffer = new ArrayBuffer(0, { maxByteLength: DOCUMENT_OCTETS_MAX });

  constructor(read: (text: string) => void) {
    this.#read = read;
  }

  write(chunk: Uint8Array): void {
    const size = this.#buffer.byteLength;
    if (size + chunk.length > DOCUMENT_OCTETS_MAX)
      throw new ListError(
        'LIST_TOO_BIG',
        `more than ${DOCUMENT_OCTETS_MAX} octets; use a line format or split the list`,
      );
    this.#buffer.resize(size + chunk.length);
    new Uint8Array(this.#buffer, size).set(chunk);
  }

  end(): void {
    const text = new TextDecoder().decode(new Uint8Array(this.#buffer));
    this.#buffer.resize(0);
    this.#read(text);
  }
}
