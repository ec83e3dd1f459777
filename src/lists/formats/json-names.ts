// A JSON array of names, however it is broken into lines: the strings in it.
import { EXACT, type Parser, type Sink, SUBTREE } from '../format.ts';

const LF = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const STRING_OCTETS_MAX = 1024;

export class JsonNames implements Parser {
  readonly #sink: Sink;
  readonly #text = new Uint8Array(STRING_OCTETS_MAX);
  #length = 0;
  #isInside = false;
  #isEscaped = false;
  #line = 1;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  write(chunk: Uint8Array): void {
    for (const octet of chunk) {
      if (octet === LF) this.#line += 1;
      if (!this.#isInside) {
        this.#isInside = octet === QUOTE;
        this.#length = 0;
      } else if (octet === QUOTE && !this.#isEscaped) this.#finish();
      else {
        if (this.#length < STRING_OCTETS_MAX) this.#text[this.#length] = octet;
        this.#length += 1;
        this.#isEscaped = octet === BACKSLASH && !this.#isEscaped;
      }
    }
  }

  end(): void {
    if (this.#isInside) this.#sink.skip('bad-syntax', this.#line, this.#text, 0, this.#end());
  }

  #end(): number {
    return Math.min(this.#length, STRING_OCTETS_MAX);
  }

  #finish(): void {
    this.#isInside = false;
    const end = this.#end();
    if (this.#length > STRING_OCTETS_MAX) this.#sink.skip('line-too-long', this.#line, this.#text, 0, end);
    else {
      const below = this.#text[0] === 0x2e ? 1 : this.#text[0] === 0x2a && this.#text[1] === 0x2e ? 2 : 0;
      this.#sink.host(this.#text, below, end, below === 0 ? EXACT : SUBTREE, this.#line);
    }
  }
}

/** Whether a text begins as an array of strings. */
export function isJsonNames(text: Uint8Array): boolean {
  const head = Buffer.from(text.subarray(0, 2000)).toString('latin1').trimStart();
  return /^(?:\xef\xbb\xbf)?\[\s*"[^"\s]*"\s*(,|\]|$)/.test(head);
}
