// Integers of any size in few octets: LEB128, seven bits an octet, the low ones first.

/** Octets a value takes. */
export function leb128Octets(value: number): number {
  let octets = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 128)) octets += 1;
  return octets;
}

/** @returns the offset just past it */
export function writeLeb128(target: Uint8Array, at: number, value: number): number {
  let to = at;
  let rest = value;
  while (rest >= 0x80) {
    target[to] = (rest % 128) | 0x80;
    rest = Math.floor(rest / 128);
    to += 1;
  }
  target[to] = rest;
  return to + 1;
}
