// Line and column of places in a text that are asked for in order; the text is walked once.

export class LineCounter {
  readonly #source: string;
  #counted = 0;
  #lineStart = 0;
  /** Of the place asked for last, both from 1; column in UTF-16 units. */
  line = 1;
  column = 1;

  constructor(source: string) {
    this.#source = source;
  }

  /** @param offset not before the one asked for last */
  moveTo(offset: number): void {
    for (let at = this.#counted; at < offset; at += 1) {
      const code = this.#source.charCodeAt(at);
      if (code !== 0x0a && (code !== 0x0d || this.#source.charCodeAt(at + 1) === 0x0a)) continue;
      this.line += 1;
      this.#lineStart = at + 1;
    }
    this.#counted = Math.max(this.#counted, offset);
    this.column = offset - this.#lineStart + 1;
  }
}
