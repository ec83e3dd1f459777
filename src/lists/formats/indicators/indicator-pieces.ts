// A long indicator list in pieces that are parsed one after another: the tree of a whole one takes 10 kB of memory an entry.
import { ListError } from '../../errors.ts';

export interface IndicatorPiece {
  readonly text: string;
  /** The line of the whole text for each of its own. */
  readonly lineOf: (line: number) => number;
}

export type SectionName = 'entries' | 'addresses';

/** Some entries of a section, line by line, without the keys that make them a list. */
export interface ItemsPiece {
  readonly lines: readonly string[];
  /** Number of the first, from 1. */
  readonly firstLine: number;
}

export interface Pieces {
  /** The text without its entries; whole where it is short or built otherwise. */
  readonly head: IndicatorPiece;
  /** The entries of one section after another. */
  readonly sections: readonly { readonly name: SectionName; readonly items: Iterable<ItemsPiece> }[];
}

/** Shorter texts are parsed whole. */
const WHOLE_CHARACTERS_MAX = 131_072;
const ITEMS_OF_PIECE = 500;
/** Lists in lists in maps: an indicator list needs four. */
const DEPTH_MAX = 64;
const SECTION = /^(indicators|entries|addresses)\s*:\s*(#.*)?$/;
const SECTION_CHARACTERS_MAX = 1024;

/** @throws ListError when it is nested too deep */
export function piecesOf(text: string): Pieces {
  refuseDepth(text);
  if (text.length <= WHOLE_CHARACTERS_MAX) return { head: { text, lineOf: (line) => line }, sections: [] };
  const sections = sectionsOf(text);
  const kept: string[] = [];
  /** Of the head: how many lines are left out before each from this one on. */
  const gaps: { readonly from: number; readonly lines: number }[] = [];
  let at = 0;
  let missing = 0;
  for (const { first, end } of sections) {
    kept.push(text.slice(at, first.at));
    missing += end.line - first.line;
    gaps.push({ from: end.line - missing, lines: missing });
    at = end.at;
  }
  kept.push(text.slice(at));
  const lineOf = (line: number): number => line + (gaps.findLast(({ from }) => line >= from)?.lines ?? 0);
  return {
    head: { text: kept.join(''), lineOf },
    sections: sections.map(({ name, first, end }) => ({ name, items: itemsOf(text, first, end) })),
  };
}

/** A line: its number, from 1, and where it begins in the text. */
interface Place {
  readonly line: number;
  readonly at: number;
}

/** Keys with entries below them: from the first entry to past the last. */
function sectionsOf(text: string): { name: SectionName; first: Place; end: Place }[] {
  const sections: { name: SectionName; first: Place; end: Place }[] = [];
  let open: { readonly name: SectionName; first: Place | null } | null = null;
  const close = (end: Place): void => {
    if (open?.first) sections.push({ name: open.name, first: open.first, end });
    open = null;
  };
  let line = 1;
  for (let at = 0; at < text.length; line += 1) {
    const next = text.indexOf('\n', at);
    const end = next < 0 ? text.length : next;
    if (open !== null && !isInside(text, at, end)) close({ line, at });
    if (open === null) {
      const key = end - at < SECTION_CHARACTERS_MAX ? SECTION.exec(text.slice(at, end))?.[1] : undefined;
      if (key !== undefined) open = { name: key === 'addresses' ? key : 'entries', first: null };
    } else if (open.first === null && isItem(text, at, end)) open.first = { line, at };
    at = end + 1;
  }
  close({ line, at: text.length });
  return sections;
}

/** Whether a line belongs to the key above it: indented, an item, a comment or empty. */
function isInside(text: string, at: number, end: number): boolean {
  if (at === end) return true;
  const code = text.charCodeAt(at);
  return code === 0x20 || code === 0x2d || code === 0x23 || /\s/.test(text[at]!);
}

function isItem(text: string, from: number, end: number): boolean {
  let at = from;
  while (at < end && /\s/.test(text[at]!)) at += 1;
  return text.charCodeAt(at) === 0x2d;
}

/** As many entries at a time as are worth a tree. */
function* itemsOf(text: string, first: Place, end: Place): Generator<ItemsPiece> {
  let from = first.at;
  while (/\s/.test(text[from]!)) from += 1;
  const dash = text.slice(first.at, from + 1);
  let lines: string[] = [];
  let firstLine = first.line;
  let items = 0;
  let line = first.line;
  for (let at = first.at; at < end.at; line += 1) {
    const next = text.indexOf('\n', at);
    const stop = next < 0 ? text.length : next;
    if (text.startsWith(dash, at)) {
      items += 1;
      if (items > ITEMS_OF_PIECE) {
        yield { lines, firstLine };
        lines = [];
        firstLine = line;
        items = 1;
      }
    }
    lines.push(text.slice(at, stop));
    at = stop + 1;
  }
  yield { lines, firstLine };
}

/** The same as a list of its own, for a reader of lists. */
export function asList({ lines, firstLine }: ItemsPiece, section: SectionName): IndicatorPiece {
  // A list needs its first key, whichever section the entries are of.
  const opening = section === 'addresses' ? ['indicators:', 'addresses:'] : ['indicators:'];
  return {
    text: [...opening, ...lines].join('\n'),
    lineOf: (line) => line - 1 - opening.length + firstLine,
  };
}

/** Brackets upon brackets cost the parser time and memory without end. */
function refuseDepth(text: string): void {
  // From bracket to bracket: an entry of sixty characters has two.
  const next = (bracket: string, from: number): number => {
    const at = text.indexOf(bracket, from);
    return at < 0 ? text.length : at;
  };
  let [list, map, listEnd, mapEnd] = [next('[', 0), next('{', 0), next(']', 0), next('}', 0)];
  for (let depth = 0; list < text.length || map < text.length; ) {
    if (Math.min(list, map) > Math.min(listEnd, mapEnd)) {
      depth = Math.max(0, depth - 1);
      if (listEnd < mapEnd) listEnd = next(']', listEnd + 1);
      else mapEnd = next('}', mapEnd + 1);
      continue;
    }
    depth += 1;
    if (depth > DEPTH_MAX)
      throw new ListError(
        'LIST_NOT_FORMAT',
        `the YAML has more than ${DEPTH_MAX} brackets open; an entry needs one`,
      );
    if (list < map) list = next('[', list + 1);
    else map = next('{', map + 1);
  }
}
