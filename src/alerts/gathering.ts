// What one receiver will be told of one incident next: hits gather until it is due.
import type { Hit } from '../hits/hit.ts';
import type { Incident } from '../hits/incidents/incident.ts';
import { summaryOf } from '../hits/incidents/summary.ts';
import type { Notice } from './receiver.ts';

/** Different questions shown in one notice; further ones are counted. */
const HITS_MAX = 100;

/** As it is kept in the outbox. */
export interface Gathering {
  readonly incident: string;
  /** When it is due; null: nothing to tell yet. */
  dueMs: number | null;
  /** Notices sealed so far: what makes the next an update. */
  sealed: number;
  closing: boolean;
  hits: Hit[];
  furtherHits: number;
}

export function beginGathering(incident: string): Gathering {
  return { incident, dueMs: null, sealed: 0, closing: false, hits: [], furtherHits: 0 };
}

/** Adds a hit's count to the equal question's, or the hit. */
export function gather(gathering: Gathering, hit: Hit): void {
  const { hits } = gathering;
  const places = placesOf(hits).get(hit.question.name) ?? [];
  const at = places.find((place) => sameQuestion(hits[place] ?? hit, hit));
  const known = at === undefined ? undefined : hits[at];
  if (at !== undefined && known !== undefined) hits[at] = { ...known, count: known.count + hit.count };
  else if (hits.length < HITS_MAX) {
    placesOf(hits).set(hit.question.name, [...places, hits.length]);
    hits.push(hit);
  } else gathering.furtherHits += hit.count;
}

const indices = new WeakMap<readonly Hit[], Map<string, number[]>>();

/** Where the hits for a name are. */
function placesOf(hits: readonly Hit[]): Map<string, number[]> {
  let places = indices.get(hits);
  if (places === undefined) {
    places = new Map();
    for (const [place, { question }] of hits.entries())
      places.set(question.name, [...(places.get(question.name) ?? []), place]);
    indices.set(hits, places);
  }
  return places;
}

function sameQuestion(a: Hit, b: Hit): boolean {
  return (
    a.question.name === b.question.name &&
    a.question.type === b.question.type &&
    a.verdict === b.verdict &&
    a.transport === b.transport &&
    a.via === b.via &&
    a.worker === b.worker
  );
}

/** Makes the notice and begins anew. */
export function seal(
  gathering: Gathering,
  incident: Incident,
  more: { readonly id: string; readonly timeMs: number; readonly others: Notice['others'] },
): Notice {
  const notice: Notice = {
    id: more.id,
    kind: gathering.sealed === 0 ? 'opened' : gathering.closing ? 'closed' : 'update',
    time: new Date(more.timeMs).toISOString(),
    text: '',
    incident: structuredClone(summaryOf(incident)),
    hits: gathering.hits,
    furtherHits: gathering.furtherHits,
    others: more.others,
  };
  gathering.sealed += 1;
  gathering.dueMs = null;
  gathering.hits = [];
  gathering.furtherHits = 0;
  return notice;
}
