// Which clients a rule is limited to: Adblock's `$client=`, RPZ's client-IP triggers.
//
// HOT (narrowestClient).
import { readNetwork } from '../wire/names/network.ts';

/** Clients meant, or with `isNegated` not meant. */
export interface ClientRange {
  /** 16 octets, IPv4 as ::ffff:a.b.c.d; empty where the value is no address: it never matches. */
  readonly bytes: Uint8Array;
  readonly bits: number;
  readonly isNegated: boolean;
}

/** @param values addresses or prefixes, `~` in front for "not this one" */
export function clientRanges(values: readonly string[]): ClientRange[] {
  return values.map((value) => {
    const isNegated = value.startsWith('~');
    const network = readNetwork(isNegated ? value.slice(1) : value);
    if (network === null) return { bytes: new Uint8Array(0), bits: 0, isNegated };
    if (network.octets.length === 16) return { bytes: network.octets, bits: network.bits, isNegated };
    const bytes = new Uint8Array(16);
    bytes[10] = 0xff;
    bytes[11] = 0xff;
    bytes.set(network.octets, 12);
    return { bytes, bits: network.bits + 96, isNegated };
  });
}

/**
 * @param address the client's 16 octets
 * @returns the prefix length of the narrowest range that means it, 0 where all but some are meant; −1 when it is not meant
 */
export function narrowestClient(ranges: readonly ClientRange[], address: Uint8Array): number {
  let narrowest = -1;
  let isAnyWanted = false;
  for (let i = 0; i < ranges.length; i += 1) {
    const range = ranges[i]!;
    const isInside = covers(range, address);
    if (range.isNegated) {
      if (isInside) return -1;
    } else {
      isAnyWanted = true;
      if (isInside && range.bits > narrowest) narrowest = range.bits;
    }
  }
  return isAnyWanted ? narrowest : 0;
}

function covers({ bytes, bits }: ClientRange, address: Uint8Array): boolean {
  if (bytes.length === 0) return false;
  const whole = bits >>> 3;
  for (let i = 0; i < whole; i += 1) if (bytes[i] !== address[i]) return false;
  const rest = bits & 7;
  return rest === 0 || ((bytes[whole]! ^ address[whole]!) & (0xff00 >> rest) & 0xff) === 0;
}
