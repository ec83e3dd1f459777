// The PROXY protocol (haproxy's proxy-protocol.txt): who a neighbour passes a datagram or a connection on for.
//
// HOT for datagrams: allocates nothing, reads only what came, never throws. Invariant: nothing is believed here; whoever calls
// knows that the neighbour is trusted.

/** What stands at the beginning: nothing of the kind, so many octets of header, a header that is none, or one that is not whole yet. */
export const PROXY = { none: 0, broken: -1, unfinished: -2 } as const;

const SIGNATURE = Uint8Array.from([13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10]);
const V1 = Uint8Array.from([80, 82, 79, 88, 89, 32]);
const V1_OCTETS_MAX = 107;
const V2_HEADER_OCTETS = 16;
/** Of addresses and TLVs; what a proxy adds (names, certificates' subjects) is far shorter. */
const V2_OCTETS_MAX = 2048;
const COMMAND = { local: 0x20, proxy: 0x21 } as const;
const FAMILY = { four: 1, six: 2 } as const;
const FOUR_OCTETS = 12;
const SIX_OCTETS = 36;
/** The third word of ::ffff:a.b.c.d, as it is in memory. */
const MAPPED_WORD = new Int32Array(Uint8Array.from([0, 0, 0xff, 0xff]).buffer)[0]!;

export class ProxyHeader {
  /** Whose query it is, 16 octets, IPv4 as ::ffff:a.b.c.d; of no meaning unless `hasSource`. */
  readonly source = new Uint8Array(16);
  /** The same memory. */
  readonly sourceWords = new Int32Array(this.source.buffer);
  /** False: the proxy speaks for itself (LOCAL, UNKNOWN), as in a health check. */
  hasSource = false;

  /** Reads version 2 at the beginning of `octets[0 .. length)`. @returns its length, or one of PROXY */
  #readTwo(octets: Uint8Array, length: number): number {
    const known = Math.min(length, SIGNATURE.length);
    for (let i = 0; i < known; i += 1) if (octets[i] !== SIGNATURE[i]) return PROXY.none;
    return this.readSigned(octets, length);
  }

  /** The same where the signature is known to be there. */
  readSigned(octets: Uint8Array, length: number): number {
    this.hasSource = false;
    if (length < V2_HEADER_OCTETS) return PROXY.unfinished;
    const command = octets[12]!;
    const family = octets[13]! >>> 4;
    const rest = (octets[14]! << 8) | octets[15]!;
    if ((command !== COMMAND.local && command !== COMMAND.proxy) || rest > V2_OCTETS_MAX) return PROXY.broken;
    if (length < V2_HEADER_OCTETS + rest) return PROXY.unfinished;
    if (command === COMMAND.proxy && family === FAMILY.four) {
      if (rest < FOUR_OCTETS) return PROXY.broken;
      this.#useFour(octets, V2_HEADER_OCTETS);
    } else if (command === COMMAND.proxy && family === FAMILY.six) {
      if (rest < SIX_OCTETS) return PROXY.broken;
      for (let i = 0; i < 16; i += 1) this.source[i] = octets[V2_HEADER_OCTETS + i]!;
      this.hasSource = true;
    }
    return V2_HEADER_OCTETS + rest;
  }

  /** Reads version 1 or 2 at the beginning of a stream. @returns its length, or one of PROXY */
  readEither(octets: Uint8Array, length: number, parseAddress: (text: string) => Uint8Array | null): number {
    this.hasSource = false;
    const two = this.#readTwo(octets, length);
    if (two !== PROXY.none) return two;
    const known = Math.min(length, V1.length);
    for (let i = 0; i < known; i += 1) if (octets[i] !== V1[i]) return PROXY.none;
    const end = octets.subarray(0, Math.min(length, V1_OCTETS_MAX)).indexOf(10);
    if (end < 0) return length >= V1_OCTETS_MAX ? PROXY.broken : PROXY.unfinished;
    if (octets[end - 1] !== 13) return PROXY.broken;
    const [, family, source = ''] = Buffer.from(octets.subarray(0, end - 1))
      .toString('latin1')
      .split(' ');
    if (family === 'UNKNOWN') return end + 1;
    const address = family === 'TCP4' || family === 'TCP6' ? parseAddress(source) : null;
    if (address === null || source.includes(':') !== (family === 'TCP6')) return PROXY.broken;
    this.source.set(address);
    this.hasSource = true;
    return end + 1;
  }

  #useFour(octets: Uint8Array, at: number): void {
    const words = this.sourceWords;
    words[0] = 0;
    words[1] = 0;
    words[2] = MAPPED_WORD;
    for (let i = 0; i < 4; i += 1) this.source[12 + i] = octets[at + i]!;
    this.hasSource = true;
  }
}

/** Whether a datagram begins as version 2 does: no query does, for it would have 13 questions. */
export function beginsAsProxy(octets: Uint8Array, length: number): boolean {
  if (length < SIGNATURE.length || octets[0] !== 13) return false;
  for (let i = 1; i < SIGNATURE.length; i += 1) if (octets[i] !== SIGNATURE[i]) return false;
  return true;
}

/** Whether a stream begins as either version does; null: as far as it has come, it may. */
export function streamBeginsAsProxy(octets: Uint8Array, length: number): boolean | null {
  for (const start of [SIGNATURE, V1]) {
    const known = Math.min(length, start.length);
    let isEqual = true;
    for (let i = 0; i < known; i += 1) isEqual &&= octets[i] === start[i];
    if (isEqual && known > 0) return length >= start.length ? true : null;
  }
  return false;
}
