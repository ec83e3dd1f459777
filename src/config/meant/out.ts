// An output as meant: where events go, which of them, and in what pieces.

import type { Milliseconds } from '../values/amounts.ts';
import type { ClientPattern } from '../values/clients.ts';

export const OUT_KINDS = ['dnstap', 'hec', 'bulk', 'loki', 'otlp'] as const;
export const OUT_EVENTS = ['queries', 'hits', 'incidents', 'finds'] as const;
/** As `OUTCOME_WORDS` of the query log; a test holds the two together. */
export const OUT_OUTCOMES = [
  'blocked',
  'cached',
  'upstream',
  'own',
  'failed',
  'refused',
  'unrecorded',
  'data',
  'nodata',
  'nxdomain',
  'withheld',
  'rewritten',
  'truncated',
  'limited',
  'dropped',
  'local',
  'partlyBlocked',
] as const;
export type OutKind = (typeof OUT_KINDS)[number];
export type OutEvents = (typeof OUT_EVENTS)[number];

export interface OutConfig {
  readonly name: string;
  readonly kind: OutKind;
  /** `unix:PATH` or `tcp://HOST:PORT` of a dnstap, else http(s)://; without user and password. */
  readonly url: string;
  readonly events: readonly OutEvents[];
  /** Null: all. */
  readonly groups: readonly string[] | null;
  readonly lists: readonly string[] | null;
  readonly outcomes: readonly string[] | null;
  readonly clients: readonly ClientPattern[] | null;
  /** Sent as each receiver wants it. */
  readonly token: string | null;
  /** `USER:PASSWORD` of the URL. */
  readonly basic: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** Absolute path of certificates in PEM; null: those of the system. */
  readonly ca: string | null;
  /** Of `hec` and `bulk`. */
  readonly index: string | null;
  /** Of `hec`: the batch is delivered when the indexer says so. */
  readonly ack: boolean;
  readonly gzip: boolean;
  readonly batch: { readonly events: number; readonly octets: number; readonly waitMs: Milliseconds };
  readonly spool: { readonly sizeOctets: number; readonly ageMs: Milliseconds };
}
