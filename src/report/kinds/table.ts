// Cuts comma-, semicolon- or tab-separated text into rows of cells with their places (RFC 4180, and what feeds make of it).
//
// Linear: a quote that is never closed is looked for once; from then on quotes are characters like others.

export interface Cell {
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

export type Row = readonly Cell[];

export interface Rows {
  /** Lines that begin with `#`, before the first row. */
  readonly comments: string[];
  readonly rows: Iterable<Row>;
}

/** @param line of the first one */
export function readTable(text: string, delimiter: string, line = 1): Rows {
  const reader = new TableReader(text, delimiter, line);
  return { comments: reader.comments, rows: reader };
}

class TableReader implements Iterable<Row> {
  readonly #text: string;
  readonly #delimiter: number;
  readonly comments: string[] = [];
  #at = 0;
  #line: number;
  #lineStart = 0;
  #quotesBroken = false;

  constructor(text: string, delimiter: string, line: number) {
    this.#text = text;
    this.#line = line;
    this.#delimiter = delimiter.charCodeAt(0);
    this.#skipComments(true);
  }

  *[Symbol.iterator](): Generator<Row> {
    while (this.#at < this.#text.length) {
      this.#skipComments(false);
      if (this.#at >= this.#text.length) return;
      const row = this.#readRow();
      if (row.length > 1 || row[0]?.text.trim() !== '') yield row;
    }
  }

  #skipComments(areKept: boolean): void {
    while (this.#text.charCodeAt(this.#at) === 0x23) {
      const end = this.#endOfLine();
      if (areKept) this.comments.push(this.#text.slice(this.#at, end));
      this.#at = end;
      this.#newLine();
    }
  }

  #readRow(): Cell[] {
    const row: Cell[] = [];
    for (;;) {
      row.push(this.#readCell());
      const code = this.#text.charCodeAt(this.#at);
      if (code !== this.#delimiter) break;
      this.#at += 1;
    }
    this.#newLine();
    return row;
  }

  /** Leaves #at on the delimiter, the line end or the end. */
  #readCell(): Cell {
    const text = this.#text;
    // abuse.ch writes `"a", "b"`: spaces before a quote are not content.
    let from = this.#at;
    while (text.charCodeAt(from) === 0x20) from += 1;
    if (text.charCodeAt(from) === 0x22 && !this.#quotesBroken) {
      const cell = this.#readQuoted(from);
      if (cell !== null) return cell;
    }
    const start = this.#at;
    const column = start - this.#lineStart + 1;
    while (this.#at < text.length && !this.#isCellEnd(text.charCodeAt(this.#at))) this.#at += 1;
    return { text: text.slice(start, this.#at), line: this.#line, column };
  }

  #readQuoted(quote: number): Cell | null {
    const text = this.#text;
    const [line, column] = [this.#line, quote + 1 - this.#lineStart + 1];
    let content = '';
    let from = quote + 1;
    for (;;) {
      const close = text.indexOf('"', from);
      if (close < 0) {
        this.#quotesBroken = true;
        return null;
      }
      content += text.slice(from, close);
      from = close + 1;
      if (text.charCodeAt(from) !== 0x22) break;
      content += '"';
      from += 1;
    }
    this.#countLines(quote, from);
    const tail = from;
    while (from < text.length && !this.#isCellEnd(text.charCodeAt(from))) from += 1;
    this.#at = from;
    // What stands behind the closing quote belongs to the cell, and so does the quote: the two are no value together.
    const behind = text.slice(tail, from).trimEnd();
    return { text: behind === '' ? content : `"${content}"${behind}`, line, column };
  }

  #isCellEnd(code: number): boolean {
    return code === this.#delimiter || code === 0x0a || code === 0x0d;
  }

  #endOfLine(): number {
    let at = this.#at;
    while (at < this.#text.length && this.#text.charCodeAt(at) !== 0x0a && this.#text.charCodeAt(at) !== 0x0d)
      at += 1;
    return at;
  }

  #newLine(): void {
    if (this.#at >= this.#text.length) return;
    if (this.#text.charCodeAt(this.#at) === 0x0d && this.#text.charCodeAt(this.#at + 1) === 0x0a)
      this.#at += 1;
    this.#at += 1;
    this.#line += 1;
    this.#lineStart = this.#at;
  }

  #countLines(from: number, to: number): void {
    for (let at = from; at < to; at += 1) {
      if (this.#text.charCodeAt(at) !== 0x0a) continue;
      this.#line += 1;
      this.#lineStart = at + 1;
    }
  }
}
