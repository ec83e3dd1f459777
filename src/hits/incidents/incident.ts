// An incident: what one machine asked of one campaign (or of one list without a campaign), from the first asking to its end.
//
// Everything in it grows: severity is that of the gravest indicator, lists, addresses and names are all that took part, and what
// the machine got is counted by outcome. growth.ts does that; registry.ts says when it opens, ends and goes on; docs/alerts.md draws it.

import type { ResultName } from '../../events/result.ts';
import type { HitIndicator } from '../../policy/rule-meaning.ts';
import type { HitClient } from '../hit.ts';
import type { Tally } from '../standing.ts';
import type { Severity } from './concern.ts';

/** One way in which a name was asked for: what decides whether the same asking would be seen again. */
export interface Way {
  /** As hits say it: `A`. */
  readonly type: string;
  /** What stood behind the name and was listed; null: the name itself. */
  readonly via: string | null;
}

export interface AskedName {
  readonly name: string;
  count: number;
  /** Visits of it; what was found in the history is in none. */
  visits: number;
  firstMs: number;
  lastMs: number;
  /** The CNAME target or address by which it was last listed, when it was not the name itself. */
  via: string | null;
  /** The latest last, at most WAYS_MAX; absent in incidents of releases that did not note them. */
  ways?: Way[];
  /** When its visits began, oldest first: what the beacon score works on. */
  readonly timesMs: number[];
}

/**
 * Why an incident ended. Only `silent` says that the machine asked no more while it was watched; `past` was found in the history
 * and has nothing to watch (where it was answered somebody has acknowledged that); `merged` goes on as another incident of the same machine; the others say why it is not known.
 */
export const END_REASONS = [
  'silent',
  'past',
  'merged',
  'paused',
  'delisted',
  'allowed',
  'alert-off',
  'unreached',
  'evicted',
] as const;
export type EndReason = (typeof END_REASONS)[number];

/** So until somebody changes the configuration. */
export const LASTING: readonly (EndReason | null)[] = ['delisted', 'allowed', 'alert-off', 'unreached'];

/** A time in which an asking would not have been seen; `in-part`: one of some of its names, in some of that time. */
export interface Gap {
  readonly reason: EndReason | 'down' | 'in-part';
  fromMs: number;
  /** Null while it lasts. */
  toMs: number | null;
}

/** Of the hits, those that were found in the history. */
export interface PastPart {
  hits: number;
  firstMs: number;
  lastMs: number;
  /** What came of them; absent in incidents of releases that did not note it. */
  got?: Tally;
}

export interface Incident {
  /** ULID. */
  readonly id: string;
  /** Machine and campaign: what makes two hits one incident. */
  subject: string;
  /** Its id, as hits say it. */
  machine: string;
  state: 'open' | 'closed';
  severity: Severity;
  /** Who asked last; what was once known of its name stays. */
  client: HitClient;
  /** That it asked from, the latest last. */
  readonly addresses: string[];
  /** That it first asked from. */
  readonly firstAddress: string;
  readonly groups: string[];
  /** Who was logged on when it asked, in the order in which they took part. */
  readonly users: string[];
  /** The first of `lists`, as it is called now. */
  list: string;
  /** That have what it asked for, in the order in which they took part. */
  readonly lists: string[];
  /** Of `lists`, the names that lists had before they were renamed; absent: none. */
  formerLists?: string[];
  campaign: string | null;
  /** What it went by before: its hits of then say so. Null: no campaign; absent: nothing else. */
  formerTitles?: (string | null)[];
  /** The gravest of `indicators`. */
  indicator: HitIndicator | null;
  readonly indicators: HitIndicator[];
  /** Opened by a search of the history. */
  readonly retrospective: boolean;
  openedMs: number;
  firstMs: number;
  lastMs: number;
  closedMs: number | null;
  end: EndReason | null;
  /** Names for which an asking would not have been seen all the time since the last; absent: none. */
  unseenNames?: readonly string[];
  /** The incident that it goes on as, when it was merged. */
  mergedInto: string | null;
  /** How often it went on after an end. */
  reopened: number;
  acknowledgedMs: number | null;
  /** What somebody noted of it. */
  note: { readonly text: string; readonly timeMs: number } | null;
  /** When a receiver was last told; null: none was. */
  toldMs: number | null;
  /** Receiver → notices that it was told. */
  readonly told: Record<string, number>;
  /** Queries, exactly: those that were hits, and those that were found in the history. */
  hits: number;
  /** Attempts of one visit (A beside AAAA, retries) are one. */
  visits: number;
  past: PastPart | null;
  /** What the client got → how many of the hits; what was found in the history is in `past`. */
  readonly outcomes: Partial<Record<ResultName, number>>;
  /** The list that decided → how many of the hits. */
  readonly decided: Record<string, number>;
  /** The first NAMES_MAX names asked for. */
  readonly names: AskedName[];
  /** Queries for names beyond those. */
  furtherHits: number;
  /** Names beyond those, by a hash of 53 bits each, at most FURTHER_MAX. */
  readonly further: number[];
  /** There were more names than could be counted. */
  furtherIsFloor: boolean;
  readonly gaps: Gap[];
  /** When its visits began, whatever the name; oldest first, at most VISITS_KEPT. */
  readonly timesMs: number[];
}
