// What another program says of an address, through the API, as a lease.

import { textToAddress } from '../../wire/names/address.ts';
import { clientMac, clientName } from '../client-name.ts';
import { type PushedUser, userOf } from '../users/session.ts';
import { hexOctets, type Said } from './lease.ts';

const DAY_MS = 86_400_000;

interface Pushed {
  readonly ip: string;
  readonly mac?: string;
  readonly duid?: string;
  readonly name?: string;
  /** ISO 8601. */
  readonly until?: string;
  readonly user?: string;
  /** ISO 8601. */
  readonly since?: string;
}

export function saidOf({ ip, mac, duid, name, until }: Pushed, nowMs: number): Said {
  const untilMs = until === undefined ? Number.NaN : Date.parse(until);
  return {
    ip,
    lease: {
      mac: clientMac(mac),
      name: clientName(name),
      duid: duid === undefined ? null : hexOctets(duid),
      endsMs: Number.isNaN(untilMs) ? nowMs + DAY_MS : untilMs,
    },
  };
}

/** The user that is said to be there; nothing where none is. */
export function userSaid({ ip, mac, user: written, since, until }: Pushed): readonly PushedUser[] {
  const address = textToAddress(ip);
  const user = userOf(written ?? '');
  if (address === null || user === null) return [];
  const [sinceMs, untilMs] = [since, until].map((time) => {
    const timeMs = Date.parse(time ?? '');
    return Number.isNaN(timeMs) ? null : timeMs;
  });
  return [{ address, mac: clientMac(mac), user, sinceMs: sinceMs ?? null, untilMs: untilMs ?? null }];
}
