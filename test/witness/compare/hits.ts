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

/** @param goneMs what is older may not be shown any more; null: the clock was wrong, and then nothing is removed for a day */
export function compareHits(
  hits: readonly Hit[],
  ledger: Ledger,
  report: Report,
  goneMs: number | null,
): void {
  const expected = new Map<string, Asking[]>();
  for (const asking of ledger.askings) {
    if (!asking.isHit) continue;
    const key = keyOf(
      asking,
      asking.matches.map(({ listName }) => listName),
    );
    expected.set(key, [...(expected.get(key) ?? []), asking]);
  }
  for (const hit of [...hits].sort((a, b) => (a.time < b.time ? -1 : 1))) {
    const { client, question, transport, outcome, count, time } = hit;
    report.hold(
      'hit',
      goneMs === null || Date.parse(time) >= goneMs,
      () => `hit ${time} is shown though hits are kept no longer`,
    );
    const lists = hit.matches.map(({ list }) => list);
    const key = keyOf(
      {
        ip: client.ip,
        name: question.name,
        type: question.type,
        transport,
        got: outcome,
        worker: hit.worker,
      },
      lists,
    );
    const waiting = expected.get(key) ?? [];
    const at = waiting.findIndex(({ wallMs }) => wallMs === Date.parse(time));
    const told = at < 0 ? [] : waiting.splice(at, count);
    const about = (): string => `hit ${time} ${key}`;
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

function compareHit(hit: Hit, asking: Asking, ledger: Ledger, report: Report, about: () => string): void {
  const wrong = ledger.meant({ ...hit.client, machine: hit.machine }, asking.machine);
  report.hold('hit', wrong === null, () => `${about()}: ${wrong}`);
  report.same('hit', hit.client.group, asking.group, () => `${about()} group`);
  if (asking.decidedBy !== null) report.same('hit', hit.list, asking.decidedBy, () => `${about()} list`);
  if (asking.isBlocked) report.same('hit', hit.answer, asking.answer, () => `${about()} answer`);
  const isWatched = hit.verdict === 'monitor';
  report.same(
    'hit',
    isWatched || asking.got === 'limited',
    !asking.isBlocked,
    () => `${about()} verdict ${hit.verdict}`,
  );
}

export const textOf = ({ wallMs, machine, ip, name, type, got, standing, group }: Asking): string =>
  `${new Date(wallMs).toISOString()} ${machine.mac} (${ip}, ${group}) ${name} ${type}: ${got}, ${standing}`;
