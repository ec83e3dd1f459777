// What one receiver will get about one incident next: hits gather until it is due.
import type { Hit } from '../hits/hit.ts';
import type { PastAsking } from '../hits/incidents/asked-names.ts';
import type { Incident } from '../hits/incidents/incident.ts';
import { summaryOf } from '../hits/incidents/summary.ts';
import { textOf } from './describe.ts';
import { letThroughBy } from './outcomes.ts';
import type { Notice, NoticeKind, Trouble } from './receiver.ts';

/** Different questions shown in one notice, and names found in the history; further ones are counted. */
const HITS_MAX = 100;
/**
 * Fewer hits are searched one by one and have no index: of most incidents one hit waits, and ten thousand incidents may wait for each
 * receiver.
 */
const INDEXED = 8;

/** As it is kept in the outbox. */
export interface Gathering {
  readonly incident: string;
  /** When it is due; null: nothing to tell yet. */
  dueMs: number | null;
  /** When it is told again though nothing happened, to a receiver that forgets; else null. */
  repeatMs: number | null;
  /** Notices sealed so far, also before an end that it went on after. */
  sealed: number;
  /** Of them, those when somebody last acknowledged the incident; what is news after that is told soon again. */
  acknowledgedAt: number | null;
  /** Something of it is not known to whoever acknowledged the incident. */
  news: boolean;
  reopening: boolean;
  closing: boolean;
  hits: Hit[];
  furtherHits: number;
  found: PastAsking[];
  furtherFound: number;
}

/** @param sealed notices about the incident that the receiver got before */
export function beginGathering(incident: string, sealed: number): Gathering {
  return {
    incident,
    dueMs: null,
    repeatMs: null,
    sealed,
    acknowledgedAt: null,
    news: false,
    reopening: false,
    closing: false,
    hits: [],
    furtherHits: 0,
    found: [],
    furtherFound: 0,
  };
}

/** Adds a hit's count to the equal question's, or the hit. */
export function gather(gathering: Gathering, hit: Hit): void {
  const { hits } = gathering;
  const at = placeOf(hits, hit);
  const known = hits[at];
  if (known !== undefined) hits[at] = { ...known, count: known.count + hit.count };
  // Room for this one alone; `push` makes it for more.
  else if (hits.length === 0) gathering.hits = [hit];
  else if (hits.length < HITS_MAX) {
    const { name } = hit.question;
    const index = indices.get(hits);
    index?.set(name, [...(index.get(name) ?? []), hits.length]);
    hits.push(hit);
  } else gathering.furtherHits += hit.count;
}

/** Where the hit with an equal question is; -1 where there is none. */
function placeOf(hits: readonly Hit[], hit: Hit): number {
  if (hits.length < INDEXED) return hits.findIndex((one) => sameQuestion(one, hit));
  const places = placesOf(hits).get(hit.question.name) ?? [];
  return places.find((place) => sameQuestion(hits[place]!, hit)) ?? -1;
}

/** Whether all that its receiver is owed was told, and what it was told stands in the incident. */
export function isSettled(gathering: Gathering): boolean {
  const { dueMs, repeatMs, acknowledgedAt, reopening, closing, hits, furtherHits, found, furtherFound } =
    gathering;
  const isDue = dueMs !== null || repeatMs !== null || acknowledgedAt !== null || reopening || closing;
  return !isDue && hits.length + furtherHits + found.length + furtherFound === 0;
}

/** Adds what the history was found to hold. */
export function gatherFound(gathering: Gathering, found: readonly PastAsking[]): void {
  for (const asking of found)
    if (gathering.found.length < HITS_MAX) gathering.found.push(asking);
    else gathering.furtherFound += asking.count;
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
    // Why it was not blocked is the decider's mode, or that of all.
    letThroughBy(a)?.mode === letThroughBy(b)?.mode &&
    a.outcome === b.outcome &&
    a.transport === b.transport &&
    a.via === b.via &&
    a.client.ip === b.client.ip &&
    a.worker === b.worker
  );
}

/** Whether it is told that it goes on after its end: of what somebody has seen and has since ended, the end alone is. */
export function tellsReopening(
  { reopening, closing, news }: Gathering,
  { acknowledgedMs }: Pick<Incident, 'acknowledgedMs'>,
): boolean {
  return reopening && !(closing && acknowledgedMs !== null && !news);
}

function kindOf(gathering: Gathering, incident: Incident): NoticeKind {
  const { sealed, closing } = gathering;
  if (sealed === 0) return 'opened';
  if (tellsReopening(gathering, incident)) return 'reopened';
  return closing ? 'closed' : 'update';
}

/** A notice about cenote itself: that something is wrong with it, or no longer. */
export function troubleNotice(
  kind: NoticeKind,
  trouble: Trouble,
  more: Pick<Notice, 'id' | 'time' | 'link' | 'expires'>,
): Notice {
  const nothing = { hits: [], furtherHits: 0, found: [], furtherFound: 0, others: [] };
  return { ...more, kind, text: trouble.text, incident: null, ...nothing, trouble };
}

/** Makes the notice and begins anew. */
export function seal(
  gathering: Gathering,
  incident: Incident,
  more: Pick<Notice, 'id' | 'others' | 'link' | 'expires'> & { readonly timeMs: number },
): Notice {
  const { id, others, link, expires } = more;
  const { hits, furtherHits, found, furtherFound } = gathering;
  const kind = kindOf(gathering, incident);
  const summary = summaryOf(incident);
  const told = { id, kind, hits, furtherHits, found, furtherFound, incident: summary, others, trouble: null };
  const time = new Date(more.timeMs).toISOString();
  const notice: Notice = { ...told, time, text: '', link, expires };
  Object.assign(gathering, {
    sealed: gathering.sealed + 1,
    dueMs: null,
    repeatMs: null,
    news: false,
    reopening: kind === 'update' && gathering.reopening,
    hits: [],
    furtherHits: 0,
    found: [],
    furtherFound: 0,
  });
  return { ...notice, text: textOf(notice) };
}
