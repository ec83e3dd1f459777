// Reads a host name written as bytes straight into wire form: the fast half of "is this a name?".
//
// Accepts letters, digits, hyphen and underscore anywhere in a label (names in use break the LDH rule of RFC 952), one
// trailing dot, any letter case, UTF-8 (turned into A-labels). Twin in tests: hostToName of wire/presentation.ts.
import { LABEL_OCTETS_MAX, NAME_OCTETS_MAX } from '../../wire/names/name.ts';
import { hostToName } from '../../wire/names/presentation.ts';

export const HOST = { notAName: 0, address: -1, root: -2 } as const;

const DOT = 0x2e;
const INVALID = 0;
const WIDE = 1;

/** Octet → its folded form; 0 cannot be in a name, 1 begins or continues a character outside ASCII. */
const FOLDED = new Uint8Array(256);
for (let octet = 0x80; octet < 256; octet += 1) FOLDED[octet] = WIDE;
for (const character of 'abcdefghijklmnopqrstuvwxyz0123456789-_') {
  FOLDED[character.charCodeAt(0)] = character.charCodeAt(0);
  FOLDED[character.toUpperCase().charCodeAt(0)] = character.charCodeAt(0);
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * @param target at least 256 octets; gets the name in wire form, lower case, with its root octet
 * @returns the name's octets, or one of HOST
 */
export function readHost(bytes: Uint8Array, start: number, end: number, target: Uint8Array): number {
  let stop = end;
  if (stop > start && bytes[stop - 1] === DOT) {
    stop -= 1;
    if (stop === start) return HOST.root;
  }
  let labelAt = 0;
  let at = 1;
  for (let i = start; i < stop; i += 1) {
    const octet = bytes[i]!;
    if (octet === DOT) {
      const length = at - labelAt - 1;
      if (length === 0 || length > LABEL_OCTETS_MAX) return HOST.notAName;
      target[labelAt] = length;
      labelAt = at;
    } else {
      const folded = FOLDED[octet]!;
      if (folded <= WIDE) return folded === INVALID ? HOST.notAName : readWide(bytes, start, stop, target);
      target[at] = folded;
    }
    at += 1;
    if (at >= NAME_OCTETS_MAX) return HOST.notAName;
  }
  const length = at - labelAt - 1;
  if (length === 0 || length > LABEL_OCTETS_MAX) return HOST.notAName;
  target[labelAt] = length;
  target[at] = 0;
  // A last label of digits alone is no top-level domain (RFC 3696 §2): an address, or nonsense.
  if (isDigits(target, labelAt)) return isDottedQuad(target) ? HOST.address : HOST.notAName;
  return at + 1;
}

function readWide(bytes: Uint8Array, start: number, end: number, target: Uint8Array): number {
  if (end - start > 4 * NAME_OCTETS_MAX) return HOST.notAName;
  try {
    const name = hostToName(decoder.decode(bytes.subarray(start, end)));
    if (name === null) return HOST.notAName;
    target.set(name);
    return name.length;
  } catch {
    return HOST.notAName;
  }
}

function isDigits(name: Uint8Array, labelAt: number): boolean {
  for (let i = labelAt + name[labelAt]!; i > labelAt; i -= 1)
    if (name[i]! < 0x30 || name[i]! > 0x39) return false;
  return true;
}

function isDottedQuad(name: Uint8Array): boolean {
  let labels = 0;
  for (let at = 0; name[at] !== 0; at += name[at]! + 1) {
    if (!isDigits(name, at)) return false;
    labels += 1;
  }
  return labels === 4;
}
