// One incident with all that is kept of it: when it asked, its hits, and what somebody noted.

import type { Hit } from '../../hits/hit.ts';
import type { Incident } from '../../hits/incidents/incident.ts';
import { type IncidentSummary, summaryOf } from '../../hits/incidents/summary.ts';
import type { HitsService } from '../hits-service.ts';

export interface IncidentDetail {
  readonly incident: IncidentSummary;
  /** What somebody noted of it, and when. */
  readonly note: { readonly text: string; readonly time: string } | null;
  /** When its visits began, oldest first: those that are kept. */
  readonly visits: readonly string[];
  /** Newest first. */
  readonly hits: readonly Hit[];
  /** There are more than are given. */
  readonly areHitsCut: boolean;
}

const HITS_MAX = 500;

export function incidentDetail(desk: HitsService, id: string): IncidentDetail | null {
  const incident = desk.incident(id);
  return incident === null ? null : detailOf(desk, incident);
}

/** @param text empty: no note @throws Error when it cannot be kept */
export function noteIncident(desk: HitsService, id: string, text: string): IncidentDetail | null {
  const incident = desk.incident(id);
  if (incident === null) return null;
  const before = incident.note;
  incident.note = text === '' ? null : { text, timeMs: desk.options.now() };
  try {
    storeIncident(desk, incident, 'note');
  } catch (error) {
    incident.note = before;
    throw error;
  }
  return detailOf(desk, incident);
}

/** @param change what somebody did to it, as they are told to do it again @throws Error when it cannot be kept */
export function storeIncident({ store }: HitsService, incident: Incident, change: string): void {
  if (store.write((tables) => tables.incidents.write([incident]))) return;
  throw new Error(
    `the store takes nothing at present (${store.failing?.message ?? 'no reason given'}); ${change} it again once it does`,
  );
}

function detailOf(desk: HitsService, incident: Incident): IncidentDetail {
  const { note, timesMs } = incident;
  const hits = hitsOf(desk, incident);
  return {
    incident: summaryOf(incident),
    note: note === null ? null : { text: note.text, time: new Date(note.timeMs).toISOString() },
    visits: timesMs.map((timeMs) => new Date(timeMs).toISOString()),
    hits: hits.slice(0, HITS_MAX),
    areHitsCut: hits.length > HITS_MAX,
  };
}

/** Of its machine, in its time, on its lists or decided before them. */
function hitsOf(desk: HitsService, { machine, firstMs, lastMs, lists, decided, campaign }: Incident): Hit[] {
  const who = { machines: desk.context.machines.idsOf(machine), ips: [] };
  const wanted = [...new Set([...lists, ...Object.keys(decided)])];
  const found = desk.store.read(
    (tables) =>
      wanted.flatMap((list) =>
        tables.hits.find({ who, list, sinceMs: firstMs, untilMs: lastMs, limit: HITS_MAX + 1 }),
      ),
    [],
  );
  const byId = new Map(found.filter((hit) => isOf(hit, campaign)).map((hit) => [hit.id, hit]));
  return [...byId.values()].sort((a, b) => (a.id < b.id ? 1 : -1));
}

/** A list may hold several campaigns. */
function isOf({ indicator, matches }: Hit, campaign: string | null): boolean {
  if (campaign === null) return true;
  return [indicator, ...matches.map((match) => match.indicator)].some((one) => one?.campaign === campaign);
}
