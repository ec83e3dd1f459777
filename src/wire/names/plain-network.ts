// Addresses and networks as nearly all are written, `192.0.2.7`, `192.0.2.0/24`, `2001:db8::7`: read a character at a time, which takes
// a tenth of what expressions and a library take. Whatever is written otherwise is nobody's here. Twin in tests: `readNetwork`.
import { maskedOctets } from './address.ts';

export interface Network {
  /** 4 or 16. */
  readonly octets: Uint8Array;
  /** In bits of its own family; what lies beyond is 0. */
  readonly bits: number;
}

const DOT = 0x2e;
const COLON = 0x3a;
const SLASH = 0x2f;
const ZERO = 0x30;

/** @returns null for what is none, or is written in a less usual way */
export function readPlainNetwork(text: string): Network | null {
  if (text.length < 3 || text.length > 43) return null;
  const slash = text.charCodeAt(text.length - 1) === SLASH ? -1 : slashNearEnd(text);
  const end = slash < 0 ? text.length : slash;
  const octets = text.charCodeAt(1) === DOT || isFour(text, end) ? readFour(text, end) : readSix(text, end);
  if (octets === null) return null;
  const most = octets.length * 8;
  if (slash < 0) return { octets, bits: most };
  const bits = numberIn(text, slash + 1, text.length, most);
  return bits < 0 ? null : { octets: maskedOctets(octets, bits), bits };
}

/** A prefix length has three digits at most. */
function slashNearEnd(text: string): number {
  for (let at = text.length - 2; at >= text.length - 4 && at > 0; at -= 1)
    if (text.charCodeAt(at) === SLASH) return at;
  return -1;
}

function isFour(text: string, end: number): boolean {
  for (let at = 0; at < end && at < 4; at += 1) if (text.charCodeAt(at) === DOT) return true;
  return false;
}

/** A number without a zero before it; −1 for anything else. */
function numberIn(text: string, from: number, to: number, most: number): number {
  if (to === from || to - from > 3 || (text.charCodeAt(from) === ZERO && to - from > 1)) return -1;
  let value = 0;
  for (let at = from; at < to; at += 1) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = 10 * value + digit;
  }
  return value <= most ? value : -1;
}

function readFour(text: string, end: number): Uint8Array | null {
  const octets = new Uint8Array(4);
  let from = 0;
  for (let part = 0; part < 4; part += 1) {
    const dot = part === 3 ? end : text.indexOf('.', from);
    const value = dot < 0 || dot > end ? -1 : numberIn(text, from, dot, 255);
    if (value < 0) return null;
    octets[part] = value;
    from = dot + 1;
  }
  return octets;
}

const GROUPS = 8;

/** Eight groups, or fewer with `::` once; not with an IPv4 address in it, in either way of writing. */
function readSix(text: string, end: number): Uint8Array | null {
  const octets = new Uint8Array(2 * GROUPS);
  let groups = 0;
  /** Groups before `::`; −1 without. */
  let gap = -1;
  let at = 0;
  if (text.charCodeAt(0) === COLON) {
    if (text.charCodeAt(1) !== COLON) return null;
    gap = 0;
    at = 2;
  }
  while (at < end) {
    let value = 0;
    const from = at;
    for (; at < end && at - from < 4; at += 1) {
      const digit = hexadecimal(text.charCodeAt(at));
      if (digit < 0) break;
      value = (value << 4) | digit;
    }
    if (at === from || groups === GROUPS) return null;
    octets[2 * groups] = value >> 8;
    octets[2 * groups + 1] = value & 0xff;
    groups += 1;
    if (at === end) break;
    if (text.charCodeAt(at) !== COLON) return null;
    at += 1;
    if (text.charCodeAt(at) === COLON && at < end) {
      if (gap >= 0) return null;
      gap = groups;
      at += 1;
    } else if (at === end) return null;
  }
  if (gap < 0 ? groups !== GROUPS : groups === GROUPS) return null;
  if (gap >= 0) {
    octets.copyWithin(2 * (GROUPS - groups + gap), 2 * gap, 2 * groups);
    octets.fill(0, 2 * gap, 2 * (GROUPS - groups + gap));
  }
  return isMapped(octets) ? null : octets;
}

function hexadecimal(code: number): number {
  if (code >= ZERO && code <= 0x39) return code - ZERO;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

/** `::ffff:0:0/96` holds IPv4 addresses. */
function isMapped(octets: Uint8Array): boolean {
  for (let i = 0; i < 10; i += 1) if (octets[i] !== 0) return false;
  return octets[10] === 0xff && octets[11] === 0xff;
}
