// Where in a source the values of it stand that were parsed: met in order, each is looked for behind the one before.
import { LineCounter } from '../line-counter.ts';

/** A value that is written otherwise is looked for to the end of the source: not of many, or a file could make that its whole work. */
const MISSES_MAX = 64;

export class ValuePlaces {
  readonly #source: string;
  readonly #lines: LineCounter;
  #at = 0;
  #misses = 0;

  constructor(source: string) {
    this.#source = source;
    this.#lines = new LineCounter(source);
  }

  /** @param written the value as the source has it; the place before it where it is not found */
  of(written: string): { readonly line: number; readonly column: number } {
    const at = this.#misses < MISSES_MAX ? this.#source.indexOf(written, this.#at) : -1;
    if (at < 0) {
      this.#misses += 1;
      return { line: this.#lines.line, column: 1 };
    }
    this.#at = at;
    this.#lines.moveTo(at);
    return { line: this.#lines.line, column: this.#lines.column };
  }
}
