// One revision of a zone that is served: never changed, so that a transfer is of one revision whatever happens meanwhile.
import { writeU32 } from '../../wire/header.ts';
import { textToName } from '../../wire/names/presentation.ts';
import type { Delta } from './changes.ts';
import type { ZoneContent } from './content.ts';

export interface ServedZone {
  /** Lower case, wire form. */
  readonly apex: Uint8Array;
  readonly serial: number;
  readonly ttlSeconds: number;
  readonly content: ZoneContent;
  /** Each leads to the next, the last one to `serial`. */
  readonly deltas: readonly Delta[];
  /** When this revision was made; wall clock. */
  readonly changedMs: number;
}

/** Owner of the zone's NS and MNAME: a zone for transfer only has no server that anybody asks for names. */
export const SERVER = textToName('localhost')!;
const MAILBOX = textToName('root.localhost')!;
/** Seconds; a NOTIFY comes long before REFRESH, and what is old still protects. */
const TIMERS = { refresh: 300, retry: 60, expire: 30 * 86_400 } as const;

/** RDATA of the zone's SOA at a serial (RFC 1035 §3.3.13). */
export function soaData(zone: ServedZone, serial: number = zone.serial): Uint8Array {
  const data = new Uint8Array(SERVER.length + MAILBOX.length + 20);
  data.set(SERVER);
  data.set(MAILBOX, SERVER.length);
  const at = SERVER.length + MAILBOX.length;
  [serial, TIMERS.refresh, TIMERS.retry, TIMERS.expire, zone.ttlSeconds].forEach((value, i) => {
    writeU32(data, at + 4 * i, value);
  });
  return data;
}

/** The steps from a secondary's serial to the zone's; null where they are not kept any more. */
export function deltasFrom({ deltas, serial }: ServedZone, have: number): readonly Delta[] | null {
  if (have === serial) return [];
  const first = deltas.findIndex(({ from }) => from === have);
  return first < 0 ? null : deltas.slice(first);
}
