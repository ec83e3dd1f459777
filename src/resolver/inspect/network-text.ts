// A network as text, for what goes into a reply.
//
// HOT.

/**
 * Writes the network that holds an address: `192.0.2.0/24`, `2001:db8:0:0:0:0:0:0/32`, or the address alone when all its bits count.
 * @param address 4 or 16 octets
 * @param target cut at its end
 * @returns the offset just past the text
 */
export function writeNetwork(address: Uint8Array, bits: number, target: Uint8Array, start: number): number {
  let at = start;
  const step = address.length === 4 ? 1 : 2;
  for (let i = 0; i < address.length; i += step) {
    if (i > 0) target[at++] = step === 1 ? 0x2e : 0x3a;
    let part = 0;
    for (let j = i; j < i + step; j += 1) {
      const mask = 0xff00 >> Math.min(8, Math.max(0, bits - 8 * j));
      part = (part << 8) | (address[j]! & mask & 0xff);
    }
    at = writeNumber(part, step === 1 ? 10 : 16, target, at);
  }
  if (bits === 8 * address.length) return Math.min(at, target.length);
  target[at++] = 0x2f;
  return Math.min(writeNumber(bits, 10, target, at), target.length);
}

/** Digits of a number up to 65535, without leading zeros. Writes past the end of a typed array are nothing. */
function writeNumber(value: number, base: number, target: Uint8Array, start: number): number {
  let at = start;
  let unit = 1;
  while (unit * base <= value) unit *= base;
  for (; unit >= 1; unit = Math.floor(unit / base)) {
    const digit = Math.floor(value / unit) % base;
    target[at++] = digit < 10 ? 0x30 + digit : 0x57 + digit;
  }
  return at;
}
