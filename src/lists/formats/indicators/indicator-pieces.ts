// A long indicator list in pieces that are parsed one after another: the tree of a whole one takes 10 kB of memory an entry.
import { ListError } from '../../errors.ts';

export interface IndicatorPiece {
  readonly text: string;
  /** What is to be added to its line numbers. */
  readonly lineOffset: number;
}

/** A piece of entries alone, behind the keys that make it a list. */
export interface ItemsPiece extends IndicatorPiece {
  readonly section: 'entries' | 'addresses';
  readonly openingLines: number;
}

/** Shorter texts are parsed whole. */
const WHOLE_CHARACTERS_MAX = 131_072;
const ITEMS_OF_PIECE = 500;
/** Lists in lists in maps: an indicator list needs four. */
const DEPTH_MAX = 64;
const SECTION = /^(indicators|entries|addresses)\s*:\s*(#.*)?$/;

/** The text without its entries, and the entries in pieces that are lists of their own; one piece where it is short or built otherwise. */
export function piecesOf(text: string): readonly [head: IndicatorPiece, ...rest: ItemsPiece[]] {
  refuseDepth(text);
  if (text.length <= WHOLE_CHARACTERS_MAX) return [{ text, lineOffset: 0 }];
  const lines = text.split('\n');
  const pieces: ItemsPiece[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const key = SECTION.exec(lines[at]!)?.[1];
    if (key === undefined) continue;
    const from = at + 1;
    let to = from;
    while (to < lines.length && /^(\s|-|#|\r?$)/.test(lines[to]!)) to += 1;
    for (const [first, end] of itemGroups(lines, from, to)) {
      // A list needs its first key, whichever section the entries are of.
      const opening = key === 'addresses' ? ['indicators:', 'addresses:'] : [`${key}:`];
      pieces.push({
        text: [...opening, ...lines.slice(first, end)].join('\n'),
        lineOffset: first - opening.length,
        section: key === 'addresses' ? 'addresses' : 'entries',
        openingLines: opening.length,
      });
      lines.fill('', first, end);
    }
    at = to - 1;
  }
  return [{ text: lines.join('\n'), lineOffset: 0 }, ...pieces];
}

/** Groups of entries in `lines[from .. to)`. */
function* itemGroups(lines: readonly string[], from: number, to: number): Generator<[number, number]> {
  let first = from;
  while (first < to && !/^\s*-/.test(lines[first]!)) first += 1;
  const indent = /^\s*/.exec(lines[first] ?? '')?.[0] ?? '';
  const dash = `${indent}-`;
  let items = 0;
  for (let at = first; at < to; at += 1) {
    if (!lines[at]!.startsWith(dash)) continue;
    items += 1;
    if (items <= ITEMS_OF_PIECE) continue;
    yield [first, at];
    first = at;
    items = 1;
  }
  if (first < to) yield [first, to];
}

/** Brackets upon brackets cost the parser time and memory without end. */
function refuseDepth(text: string): void {
  let depth = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === 0x5b || code === 0x7b) depth += 1;
    else if (code === 0x5d || code === 0x7d) depth = Math.max(0, depth - 1);
    if (depth > DEPTH_MAX)
      throw new ListError(
        'LIST_NOT_FORMAT',
        `the YAML has more than ${DEPTH_MAX} brackets open; an entry needs one`,
      );
  }
}
