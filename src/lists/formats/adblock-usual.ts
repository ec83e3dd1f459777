// The usual rule, `||name^` with or without modifiers behind it, read from its octets: words and expressions over each line of a
// million cost several times as much. Whatever is not plainly such a rule is read as any other. Twin in tests: that way of reading.
import type { SkipReason } from '../entry/problems.ts';
import { mixed, placeIn } from '../entry/rough-hash.ts';
import type { Shape } from '../format.ts';
import { readModifiers } from './adblock-modifiers.ts';
import { asciiText } from './lines.ts';

const PIPE = 0x7c;
const CARET = 0x5e;
const DOLLAR = 0x24;
const HASH = 0x23;

/** Octet → 1 for a digit or a dot, 2 for what else a usual name has; 0 for what it has not. */
const OF_NAME = new Uint8Array(256);
for (const character of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_')
  OF_NAME[character.charCodeAt(0)] = 2;
for (const character of '0123456789.') OF_NAME[character.charCodeAt(0)] = 1;
/** What a name neither begins nor ends with. */
const isInner = (octet: number): boolean => octet === 0x2e || octet === 0x2d;

/** @returns where the caret stands behind the name of `||name^…`; −1 for anything else, and for what may be an address */
export function usualNameEnd(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[start] !== PIPE || bytes[start + 1] !== PIPE) return -1;
  const from = start + 2;
  let at = from;
  let kinds = 0;
  for (; at < end; at += 1) {
    const kind = OF_NAME[bytes[at]!]!;
    if (kind === 0) break;
    kinds |= kind;
  }
  if (at === end || bytes[at] !== CARET || kinds < 2) return -1;
  return isInner(bytes[from]!) || isInner(bytes[at - 1]!) ? -1 : at;
}

/** What stands behind a name: what it means for the name and all below. */
export class Usual {
  /** null where the rule cannot be used. */
  readonly found: Shape | null;
  /** Why it cannot. */
  readonly reason: SkipReason;
  readonly badfilter: boolean;
  readonly #tags: string;
  #rest: string | null = null;

  constructor(found: Shape | null, reason: SkipReason, badfilter: boolean, tags: string) {
    this.found = found;
    this.reason = reason;
    this.badfilter = badfilter;
    this.#tags = tags;
  }

  /** See cancelKey. @param start of what stands before the `$` */
  keyOf(bytes: Uint8Array, start: number, end: number): string {
    this.#rest ??= cancelKey(this.#tags, this.found!);
    return asciiText(bytes, start, end) + this.#rest;
  }
}

/** Modifiers read before; a real list has a handful. */
const KNOWN_MAX = 4096;
const MET_PLACES = 65_536;

/** What modifiers say, read once for all rules that have the same text of them. */
export class UsualModifiers {
  readonly #shapeOf: (said: Partial<Shape> & Pick<Shape, 'scope'>) => Shape;
  readonly #blocking = new Map<string, Usual>();
  readonly #allowing = new Map<string, Usual>();
  /** Whether a text of this hash is among them: where each is another, none need be looked for. */
  readonly #met = new Uint8Array(MET_PLACES);

  constructor(shapeOf: (said: Partial<Shape> & Pick<Shape, 'scope'>) => Shape) {
    this.#shapeOf = shapeOf;
  }

  /** @returns what `bytes[start .. end)` behind a name says; null for what needs a look at the whole rule */
  of(bytes: Uint8Array, start: number, end: number, isAllow: boolean): Usual | null {
    if (start < end && bytes[start] !== DOLLAR) return null;
    let hash = 0;
    for (let at = start + 1; at < end; at += 1) {
      const octet = bytes[at]!;
      if (octet === HASH || octet === DOLLAR || octet > 0x7e) return null;
      hash = mixed(hash, octet);
    }
    const place = placeIn(hash, MET_PLACES);
    const text = start < end ? asciiText(bytes, start + 1, end) : '';
    const known = isAllow ? this.#allowing : this.#blocking;
    let usual = this.#met[place] === 1 ? known.get(text) : undefined;
    if (usual === undefined) {
      usual = this.#read(text, isAllow);
      if (known.size < KNOWN_MAX) {
        known.set(text, usual);
        this.#met[place] = 1;
      }
    }
    return usual;
  }

  #read(text: string, isAllow: boolean): Usual {
    const read = readModifiers(text);
    if (typeof read === 'string') return new Usual(null, read, false, '');
    const { said, badfilter, tags } = read;
    const firm = said.rewrite !== undefined;
    const action = isAllow ? ({ action: 'allow' } as const) : {};
    return new Usual(
      this.#shapeOf({ ...said, scope: 'subtree', firm, ...action }),
      'cancelled',
      badfilter,
      tags,
    );
  }
}

/** One text for rules that `$badfilter` takes for the same: what stands before `$`, as it is written, and what behind it means. */
export const cancelKey = (what: string, { scope, rewrite, ...said }: Shape): string =>
  `${what} ${JSON.stringify(said)}`;
