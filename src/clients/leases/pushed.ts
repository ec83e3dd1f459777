// What another program says of an address, through the API, as a lease.

import { textToAddress } from '../../wire/names/address.ts';
import { clientMac, clientName } from '../client-name.ts';
import { type PushedUser, userOf } from '../users/session.ts';
import { hexOctets, type Said } from './lease.ts';

const DAY_MS = 86_400_000;

/** What another program says of an address: a DHCP server that no file shows, a login. */
export interface PushedClient {
  readonly ip: string;
  readonly mac?: string;
  readonly duid?: string;
  readonly name?: string;
  /** ISO 8601; a day from now unless said. */
  readonly until?: string;
  /** Who is logged on there. */
  readonly user?: string;
  /** ISO 8601: since when; now unless said. */
  readonly since?: string;
}

export function saidOf({ ip, mac, duid, name, until }: PushedClient, nowMs: number): Said {
  return {
    ip,
    lease: {
      mac: macOf(mac),
      name: clientName(name),
      duid: duid === undefined ? null : hexOctets(duid),
      endsMs: timeOf(until) ?? nowMs + DAY_MS,
    },
  };
}

/** The user that is said to be there; nothing where none is. */
export function userSaid({ ip, mac, user: written, since, until }: PushedClient): readonly PushedUser[] {
  const address = textToAddress(ip);
  const user = userOf(written ?? '');
  if (address === null || user === null) return [];
  return [{ address, mac: macOf(mac), user, sinceMs: timeOf(since), untilMs: timeOf(until) }];
}

/** In any form that such programs write: `AA-BB-CC-DD-EE-07`, `aabb.ccdd.ee07`, `aabbccddee07`. */
const macOf = (written = ''): string | null => clientMac(hexOctets(written) ?? undefined);

/** Wall clock; null where it is not said, or no time. */
function timeOf(written = ''): number | null {
  const timeMs = Date.parse(written);
  return Number.isNaN(timeMs) ? null : timeMs;
}
