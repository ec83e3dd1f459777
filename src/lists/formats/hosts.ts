// Lines of hosts files: an address, then names, each covered exactly. Addresses that lead nowhere block; others are the answer.
// Several names without an address are names, too.
import { isIP } from 'node:net';
import { leadsNowhere } from '../entry/nowhere.ts';
import { EXACT, type Shape, type Sink, shape } from '../format.ts';

const SPACE = 0x20;
const HASH = 0x23;
const DOT = 0x2e;
const ADDRESS_OCTETS_MAX = 64;
/** Distinct addresses remembered; a real file has a handful. */
const ADDRESSES_MAX = 1024;

const decoder = new TextDecoder();

/** Addresses of one list: which mean "block" and which are an answer. */
export class HostAddresses {
  readonly #known = new Map<string, Shape | null>();

  /** @returns what names behind this address mean; null when the token is no address */
  shapeOf(bytes: Uint8Array, start: number, end: number): Shape | null {
    if (end - start > ADDRESS_OCTETS_MAX || !mayBeAddress(bytes, start, end)) return null;
    if (isZeroes(bytes, start, end)) return EXACT;
    const text = decoder.decode(bytes.subarray(start, end));
    let found = this.#known.get(text);
    if (found === undefined) {
      found = shapeOfAddress(text);
      if (this.#known.size < ADDRESSES_MAX) this.#known.set(text, found);
    }
    return found;
  }
}

/** 0.0.0.0, what nearly every line begins with. */
function isZeroes(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== 7) return false;
  for (let i = 0; i < 7; i += 1) if (bytes[start + i] !== (i % 2 === 0 ? 0x30 : 0x2e)) return false;
  return true;
}

function mayBeAddress(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i += 1) {
    const octet = bytes[i]!;
    if (octet === 0x3a || octet === 0x25) return true;
    if (octet !== 0x2e && (octet < 0x30 || octet > 0x39))
      return octet > 0x60 && octet < 0x67 ? hasColon(bytes, i, end) : false;
  }
  return true;
}

function hasColon(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i += 1) if (bytes[i] === 0x3a) return true;
  return false;
}

function shapeOfAddress(text: string): Shape | null {
  const address = text.split('%')[0] ?? '';
  if (isIP(address) === 0) return address === '0' ? EXACT : null;
  if (leadsNowhere(address)) return EXACT;
  return shape('exact', { rewrite: { kind: 'address', addresses: [address.toLowerCase()] } });
}

/** Reads `address name… [# comment]` into the sink; false when the line does not begin with an address. */
export function readHostsLine(
  addresses: HostAddresses,
  sink: Sink,
  bytes: Uint8Array,
  start: number,
  end: number,
  line: number,
): boolean {
  let at = tokenEnd(bytes, start, end);
  const found = addresses.shapeOf(bytes, start, at);
  if (found === null) return false;
  let names = 0;
  for (;;) {
    while (at < end && bytes[at]! <= SPACE) at += 1;
    if (at >= end || bytes[at] === HASH) break;
    const from = at;
    at = tokenEnd(bytes, at, end);
    sink.host(bytes, from, at, found, line);
    names += 1;
  }
  // An address with no name behind it: an entry of its own.
  if (names === 0) sink.host(bytes, start, tokenEnd(bytes, start, end), EXACT, line);
  return true;
}

/**
 * Reads `name name… [# comment]`, as Pi-hole's gravity does: each word is a name, but for addresses that lead nowhere. False, and nothing
 * read, when any other word stands there: a sentence with a name in it is no entry.
 */
export function readNamesLine(
  addresses: HostAddresses,
  sink: Sink,
  bytes: Uint8Array,
  start: number,
  end: number,
  line: number,
): boolean {
  const words: (readonly [from: number, to: number])[] = [];
  for (let at = start; at < end; ) {
    if (bytes[at]! <= SPACE) at += 1;
    else if (isComment(bytes, at)) break;
    else {
      const to = tokenEnd(bytes, at, end);
      if (isDottedName(bytes, at, to)) words.push([at, to]);
      else if (addresses.shapeOf(bytes, at, to) !== EXACT) return false;
      at = to;
    }
  }
  for (const [from, to] of words) sink.host(bytes, from, to, EXACT, line);
  return words.length > 0;
}

/** Of two labels or more in letters, digits, hyphens and `_`; the last not all digits, which is a number or an address. */
function isDottedName(bytes: Uint8Array, start: number, end: number): boolean {
  const last = bytes[end - 1] === DOT ? end - 1 : end;
  let [label, dots, hasLetter] = [0, 0, false];
  for (let i = start; i < last; i += 1) {
    const octet = bytes[i]!;
    if (octet === DOT) {
      if (label === 0) return false;
      [label, dots, hasLetter] = [0, dots + 1, false];
      continue;
    }
    const isLetter = (octet | 0x20) > 0x60 && (octet | 0x20) < 0x7b;
    const isOther = (octet >= 0x30 && octet <= 0x39) || octet === 0x2d || octet === 0x5f;
    if (!isLetter && !isOther && octet < 0x80) return false;
    label += 1;
    hasLetter ||= isLetter || octet >= 0x80;
  }
  return label > 0 && dots > 0 && hasLetter;
}

/** Where the word at `start` ends: at a blank or a comment. */
export function tokenEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const octet = bytes[at]!;
    if (octet <= SPACE || octet === HASH) break;
    at += 1;
  }
  return at;
}

/** `#`, `!`, `;`, `//` or `[` begins a comment or a header line in lists of names. */
export function isComment(bytes: Uint8Array, start: number): boolean {
  const octet = bytes[start]!;
  if (octet > 0x5b) return false;
  return (
    octet === HASH ||
    octet === 0x21 ||
    octet === 0x3b ||
    octet === 0x5b ||
    (octet === 0x2f && bytes[start + 1] === 0x2f)
  );
}

/** Whether nothing but blanks and a comment stand in `bytes[start .. end)`. */
export function restIsComment(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end && bytes[at]! <= SPACE) at += 1;
  return at >= end || isComment(bytes, at);
}
