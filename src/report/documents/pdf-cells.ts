// Names that a narrow cell of a PDF file breaks over its lines: put together again, for the last piece alone is somebody else's name
// (`secure-login-ba` | `nk[.]com`).
//
// Decided: only what cannot end where it is broken is joined. A piece ends no name (no known end, or a hyphen or half a mark at its
// end), fills the width of its column or ends in a hyphen, stands straight above the next one, and all pieces make a name that has a known end.
import { isKnownTop } from '../known/suffix.ts';

export interface Piece {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const PIECES_MAX = 8;
/** Shares of a letter's height. */
const SAME_EDGE = 0.35;
const LEADING_MIN = 0.7;
const LEADING_MAX = 2;
/** Widths of a letter that a full line may leave. */
const LEFT_FREE_MAX = 2;
/** A shorter word fills no column. */
const FIRST_LENGTH_MIN = 4;
const FIRST = /^[a-z0-9.\-[\](){}:/_]{1,300}$/;
const PART = /^[a-z0-9.\-[\](){}:/_?=&%+~#@,]{1,300}$/i;
/** The row above or below may hold one, and it fills the column, too. */
const HASH = /^[0-9a-f]{32,}$/i;
const SCHEME = /^[a-z]{3,8}\[?:\]?\[?\/\/\]?/;
const MARK = /\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\)/g;

/** @param lines pieces by line, in the order in which the file draws them */
export function joinBroken(lines: readonly (readonly Piece[])[]): Piece[][] {
  const edges = rightEdges(lines);
  const joined = lines.map((line) => [...line]);
  for (let at = 0; at < joined.length; at += 1)
    for (let index = 0; index < joined[at]!.length; index += 1) {
      const parts = partsFrom(joined, at, joined[at]![index]!);
      const count = countToJoin(parts, edges);
      if (count < 2) continue;
      const used = new Set(parts.slice(1, count));
      joined[at]![index] = {
        ...parts[0]!,
        text: parts
          .slice(0, count)
          .map(({ text }) => text)
          .join(''),
      };
      for (let below = at; below < joined.length && below <= at + PIECES_MAX; below += 1)
        joined[below] = joined[below]!.filter((piece) => !used.has(piece));
    }
  return joined.filter((line) => line.length > 0);
}

/** The pieces that stand straight below each other from this one on, each alone in its cell. */
function partsFrom(lines: readonly (readonly Piece[])[], at: number, first: Piece): Piece[] {
  if (first.text.length < FIRST_LENGTH_MIN || !FIRST.test(first.text) || !/[-.:]/.test(first.text)) return [];
  const parts = [first];
  for (let below = at + 1; below < lines.length && parts.length < PIECES_MAX; below += 1) {
    const above = parts.at(-1)!;
    const next = lines[below]!.find((piece) => isStraightBelow(above, piece));
    if (next === undefined || !PART.test(next.text) || HASH.test(next.text)) break;
    parts.push(next);
  }
  return parts;
}

function isStraightBelow(above: Piece, piece: Piece): boolean {
  const down = above.y - piece.y;
  return (
    Math.abs(piece.x - above.x) <= SAME_EDGE * above.height &&
    down >= LEADING_MIN * above.height &&
    down <= LEADING_MAX * above.height
  );
}

/** How many of the pieces are one name; 1 where the first stands for itself. */
function countToJoin(parts: readonly Piece[], edges: ReadonlyMap<number, number>): number {
  let text = '';
  for (const [index, part] of parts.entries()) {
    text += part.text;
    const next = parts[index + 1];
    const isEnd = ends(text) && !(next !== undefined && isFull(part, edges) && isRestOfTop(text, next.text));
    if (isEnd) return index + 1;
    if (!isFull(part, edges) && !/[-[({.]$/.test(part.text)) return 1;
  }
  return 1;
}

/** Whether a host ends there, or has ended before. */
function ends(text: string): boolean {
  const rest = text.replace(SCHEME, '').replaceAll(MARK, '.');
  const host = /^[^/:?]*/.exec(rest)![0];
  if (host.length < rest.length && host.includes('.')) return true;
  const dot = host.lastIndexOf('.');
  return dot > 0 && isKnownTop(host.slice(dot + 1));
}

/** `evil[.]co` | `m/a`, `evil[.]ne` | `t` */
function isRestOfTop(text: string, next: string): boolean {
  const letters = /^[a-z]{1,4}(?=[/:?]|$)/.exec(next)?.[0];
  const top = /[a-z]+$/.exec(text)?.[0];
  return (
    letters !== undefined &&
    top !== undefined &&
    !text.replace(SCHEME, '').includes('/') &&
    isKnownTop(top + letters)
  );
}

function isFull({ x, width, text }: Piece, edges: ReadonlyMap<number, number>): boolean {
  return (edges.get(Math.round(x)) ?? 0) - (x + width) <= (LEFT_FREE_MAX * width) / text.length;
}

/** By where they begin, how far the pieces of a page reach. */
function rightEdges(lines: readonly (readonly Piece[])[]): Map<number, number> {
  const edges = new Map<number, number>();
  for (const { x, width } of lines.flat())
    for (const key of [Math.round(x) - 1, Math.round(x), Math.round(x) + 1])
      edges.set(key, Math.max(edges.get(key) ?? 0, x + width));
  return edges;
}
