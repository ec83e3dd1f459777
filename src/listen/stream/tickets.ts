// Keys of TLS session tickets (RFC 8446 §4.6.1): the same in all resolver threads, since a client's next connection may reach
// another one, and others every few hours, so that one that leaks opens little.
import { hkdfSync } from 'node:crypto';
import type { Server } from 'node:tls';

export const TICKET_KEYS_MS = 4 * 3600_000;
/** What Node wants: name, HMAC key and AES key. */
const KEYS_OCTETS = 48;
const LOOK_MS = 60_000;

/** @param nowMs wall clock: threads that share the secret share the keys of one period */
export function ticketKeysAt(secret: string, nowMs: number): Buffer {
  const period = Math.floor(nowMs / TICKET_KEYS_MS);
  return Buffer.from(hkdfSync('sha256', secret, '', `cenote tickets ${period}`, KEYS_OCTETS));
}

/** Changes the keys of a server when their time is over. @returns what ends that */
export function rotateTickets(server: Server, secretNow: () => string | undefined): () => void {
  let last = Math.floor(Date.now() / TICKET_KEYS_MS);
  const timer = setInterval(() => {
    const period = Math.floor(Date.now() / TICKET_KEYS_MS);
    const secret = secretNow();
    if (period === last || secret === undefined) return;
    last = period;
    server.setTicketKeys(ticketKeysAt(secret, Date.now()));
  }, LOOK_MS).unref();
  return () => clearInterval(timer);
}
