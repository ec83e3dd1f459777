// Domain names in wire form: skip, expand, fold, compare (RFC 1035 §3.1, §4.1.4; RFC 4343 for case).
//
// HOT. Invariants: never reads at or past `end`; a compression pointer must lead to a place before the label that holds
// it and before every earlier jump's target, so that no loop exists; at most 255 octets and 127 labels come out.

export const NAME_OCTETS_MAX = 255;
export const LABEL_OCTETS_MAX = 63;

/**
 * Walks over the name at `offset` without following pointers (a pointer ends it).
 * @returns the offset just past it, −1 when it is malformed
 */
export function skipName(message: Uint8Array, offset: number, end: number): number {
  let at = offset;
  for (;;) {
    if (at >= end) return -1;
    const length = message[at]!;
    if (length === 0) return at + 1 - offset > NAME_OCTETS_MAX ? -1 : at + 1;
    if (length >= 0xc0) return at + 2 > end ? -1 : at + 2;
    if (length > LABEL_OCTETS_MAX) return -1;
    at += length + 1;
    if (at - offset >= NAME_OCTETS_MAX) return -1;
  }
}

/**
 * Walks over an uncompressed name: what a QNAME must be, since nothing stands before it.
 * @returns the offset just past it, −1 when it is malformed or holds a pointer
 */
export function skipUncompressedName(message: Uint8Array, offset: number, end: number): number {
  let at = offset;
  for (;;) {
    if (at >= end) return -1;
    const length = message[at]!;
    if (length > LABEL_OCTETS_MAX) return -1;
    at += length + 1;
    if (at - offset > NAME_OCTETS_MAX) return -1;
    if (length === 0) return at;
  }
}

/**
 * Copies the name at `offset` into `target[0..)`, following backward pointers.
 * @param target at least 255 octets
 * @returns its length with the root octet, −1 when it is malformed
 */
export function expandName(message: Uint8Array, offset: number, end: number, target: Uint8Array): number {
  let at = offset;
  let floor = offset;
  let written = 0;
  for (;;) {
    if (at >= end) return -1;
    const length = message[at]!;
    if (length >= 0xc0) {
      if (at + 1 >= end) return -1;
      const jump = ((length & 0x3f) << 8) | message[at + 1]!;
      if (jump >= floor || jump < 12) return -1;
      floor = jump;
      at = jump;
      continue;
    }
    if (length > LABEL_OCTETS_MAX) return -1;
    if (at + length >= end) return -1;
    if (written + length + 1 > NAME_OCTETS_MAX) return -1;
    for (let i = 0; i <= length; i += 1) target[written + i] = message[at + i]!;
    written += length + 1;
    if (length === 0) return written;
    at += length + 1;
  }
}

/** Folds ASCII letters of `source[offset .. offset+length)` into `target[0..length)`. Length octets are below 64: safe to fold. */
export function lowerName(source: Uint8Array, offset: number, length: number, target: Uint8Array): void {
  for (let i = 0; i < length; i += 1) {
    const octet = source[offset + i]!;
    target[i] = octet >= 0x41 && octet <= 0x5a ? octet | 0x20 : octet;
  }
}

/** Octets of an uncompressed, well-formed name, the root octet included. */
export function nameLength(bytes: Uint8Array, offset: number): number {
  let at = offset;
  for (;;) {
    const length = bytes[at]!;
    at += length + 1;
    if (length === 0) return at - offset;
  }
}

/** Labels of an uncompressed, well-formed name, the root not counted. */
export function labelCount(bytes: Uint8Array, offset: number): number {
  let at = offset;
  for (let count = 0; ; count += 1) {
    const length = bytes[at]!;
    if (length === 0) return count;
    at += length + 1;
  }
}

/** Whether two uncompressed, well-formed names are one name (letter case aside). */
export function equalNames(a: Uint8Array, aOffset: number, b: Uint8Array, bOffset: number): boolean {
  const length = nameLength(a, aOffset);
  if (bOffset + length > b.length) return false;
  for (let i = 0; i < length; i += 1) {
    let x = a[aOffset + i]!;
    let y = b[bOffset + i]!;
    if (x === y) continue;
    if (x >= 0x41 && x <= 0x5a) x |= 0x20;
    if (y >= 0x41 && y <= 0x5a) y |= 0x20;
    if (x !== y) return false;
  }
  return true;
}

/** Whether `name` is `suffix` or lies below it; both lower case, uncompressed, well formed. */
export function isWithin(name: Uint8Array, nameLengthOctets: number, suffix: Uint8Array): boolean {
  const start = nameLengthOctets - suffix.length;
  if (start < 0) return false;
  let at = 0;
  while (at < start) at += name[at]! + 1;
  if (at !== start) return false;
  for (let i = 0; i < suffix.length; i += 1) if (name[start + i] !== suffix[i]) return false;
  return true;
}
