// A line that is too long to be read at once is read in pieces: what was said of the cells of one is said of those of the next.
import { cellsOf, type LineCell } from './line.ts';

const CELLS_KEPT = 32;
const CHARACTERS_KEPT = 200;

/** @param before the cells of the piece before; a list of values that ends with it goes on in this one, prose stays prose */
export function cellsBehind(before: readonly LineCell[], piece: string): LineCell[] {
  const last = before.at(-1);
  if (last === undefined) return [];
  const [first, ...rest] = cellsOf(piece);
  if (first === undefined) return before.map(told);
  const isList = last.to > last.from && /^[\s,;]*$/.test(last.remark);
  const joined = isList ? labelled(first, last.label) : told(first);
  return [...before.slice(-CELLS_KEPT, -1).map(told), joined, ...rest];
}

/** A cell of which nothing is a value any more. */
const told = (cell: LineCell): LineCell => ({
  ...copyOf(cell),
  text: cell.text.slice(0, CHARACTERS_KEPT),
  from: 0,
  to: 0,
  remark: '',
});

const labelled = (cell: LineCell, above: string): LineCell =>
  cell.label === '' ? { ...copyOf(cell), label: above } : cell;

/** With what a cell finds out when it is asked, which spreading it leaves behind. */
const copyOf = (cell: LineCell): LineCell => ({
  ...cell,
  text: cell.text,
  speaksOfValues: cell.speaksOfValues,
});
