// Tables for people. On a terminal they are no wider than it: sentences go on below, in their column, and columns that do not fit
// stand on a further line of their row, so that no name is cut or broken. Elsewhere each row is one line.
import { printable } from '../print.ts';

export type Cell = string | number;

/** A longer cell moves the rest of its own row only: one name of 250 characters would push all rows off the screen. */
const USUAL_CHARACTERS = 44;
const GAP = 2;
/** Before what a row goes on with. */
const FURTHER = '    ';
/** Folded, a table of times has twice the lines. */
const TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;
/** A word that is longer than a line is broken behind one of these: labels, path segments, parts of a list. */
const BREAKS = /[.,/:@-]/;

/** Characters of a line of the terminal, less an indent; null where standard output is none. */
export function room(indent = 0): number | null {
  const { isTTY, columns: wide } = process.stdout;
  return isTTY === true && wide > 0 ? Math.max(1, wide - indent) : null;
}

/** Rows as columns, numbers to the right. */
export function columns(rows: readonly (readonly Cell[])[], within = room()): string[] {
  return tableRows(rows, within).flat();
}

/** The lines of each row. */
export function tableRows(
  rows: readonly (readonly Cell[])[],
  within = room(),
): readonly (readonly string[])[] {
  const cells = rows.map((row) => row.map((cell) => printable(String(cell))));
  const widths = widthsOf(cells, USUAL_CHARACTERS);
  const isNumber = (row: number, column: number): boolean => typeof rows[row]?.[column] === 'number';
  const padded = (text: string, width: number, row: number, column: number): string =>
    isNumber(row, column) ? text.padStart(width) : text.padEnd(width);
  const gap = ' '.repeat(GAP);
  if (within === null)
    return cells.map((row, at) => [
      row
        .map((text, column) => padded(text, widths[column] ?? 0, at, column))
        .join(gap)
        .trimEnd(),
    ]);
  const wide = widthsOf(cells, Number.POSITIVE_INFINITY);
  const narrow = isWithin(wide, within) ? wide : sentencesFolded(rows, cells, wide, within);
  if (narrow !== null)
    return cells.map((row, at) => {
      const folds = row.map((text, column) => folded(text, Math.max(1, narrow[column] ?? 0), ''));
      return Array.from({ length: Math.max(1, ...folds.map(({ length }) => length)) }, (_, line) =>
        folds
          .map((lines, column) => padded(lines[line] ?? '', narrow[column] ?? 0, at, column))
          .join(gap)
          .trimEnd(),
      );
    });
  const parts = partsOf(widths, within);
  return cells.map((row, at) =>
    parts.flatMap((part, number) => {
      const line = new RowLine(number === 0 ? '' : FURTHER, within);
      for (const column of part) line.add(padded(row[column] ?? '', widths[column] ?? 0, at, column));
      return line.lines();
    }),
  );
}

/** A sentence as lines of the terminal; `hanging` stands before all but the first. */
export function paragraph(text: string, hanging: string, within = room()): string[] {
  return within === null ? [text] : folded(printable(text), within, hanging);
}

function widthsOf(cells: readonly (readonly string[])[], usualMax: number): number[] {
  const widths: number[] = [];
  for (const row of cells)
    row.forEach((text, column) => {
      const isUsual = text.length <= usualMax;
      widths[column] = Math.max(widths[column] ?? 0, isUsual ? text.length : 0);
    });
  return widths;
}

const isWithin = (widths: readonly number[], within: number): boolean =>
  widths.reduce((sum, width) => sum + width + GAP, -GAP) <= within;

/** Widths at which no word and no time is broken, the widest columns having given first; null where that is not enough. */
function sentencesFolded(
  rows: readonly (readonly Cell[])[],
  cells: readonly (readonly string[])[],
  widths: readonly number[],
  within: number,
): readonly number[] | null {
  const least = widths.map(() => 0);
  for (const [at, row] of cells.entries())
    for (const [column, text] of row.entries()) {
      const isWhole = typeof rows[at]?.[column] === 'number' || TIME.test(text);
      for (const word of isWhole ? [text] : text.split(' '))
        least[column] = Math.max(least[column] ?? 0, word.length);
    }
  for (let level = Math.max(0, ...widths); level > 0; level -= 1) {
    const shrunk = widths.map((width, column) => Math.max(least[column] ?? 0, Math.min(width, level)));
    if (isWithin(shrunk, within)) return shrunk;
  }
  return null;
}

/** Which columns stand on which line of a row. */
function partsOf(widths: readonly number[], within: number): number[][] {
  const parts: number[][] = [[]];
  let used = 0;
  widths.forEach((width, column) => {
    if (used > 0 && used + GAP + width > within) {
      parts.push([]);
      used = 0;
    }
    used += used === 0 ? width + (parts.length === 1 ? 0 : FURTHER.length) : GAP + width;
    parts.at(-1)?.push(column);
  });
  return parts;
}

/** A line of a row, which goes on below where a cell is longer than its column. */
class RowLine {
  readonly #done: string[] = [];
  readonly #within: number;
  #line: string;
  #isEmpty = true;

  constructor(indent: string, within: number) {
    this.#line = indent;
    this.#within = within;
  }

  add(text: string): void {
    const plain = text.trimEnd();
    const start = this.#isEmpty ? this.#line : `${this.#line}${' '.repeat(GAP)}`;
    this.#isEmpty = false;
    if (start.length + plain.length <= this.#within) {
      this.#line = `${start}${text}`;
      return;
    }
    this.#done.push(this.#line.trimEnd());
    const lines = folded(plain, this.#within - FURTHER.length, '').map((line) => `${FURTHER}${line}`);
    this.#line = lines.pop() ?? '';
    this.#done.push(...lines);
  }

  lines(): string[] {
    return [...this.#done, this.#line.trimEnd()].filter((line) => line.trim() !== '');
  }
}

function folded(text: string, width: number, hanging: string): string[] {
  const lines: string[] = [];
  let rest = text;
  for (;;) {
    const indent = lines.length === 0 ? '' : hanging;
    const space = Math.max(1, width - indent.length);
    if (rest.length <= space) return [...lines, indent + rest];
    const at = breakAt(rest, space);
    lines.push((indent + rest.slice(0, at)).trimEnd());
    rest = rest.slice(at).trimStart();
  }
}

function breakAt(text: string, space: number): number {
  const blank = text.lastIndexOf(' ', space);
  if (blank > 0 && text.slice(0, blank).trim() !== '') return blank;
  for (let at = space; at > space / 2; at -= 1) if (BREAKS.test(text[at - 1] ?? '')) return at;
  return space;
}
