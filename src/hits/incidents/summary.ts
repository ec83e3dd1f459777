// An incident as JSON for other programs: `cenote incidents --json`, the API, the generic webhook.

import type { HitIndicator } from '../../policy/rule-meaning.ts';
import type { HitClient } from '../hit.ts';
import type { Beacon } from './beacon.ts';
import { type Incident, rateBeacon, type Severity } from './incident.ts';

export interface IncidentSummary {
  readonly id: string;
  readonly state: 'open' | 'closed';
  readonly severity: Severity;
  readonly retrospective: boolean;
  readonly client: HitClient;
  readonly list: string;
  readonly campaign: string | null;
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
    readonly first: string;
    readonly last: string;
  }[];
  /** Of the hits, those for names beyond the ones shown. */
  readonly furtherHits: number;
  readonly beacon: Beacon | null;
}

export function summaryOf(incident: Incident): IncidentSummary {
  rateBeacon(incident);
  return {
    id: incident.id,
    state: incident.state,
    severity: incident.severity,
    retrospective: incident.retrospective,
    client: incident.client,
    list: incident.list,
    campaign: incident.campaign,
    indicator: incident.indicator,
    opened: isoOf(incident.openedMs),
    first: isoOf(incident.firstMs),
    last: isoOf(incident.lastMs),
    closed: incident.closedMs === null ? null : isoOf(incident.closedMs),
    acknowledged: incident.acknowledgedMs === null ? null : isoOf(incident.acknowledgedMs),
    hits: incident.hits,
    names: incident.names.map(({ name, count, firstMs, lastMs }) => ({
      name,
      count,
      first: isoOf(firstMs),
      last: isoOf(lastMs),
    })),
    furtherHits: incident.furtherHits,
    beacon: incident.beacon,
  };
}

const isoOf = (timeMs: number): string => new Date(timeMs).toISOString();
