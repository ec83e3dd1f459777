// What a flight keeps in hand while it waits for better: a datagram's answer nobody vouches for, or an error response.
import { RCODE } from '../wire/records/iana.ts';
import { type Flights, HELD } from './flights.ts';

/** Keeps the first datagram's answer that fits while somebody is guessing. */
export function keepCandidate(flights: Flights, flight: number, response: Uint8Array, length: number): void {
  if (flights.held[flight] !== HELD.candidate) flights.hold(flight, HELD.candidate, response, length);
}

/** Keeps an answer in other letters than ours, from an upstream that has never repeated them. */
export function keepFolded(flights: Flights, flight: number, response: Uint8Array, length: number): void {
  const held = flights.held[flight];
  if (held !== HELD.candidate && held !== HELD.folded) flights.hold(flight, HELD.folded, response, length);
}

/** Keeps an error response; a refusal says less than the others. */
export function keepLame(flights: Flights, flight: number, response: Uint8Array, length: number): void {
  const isRefusal = (response[3]! & 0x0f) === RCODE.REFUSED;
  if (flights.held[flight] === HELD.candidate || flights.held[flight] === HELD.folded) return;
  if (flights.held[flight] === HELD.lame && isRefusal) return;
  flights.hold(flight, HELD.lame, response, length);
}
