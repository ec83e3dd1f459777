// The usual line of a policy zone, `NAME [TTL] [IN] CNAME ACTION` or `… CNAME name.`, read from its octets: a zone of a million names
// has little else, and words, strings and records of each cost four times as much. Whatever is not plainly such a line is nobody's
// here: the reader of master files knows it all. Twin in tests: that reader.
import { LABEL_OCTETS_MAX, NAME_OCTETS_MAX } from '../../wire/names/name.ts';
import { type Shape, shape } from '../format.ts';
import { isNumber } from './lines.ts';

/** What a CNAME to these says; the order of ACTIONS. */
export type QuickAction = 'nxdomain' | 'nodata' | 'passthru' | 'drop' | 'tcpOnly';

const TARGET_OCTETS_MAX = 253;
const target = Buffer.allocUnsafeSlow(TARGET_OCTETS_MAX);

const octets = (text: string): Uint8Array => new TextEncoder().encode(text);
const ACTIONS: readonly (readonly [QuickAction, Uint8Array])[] = [
  ['nxdomain', octets('.')],
  ['nodata', octets('*.')],
  ['passthru', octets('rpz-passthru.')],
  ['drop', octets('rpz-drop.')],
  ['tcpOnly', octets('rpz-tcp-only.')],
];

const DOT = 0x2e;
const STAR = 0x2a;
const HYPHEN = 0x2d;
const SEMICOLON = 0x3b;
const CNAME = octets('cname');
const IN = octets('in');

/** Octet → lower case; 0 for what no usual name has. */
const FOLDED = new Uint8Array(256);
for (const character of 'abcdefghijklmnopqrstuvwxyz0123456789-_') {
  FOLDED[character.charCodeAt(0)] = character.charCodeAt(0);
  FOLDED[character.toUpperCase().charCodeAt(0)] = character.charCodeAt(0);
}

export class RpzLine {
  /** Of the line read last; valid until the next. null for a CNAME to a name. */
  action: QuickAction | null = 'nxdomain';
  /** That name, in lower case and without its last dot. */
  target = '';
  /** Whether it is `*.name`. */
  isBelow = false;
  /** Where its owner's text ends. */
  ownerEnd = 0;
  readonly #name = new Uint8Array(NAME_OCTETS_MAX + 1);
  readonly #views: (Uint8Array | undefined)[] = [];
  #length = 0;
  #apex: Uint8Array = new Uint8Array(0);

  /** @param apex the zone's name, lower case with its dot; empty while unknown */
  useApex(apex: string): void {
    this.#apex = octets(apex);
  }

  /** In wire form, lower case. */
  get name(): Uint8Array {
    this.#views[this.#length] ??= this.#name.subarray(0, this.#length);
    return this.#views[this.#length]!;
  }

  /** @returns whether it is such a line */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    let at = start;
    while (at < end && bytes[at]! > 0x20) at += 1;
    this.ownerEnd = at;
    if (!this.#readOwner(bytes, start, at)) return false;
    for (let words = 0; ; words += 1) {
      at = skipBlanks(bytes, at, end);
      const stop = wordEnd(bytes, at, end);
      if (isWord(bytes, at, stop, CNAME)) {
        at = stop;
        break;
      }
      if (words === 2 || (!isNumber(bytes, at, stop) && !isWord(bytes, at, stop, IN))) return false;
      at = stop;
    }
    at = skipBlanks(bytes, at, end);
    const stop = wordEnd(bytes, at, end);
    const rest = skipBlanks(bytes, stop, end);
    if (rest < end && (bytes[rest] !== SEMICOLON || rest === stop)) return false;
    this.action = actionOf(bytes, at, stop);
    return this.action !== null || this.#readTarget(bytes, at, stop);
  }

  /** An absolute name in letters, digits, hyphens and `_`; not one that may be an action. */
  #readTarget(bytes: Uint8Array, start: number, end: number): boolean {
    const length = end - 1 - start;
    if (length < 1 || length > TARGET_OCTETS_MAX || bytes[end - 1] !== DOT) return false;
    let label = 0;
    for (let i = 0; i < length; i += 1) {
      const octet = bytes[start + i]!;
      const isDot = octet === DOT;
      const folded = isDot ? DOT : FOLDED[octet]!;
      if (isDot ? label === 0 : folded === 0 || label === LABEL_OCTETS_MAX) return false;
      label = isDot ? 0 : label + 1;
      target[i] = folded;
    }
    if (label === 0 || isRpz(target, 0)) return false;
    this.target = target.toString('latin1', 0, length);
    return true;
  }

  /** `name`, `*.name`, relative to the zone or with its name behind. Triggers on addresses and the apex itself are not read here. */
  #readOwner(bytes: Uint8Array, start: number, end: number): boolean {
    let [from, stop] = [start, end];
    if (bytes[end - 1] === DOT) {
      stop -= this.#apex.length + 1;
      if (this.#apex.length < 2 || stop <= start || bytes[stop] !== DOT) return false;
      if (!isWord(bytes, stop + 1, end, this.#apex)) return false;
    }
    this.isBelow = bytes[start] === STAR && bytes[start + 1] === DOT;
    if (this.isBelow) from += 2;
    let labelAt = 0;
    let at = 1;
    for (let i = from; i < stop; i += 1) {
      const octet = bytes[i]!;
      if (octet === DOT) {
        if (!this.#closeLabel(labelAt, at)) return false;
        labelAt = at;
      } else {
        const folded = FOLDED[octet]!;
        if (folded === 0 || (octet === HYPHEN && at - labelAt === 4 && isRpz(this.#name, labelAt + 1)))
          return false;
        this.#name[at] = folded;
      }
      at += 1;
      if (at >= NAME_OCTETS_MAX) return false;
    }
    if (!this.#closeLabel(labelAt, at)) return false;
    this.#name[at] = 0;
    this.#length = at + 1;
    return true;
  }

  #closeLabel(labelAt: number, at: number): boolean {
    const length = at - labelAt - 1;
    this.#name[labelAt] = length;
    return length > 0 && length <= LABEL_OCTETS_MAX;
  }
}

/** Targets of aliases that are remembered: a zone has one walled garden, or some. */
const ALIASES_MAX = 4096;

/** One shape for all triggers with the same alias. */
export class Aliases {
  readonly #known = { below: new Map<string, Shape>(), exact: new Map<string, Shape>() } as const;

  of(scope: 'below' | 'exact', target: string): Shape {
    const known = this.#known[scope];
    let found = known.get(target);
    if (found === undefined) {
      found = shape(scope, { rewrite: { kind: 'cname', target } });
      if (known.size < ALIASES_MAX) known.set(target, found);
    }
    return found;
  }
}

/** `rpz-ip`, `rpz-nsdname`…; `rpz-drop.` */
const isRpz = (octets: Uint8Array, at: number): boolean =>
  octets[at] === 0x72 && octets[at + 1] === 0x70 && octets[at + 2] === 0x7a;

function actionOf(bytes: Uint8Array, start: number, end: number): QuickAction | null {
  for (const [action, text] of ACTIONS) if (isWord(bytes, start, end, text)) return action;
  return null;
}

function skipBlanks(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && (bytes[at] === 0x20 || bytes[at] === 0x09)) at += 1;
  return at;
}

function wordEnd(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at]! > 0x20 && bytes[at] !== SEMICOLON) at += 1;
  return at;
}

/** Whatever its letters' case. @param text lower case */
function isWord(bytes: Uint8Array, start: number, end: number, text: Uint8Array): boolean {
  if (end - start !== text.length) return false;
  for (let i = 0; i < text.length; i += 1) {
    const octet = bytes[start + i]!;
    if ((octet >= 0x41 && octet <= 0x5a ? octet + 0x20 : octet) !== text[i]) return false;
  }
  return true;
}
