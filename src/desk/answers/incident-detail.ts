// One incident with all that is kept of it: when it asked, its hits, and what somebody noted.

import type { Hit } from '../../hits/hit.ts';
import { concernsOf } from '../../hits/incidents/concern.ts';
import type { Incident } from '../../hits/incidents/incident.ts';
import { type IncidentSummary, summaryOf } from '../../hits/incidents/summary.ts';
import type { Desk } from '../desk.ts';
import type { IncidentDetail, Noted } from '../messages.ts';
import { knownSince } from './known-since.ts';

const HITS_MAX = 500;
/** One more than are shown; a list of many campaigns is read further, to a bound. */
const A_READ: number = HITS_MAX + 1;
const READS_MAX = 20;
/** Of hits that several threads held, the first to be counted need not be the first that was asked. */
const HELD_MS = 10_000;

export function incidentDetail(desk: Desk, id: string): IncidentDetail | null {
  const incident = desk.incident(id);
  return incident === null ? null : detailOf(desk, incident);
}

/**
 * @param text empty: no note
 * @param base time of the note that it takes the place of, null of none; unset: of whichever
 * @throws Error when it cannot be kept
 */
export function noteIncident(
  desk: Desk,
  id: string,
  text: string,
  base: string | null | undefined,
): Noted | null {
  const incident = desk.incident(id);
  if (incident === null) return null;
  const before = incident.note;
  const was = noteOf(incident);
  if (base !== undefined && base !== (was?.time ?? null)) return { isKept: false, was };
  incident.note = text === '' ? null : { text, timeMs: desk.options.now() };
  try {
    keep(desk, incident, 'note');
  } catch (error) {
    incident.note = before;
    throw error;
  }
  return { isKept: true, was, detail: detailOf(desk, incident) };
}

/** @throws Error when it cannot be kept */
export function acknowledge(desk: Desk, id: string): IncidentSummary | null {
  const incident = desk.incident(id);
  if (incident === null) return null;
  const before = incident.acknowledgedMs;
  incident.acknowledgedMs ??= desk.options.now();
  try {
    keep(desk, incident, 'acknowledge');
  } catch (error) {
    incident.acknowledgedMs = before;
    throw error;
  }
  desk.delivery.acknowledged(id);
  return summaryOf(incident);
}

const noteOf = ({ note }: Incident): IncidentDetail['note'] =>
  note === null ? null : { text: note.text, time: new Date(note.timeMs).toISOString() };

/** In the transaction of the hits that it counts. @param change what somebody did to it, as they are told to do it again @throws Error when it cannot be kept */
function keep({ registry, keeper, store }: Desk, incident: Incident, change: string): void {
  registry.touch(incident);
  if (keeper.tick('forced')) return;
  throw new Error(
    `it cannot be stored, so nothing changed: ${store.failing?.message ?? 'no reason given'}; ${change} it again once the store is written (\`cenote status\` says what it wants)`,
  );
}

function detailOf(desk: Desk, incident: Incident): IncidentDetail {
  const { timesMs } = incident;
  const { hits, areCut } = hitsOf(desk, incident);
  return {
    incident: summaryOf(incident),
    note: noteOf(incident),
    visits: timesMs.map((timeMs) => new Date(timeMs).toISOString()),
    hits: knownSince(desk.context.machines, hits),
    areHitsCut: areCut,
  };
}

/** Of its machine, in its time, on its lists or decided before them. */
function hitsOf(desk: Desk, incident: Incident): { readonly hits: Hit[]; readonly areCut: boolean } {
  const { machine, lists, decided } = incident;
  const who = { machines: desk.context.machines.idsOf(machine), ips: [] };
  const wanted = [...new Set([...lists, ...Object.keys(decided)])];
  const found = new Map<string, Hit>();
  let areCut = false;
  desk.store.read((tables) => {
    for (const list of wanted)
      if (takeFrom((untilMs) => tables.hits.find({ who, list, ...spanOf(incident), untilMs, limit: A_READ })))
        areCut = true;
    return true;
  }, false);
  const hits = [...found.values()].sort((a, b) => (a.id < b.id ? 1 : -1));
  return { hits: hits.slice(0, HITS_MAX), areCut: areCut || hits.length > HITS_MAX };

  /** Newest first, as many as are shown. @returns whether there may be more */
  function takeFrom(read: (untilMs: number) => readonly Hit[]): boolean {
    let untilMs = incident.lastMs;
    let own = 0;
    for (let reads = 0; reads < READS_MAX; reads += 1) {
      const page = read(untilMs);
      for (const hit of page)
        if (isOf(incident, hit) && !found.has(hit.id)) {
          found.set(hit.id, hit);
          own += 1;
        }
      const oldest = page.at(-1);
      if (oldest === undefined || page.length < A_READ) return false;
      if (own > HITS_MAX) return true;
      const oldestMs = Date.parse(oldest.time);
      untilMs = oldestMs < untilMs ? oldestMs : untilMs - 1;
    }
    return true;
  }
}

/** What was found in the history may have been asked for before an earlier incident of the same. */
function spanOf({ past, firstMs, openedMs, visits, timesMs }: Incident): { readonly sinceMs: number } {
  if (past === null) return { sinceMs: firstMs };
  const [first = openedMs] = visits <= timesMs.length ? timesMs : [];
  return { sinceMs: Math.min(first, openedMs) - HELD_MS };
}

/** A list may hold several campaigns, and what has none; a campaign may have had another title, or none, when it was asked. */
function isOf({ campaign, formerTitles = [], lists }: Incident, hit: Hit): boolean {
  const titles = [campaign, ...formerTitles];
  return concernsOf(hit).some((concern) =>
    concern.campaign === null
      ? titles.includes(null) && concern.lists.some((list) => lists.includes(list))
      : titles.includes(concern.campaign),
  );
}
