// The code of HPACK strings (RFC 7541 §5.2, appendix B). It is canonical: the lengths of the codes say what they are.
//
// HOT: the path of a GET is written so.

/** Bits of the code of each octet. */
const CODE_BITS = [
  [13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28],
  [6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10],
  [13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6],
  [15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28],
  [20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24],
  [22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23],
  [26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27],
  [20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26],
].flat(); // biome-ignore format: a row for 32 octets
const END_BITS = 30;
const SHORT_BITS = 8;

/** By the next eight bits: an octet and how many of them are its code (`octet << 4 | bits`), 0 where its code is longer. */
const short = new Uint16Array(1 << SHORT_BITS);
/** Of the codes of so many bits: the first, how many there are, and where their octets begin in `ordered`. */
const firstCode = new Int32Array(END_BITS + 1);
const codeCount = new Int32Array(END_BITS + 1);
const firstOrdered = new Int32Array(END_BITS + 1);
const ordered = new Uint8Array(256);

function assignCodes(): void {
  let code = 0;
  let next = 0;
  for (let bits = 1; bits <= END_BITS; bits += 1) {
    code *= 2;
    firstCode[bits] = code;
    firstOrdered[bits] = next;
    for (let octet = 0; octet < 256; octet += 1) {
      if (CODE_BITS[octet] !== bits) continue;
      if (bits <= SHORT_BITS) {
        const free = SHORT_BITS - bits;
        short.fill((octet << 4) | bits, code << free, (code + 1) << free);
      }
      ordered[next] = octet;
      next += 1;
      code += 1;
    }
    codeCount[bits] = next - firstOrdered[bits]!;
  }
}
assignCodes();

/**
 * Writes what `source[from .. to)` means to `target`, which has room for 8/5 of it.
 * @returns octets written; −1 for what is no such code: a wrong end (RFC 7541 §5.2)
 */
export function decodeHuffman(source: Uint8Array, from: number, to: number, target: Uint8Array): number {
  const end = to * 8;
  let bit = from * 8;
  let written = 0;
  while (bit < end) {
    const at = bit >>> 3;
    const pair = (source[at]! << 8) | (at + 1 < to ? source[at + 1]! : 0xff);
    const next = (pair >>> (8 - (bit & 7))) & 0xff;
    const entry = short[next]!;
    if (entry !== 0) {
      bit += entry & 15;
      if (bit > end) return -1;
      target[written] = entry >>> 4;
      written += 1;
      continue;
    }
    // Less than an octet of ones is what the last one was filled up with.
    if (next === 0xff && end - bit < 8) return written;
    const bits = longCode(source, bit, end);
    if (bits < 0) return -1;
    target[written] = longOctet;
    written += 1;
    bit += bits;
  }
  return written;
}

let longOctet = 0;

/** Reads a code of more than SHORT_BITS: its octet into `longOctet`. @returns its bits; −1 for none */
function longCode(source: Uint8Array, bit: number, end: number): number {
  let code = 0;
  for (let bits = 1; bits <= END_BITS && bit + bits <= end; bits += 1) {
    const at = bit + bits - 1;
    code = (code << 1) | ((source[at >>> 3]! >>> (7 - (at & 7))) & 1);
    const place = code - firstCode[bits]!;
    if (bits <= SHORT_BITS || place < 0 || place >= codeCount[bits]!) continue;
    longOctet = ordered[firstOrdered[bits]! + place]!;
    return bits;
  }
  return -1;
}
