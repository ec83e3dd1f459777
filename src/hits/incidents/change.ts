// What becomes known about incidents, and what is said when one has changed.
import type { NameFrom } from '../../clients/machine.ts';
import type { HitIndicator } from '../../policy/rule-meaning.ts';
import type { Hit, HitClient } from '../hit.ts';
import type { UlidMaker } from '../ulid.ts';
import type { PastAsking } from './asked-names.ts';
import type { Concern } from './concern.ts';
import type { Asking, News } from './growth.ts';
import type { EndReason, Incident } from './incident.ts';

/**
 * `opened` is the first that is said of it, `reopened` that it goes on after its end, `found` that the history holds more of it,
 * `grown` that it goes on.
 */
export type ChangeKind = 'opened' | 'reopened' | 'grown' | 'found' | 'closed';

export interface Change {
  readonly kind: ChangeKind;
  /** What caused it; null when it was none. */
  readonly hit: Hit | null;
  /** What was found in the history. */
  readonly found: readonly PastAsking[];
  /** What of it somebody who knew the incident does not know. */
  readonly news: News;
}
type OnChange = (incident: Incident, change: Change) => void;

export interface RegistryOptions {
  readonly id: UlidMaker;
  /** Monotonic, ms. */
  readonly monotonic: () => number;
  /** An incident without a hit for this long is over, or later when it asks rarely. */
  readonly quietMs?: number;
  readonly openMax?: number;
  /** The latest of a subject that ended not before a moment, from where incidents are stored. */
  readonly ended?: (subject: string, sinceMs: number) => Incident | null;
  readonly onChange: OnChange;
  /** Renames those of a machine that wait for it. @returns whether there were any */
  readonly renameOf?: (machine: string) => boolean;
  /** So many incidents wait for the store that a hit opens none. */
  readonly onFull?: (hit: Hit) => void;
}

/** What one machine asked for before it was listed. */
export interface PastFinding {
  readonly client: HitClient;
  /** All of the campaign that have it; without a campaign, the one. */
  readonly lists: readonly string[];
  /** The gravest of `indicators`. */
  readonly indicator: HitIndicator | null;
  readonly indicators: readonly HitIndicator[];
  readonly askings: readonly PastAsking[];
}

/** A machine as far as it is known by now. */
export interface KnownMachine {
  /** Another than was asked for when it was merged into it. */
  readonly id: string;
  readonly name: string | null;
  readonly nameFrom: NameFrom | null;
  readonly mac: string | null;
}

/** How far an incident's askings would be seen. */
export interface Watched {
  /** Why none of them would; null where some would. */
  readonly reason: EndReason | null;
  /** Names that would not, where others would. */
  readonly unseen: readonly string[];
}
export type Watch = (incident: Incident) => Watched;

/** How an open incident stands under the rules in force. */
export interface Standing {
  /** Why its askings would not be seen; null when they would. */
  readonly reason: EndReason | null;
  /** What they concern, when that is another campaign or list than before. */
  readonly concern: Concern | null;
}

/** Who asked, and what it concerns. */
export function askingOf({ client, lists, indicator, indicators }: PastFinding): Asking {
  const campaign = indicator?.campaign ?? null;
  const concern: Concern = { campaign, lists, rule: '', indicator, indicators };
  return { machine: client.machine ?? client.ip, client, concern };
}
