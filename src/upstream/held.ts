// What a flight keeps in hand while it waits for better: a datagram's answer nobody vouches for, or an error response.
import { RCODE } from '../wire/iana.ts';
import { type Flights, HELD } from './flights.ts';

/** Keeps the first datagram's answer that fits while somebody is guessing. */
export function keepCandidate(flights: Flights, flight: number, response: Uint8Array, length: number): void {
  if (flights.held[flight] !== HELD.candidate) flights.hold(flight, HELD.candidate, response, length);
}

/** Keeps an error response; a refusal says less than the others. */
export function keepLame(flights: Flights, flight: number, response: Uint8Array, length: number): void {
  const isRefusal = (response[3]! & 0x0f) === RCODE.REFUSED;
  if (flights.held[flight] === HELD.candidate) return;
  if (flights.held[flight] === HELD.lame && isRefusal) return;
  flights.hold(flight, HELD.lame, response, length);
}

/** Whether another server may do better. */
export function isLame(response: Uint8Array): boolean {
  const rcode = response[3]! & 0x0f;
  return (
    rcode === RCODE.SERVFAIL || rcode === RCODE.REFUSED || rcode === RCODE.FORMERR || rcode === RCODE.NOTIMP
  );
}
