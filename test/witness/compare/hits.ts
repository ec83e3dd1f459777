// Every line of the hit store against the askings that hits must tell of: each once, with who, what, by which list and what was got.
import type { Hit } from '../../../src/hits/hit.ts';
import { type Asking, mayBeLost } from '../truth/asking.ts';
import type { Ledger } from '../truth/ledger.ts';
import type { Report } from './report.ts';

interface Keyed {
  readonly ip: string;
  readonly name: string;
  readonly type: string;
  readonly transport: string;
  readonly got: string;
  readonly worker: number;
}

/** @param lists that alert and have it */
const keyOf = ({ ip, name, type, transport, got, worker }: Keyed, lists: readonly string[]): string =>
  [ip, name, type, transport, got, `worker ${worker}`, ...[...new Set(lists)].sort()].join(' ');

/** What a hit is about, and the askings of that which no hit was taken to tell of yet, in the order they came. */
interface Claim {
  readonly hit: Hit;
  readonly about: () => string;
  readonly waiting: Asking[];
  /** The one that was asked at the hit's time. */
  readonly first: Asking | null;
}

/** Threads hold equal queries for less than this. */
const FOLDED_MS = 2000;

/** @param goneMs what is older may not be shown any more; null: the clock was wrong, and then nothing is removed for a day */
export function compareHits(
  hits: readonly Hit[],
  ledger: Ledger,
  report: Report,
  goneMs: number | null,
): void {
  for (const { time } of hits)
    report.hold(
      'hit',
      goneMs === null || Date.parse(time) >= goneMs,
      () => `hit ${time} is shown though hits are kept no longer`,
    );
  const expected = expectedOf(ledger);
  // Each its first before any its others: of two that look the same one may have been answered from the cache, and then both are of one moment.
  const claims = [...hits]
    .sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))
    .map((hit) => claimOf(hit, expected));
  for (const { hit, about, waiting, first } of claims) {
    const told = first === null ? [] : [first, ...othersOf(first, hit.count, waiting)];
    const { count } = hit;
    if (
      !report.hold('hit', told.length === count, () => `${about()} says ${count}, ${told.length} were asked`)
    )
      continue;
    for (const asking of told) compareHit(hit, asking, ledger, report, about);
  }
  const left = [...expected.values()].flat().filter((asking) => !mayBeLost(asking));
  report.hold(
    'hit',
    left.length === 0,
    () => `${left.length} hits are missing: ${left.slice(0, 3).map(textOf).join('; ')}`,
    'missed',
  );
}

/** By key, in the order they were asked. */
function expectedOf({ askings }: Ledger): Map<string, Asking[]> {
  const expected = new Map<string, Asking[]>();
  for (const asking of askings) {
    if (!asking.isHit) continue;
    const key = keyOf(
      asking,
      asking.matches.map(({ listName }) => listName),
    );
    expected.set(key, [...(expected.get(key) ?? []), asking]);
  }
  return expected;
}

function claimOf(hit: Hit, expected: ReadonlyMap<string, Asking[]>): Claim {
  const { client, question, transport, outcome, time, worker } = hit;
  const key = keyOf(
    { ip: client.ip, name: question.name, type: question.type, transport, got: outcome, worker },
    hit.matches.map(({ list }) => list),
  );
  const waiting = expected.get(key) ?? [];
  // Of two of one moment a list may have come between them, or what it does, and then each is of another.
  const then = waiting.filter(({ wallMs }) => wallMs === Date.parse(time));
  const own = then.filter(({ decidedBy }) => decidedBy === hit.list);
  const first = own.find((asking) => isModedAs(hit, asking)) ?? own[0] ?? then[0] ?? null;
  if (first !== null) waiting.splice(waiting.indexOf(first), 1);
  return { hit, about: () => `hit ${time} ${key}`, waiting, first };
}

/** Whether each list did what the hit says of it. */
const isModedAs = ({ matches }: Hit, asking: Asking): boolean =>
  matches.every(({ list, mode }) =>
    asking.matches.some((match) => match.listName === list && modesOf(match, asking).includes(mode)),
  );

/** The next that were asked, taken from those that wait. */
function othersOf(first: Asking, count: number, waiting: Asking[]): Asking[] {
  const at = waiting.findIndex(({ number }) => number > first.number);
  if (at < 0) return [];
  const others = waiting.slice(at, at + count - 1).filter(({ atMs }) => atMs - first.atMs < FOLDED_MS);
  waiting.splice(at, others.length);
  return others;
}

function compareHit(hit: Hit, asking: Asking, ledger: Ledger, report: Report, about: () => string): void {
  const wrong = ledger.meant({ ...hit.client, machine: hit.machine }, asking.machine);
  report.hold('hit', wrong === null, () => `${about()}: ${wrong}`);
  report.same('hit', hit.client.group, asking.group, () => `${about()} group`);
  // What explains its rule may have been damaged.
  const isUnexplained = asking.isPast && hit.list === 'unknown';
  if (asking.decidedBy !== null && !isUnexplained)
    report.same('hit', hit.list, asking.decidedBy, () => `${about()} list`);
  if (asking.isBlocked) report.same('hit', hit.answer, asking.answer, () => `${about()} answer`);
  for (const { list, indicator, mode } of hit.matches) {
    const own = asking.matches.filter(({ listName }) => listName === list);
    report.hold(
      'hit',
      own.some(
        ({ entry }) =>
          (entry.campaign === null ? null : entry.confidence) === (indicator?.confidence ?? null),
      ),
      () => `${about()}: ${list} has it with ${indicator?.confidence} confidence`,
    );
    report.hold(
      'hit',
      own.some((match) => modesOf(match, asking).includes(mode)),
      () => `${about()}: ${list} is said to ${mode}`,
    );
  }
  const isWatched = hit.verdict === 'monitor';
  report.same(
    'hit',
    isWatched || asking.got === 'limited',
    !asking.isBlocked,
    () => `${about()} verdict ${hit.verdict}`,
  );
}

/** What a list did about it, as people are told why it was not blocked. Of a reply that says "come over TCP" cenote does not tell why it does. */
function modesOf(
  { mode, isInForce: isOwnInForce, entry }: Asking['matches'][number],
  { isInForce, got, isVolatile, wallMs }: Asking,
): readonly Hit['matches'][number]['mode'][] {
  // A journal says that it was let through, not which of both reasons came first.
  const isOver = entry.expiresMs !== null && entry.expiresMs <= wallMs;
  if (mode === 'monitor' && isVolatile && isOver) return ['monitor', 'expired'];
  if (mode !== 'enforce') return [mode];
  if (isInForce === null || got === 'truncated') return ['enforce', 'paused', 'schedule'];
  return isOwnInForce ? ['enforce'] : ['paused', 'schedule'];
}

export const textOf = ({ wallMs, machine, ip, name, type, got, standing, group }: Asking): string =>
  `${new Date(wallMs).toISOString()} ${machine.mac} (${ip}, ${group}) ${name} ${type}: ${got}, ${standing}`;
