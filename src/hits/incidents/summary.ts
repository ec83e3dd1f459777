// An incident as JSON for other programs: `cenote incidents --json`, the API, the generic webhook.

import type { ResultName } from '../../events/result.ts';
import type { HitIndicator } from '../../policy/rule-meaning.ts';
import { type Outcomes, outcomesOf } from '../find.ts';
import type { HitClient } from '../hit.ts';
import { CLASSES } from '../standing.ts';
import { type Beacon, isTooFew, rateIncident, type TooFew } from './beacon.ts';
import type { Severity } from './concern.ts';
import type { EndReason, Gap, Incident, PastPart } from './incident.ts';

/** What was asked before it was listed, and what came of it: `hits` is the sum of the classes. */
export interface Past extends Outcomes {
  readonly hits: number;
  /** ISO 8601. */
  readonly first: string;
  readonly last: string;
}

export interface IncidentSummary {
  readonly id: string;
  readonly state: 'open' | 'closed';
  readonly severity: Severity;
  readonly retrospective: boolean;
  readonly client: HitClient;
  readonly list: string;
  readonly campaign: string | null;
  /** For people: the campaign, else the lists as they are called now. */
  readonly about: string;
  readonly indicator: HitIndicator | null;
  /** ISO 8601. */
  readonly opened: string;
  readonly first: string;
  readonly last: string;
  readonly closed: string | null;
  readonly acknowledged: string | null;
  /** Queries, exactly. */
  readonly hits: number;
  readonly names: readonly {
    readonly name: string;
    readonly count: number;
    readonly visits: number;
    readonly first: string;
    readonly last: string;
  }[];
  /** Of the hits, those for names beyond the ones shown. */
  readonly furtherHits: number;
  readonly beacon: Beacon | null;
  /** The machine that asked. */
  readonly machine: string;
  /** That it asked from, the latest last. */
  readonly addresses: readonly string[];
  /** That it first asked from: this stays. */
  readonly firstAddress: string;
  readonly groups: readonly string[];
  /** Who was logged on when it asked. */
  readonly users: readonly string[];
  /** All that have what it asked for. */
  readonly lists: readonly string[];
  /** Of those, the names that lists had before they were renamed. */
  readonly formerLists: readonly string[];
  readonly indicators: readonly HitIndicator[];
  /** Attempts of one visit (A beside AAAA, retries) are one. */
  readonly visits: number;
  /** What the client got → how many of the hits; of those that were found in the history `past` says it. */
  readonly outcomes: Readonly<Partial<Record<ResultName, number>>>;
  /** The list that decided → how many of the hits. */
  readonly decided: Readonly<Record<string, number>>;
  /** Of the hits, those that were found in the history. */
  readonly past: Past | null;
  /** Names beyond the ones shown. */
  readonly furtherNames: number;
  /** There were more than could be told apart. */
  readonly furtherNamesAtLeast: boolean;
  /** Why there is no beacon score: visits seen, and how many it needs. */
  readonly beaconTooFew: TooFew | null;
  /** Why it ended; only `silent` says that it asked no more. */
  readonly end: EndReason | null;
  /** Names for which an asking would not have been seen all the time since the last: its silence says nothing of them. */
  readonly unseenNames: readonly string[];
  readonly mergedInto: string | null;
  /** How often it went on after an end. */
  readonly reopened: number;
  /** Times in which an asking would not have been seen. */
  readonly unwatched: readonly {
    readonly reason: Gap['reason'];
    readonly from: string;
    readonly to: string | null;
  }[];
  /** When a receiver was last told. */
  readonly told: string | null;
}

export function summaryOf(incident: Incident): IncidentSummary {
  const rated = rateIncident(incident);
  const { id, state, severity, retrospective, client, list, campaign, indicator, hits, furtherHits } =
    incident;
  return {
    id,
    state,
    severity,
    retrospective,
    client,
    list,
    campaign,
    about: aboutOf(incident),
    indicator,
    opened: isoOf(incident.openedMs),
    first: isoOf(incident.firstMs),
    last: isoOf(incident.lastMs),
    closed: isoOrNull(incident.closedMs),
    acknowledged: isoOrNull(incident.acknowledgedMs),
    hits,
    names: incident.names.map(({ name, count, visits, firstMs, lastMs }) => ({
      name,
      count,
      visits,
      first: isoOf(firstMs),
      last: isoOf(lastMs),
    })),
    furtherHits,
    beacon: isTooFew(rated) ? null : rated,
    machine: incident.machine,
    addresses: [...incident.addresses],
    firstAddress: incident.firstAddress,
    groups: [...incident.groups],
    users: [...incident.users],
    lists: [...incident.lists],
    formerLists: [...(incident.formerLists ?? [])],
    indicators: [...incident.indicators],
    visits: incident.visits,
    outcomes: { ...incident.outcomes },
    decided: { ...incident.decided },
    past: incident.past === null ? null : pastOf(incident.past),
    furtherNames: incident.further.length,
    furtherNamesAtLeast: incident.furtherIsFloor,
    beaconTooFew: isTooFew(rated) ? rated : null,
    end: incident.end,
    unseenNames: [...(incident.unseenNames ?? [])],
    mergedInto: incident.mergedInto,
    reopened: incident.reopened,
    unwatched: incident.gaps.map(({ reason, fromMs, toMs }) => ({
      reason,
      from: isoOf(fromMs),
      to: isoOrNull(toMs),
    })),
    told: isoOrNull(incident.toldMs),
  };
}

/** What it is about. */
export const aboutOf = ({ campaign, ...incident }: Listed & Pick<IncidentSummary, 'campaign'>): string =>
  campaign ?? listsNow(incident).join(', ');

/** Its lists by the names that they have now: one that was renamed is one. */
export function listsNow({ lists, formerLists = [] }: Listed): readonly string[] {
  const now = lists.filter((list) => !formerLists.includes(list));
  return now.length === 0 ? lists : now;
}

/** Notices of earlier releases that still wait say nothing of former names. */
type Listed = Pick<IncidentSummary, 'lists'> & Partial<Pick<IncidentSummary, 'formerLists'>>;

function pastOf({ hits, firstMs, lastMs, got = {} }: PastPart): Past {
  const sums = outcomesOf([{ got }]);
  const noted = CLASSES.reduce((sum, name) => sum + sums[name], 0);
  return {
    hits,
    first: isoOf(firstMs),
    last: isoOf(lastMs),
    ...sums,
    unrecorded: sums.unrecorded + hits - noted,
  };
}

const isoOf = (timeMs: number): string => new Date(timeMs).toISOString();
const isoOrNull = (timeMs: number | null): string | null => (timeMs === null ? null : isoOf(timeMs));
