// What another program says of an address, through the API, as a lease.
import { clientMac, clientName } from '../client-name.ts';
import { hexOctets, type Said } from './lease.ts';

const DAY_MS = 86_400_000;

interface Pushed {
  readonly ip: string;
  readonly mac?: string;
  readonly duid?: string;
  readonly name?: string;
  /** ISO 8601. */
  readonly until?: string;
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
