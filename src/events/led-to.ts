// What a name led to, behind a query record: kind, octets, the octets; one after another.
//
// HOT for addLed.
import { copyOctets } from '../wire/octets.ts';

/** `name`: lower-case wire form; `address`: 4 or 16 octets; `upstream`: not what it led to but who said so, as text. */
export const LED = { name: 1, address: 2, upstream: 3 } as const;
export const UPSTREAM_OCTETS_MAX = 96;
/** Of all that one answer leads to: 32 addresses of IPv6 behind a long alias. What has no room is left out. */
export const LED_OCTETS_MAX = 832;

/** @returns where the next goes; the same as before when there is no room for this one */
export function addLed(
  into: Uint8Array,
  at: number,
  kind: number,
  source: Uint8Array,
  offset: number,
  length: number,
): number {
  if (at + 2 + length > LED_OCTETS_MAX) return at;
  into[at] = kind;
  into[at + 1] = length;
  copyOctets(source, offset, into, at + 2, length);
  return at + 2 + length;
}

/** Tells each name and address in `bytes[offset .. end)`. @param each must copy what it keeps; `length` with its kind before it */
export function eachLed(
  bytes: Uint8Array,
  offset: number,
  end: number,
  each: (at: number, length: number) => void,
): void {
  let at = offset;
  for (let next = nextOf(bytes, at, end); next >= 0; next = nextOf(bytes, at, end)) {
    if (bytes[at] !== LED.upstream) each(at, next - at);
    at = next;
  }
}

/** Where in `bytes[offset .. end)` it is said which upstream answered: the kind, the length, then its name; −1: nowhere. */
export function upstreamAt(bytes: Uint8Array, offset: number, end: number): number {
  let at = offset;
  for (let next = nextOf(bytes, at, end); next >= 0; next = nextOf(bytes, at, end)) {
    if (bytes[at] === LED.upstream) return at;
    at = next;
  }
  return -1;
}

/** Behind what begins there; −1: nothing whole does. */
function nextOf(bytes: Uint8Array, at: number, end: number): number {
  if (at + 2 > end) return -1;
  const next = at + 2 + bytes[at + 1]!;
  return next > end ? -1 : next;
}
