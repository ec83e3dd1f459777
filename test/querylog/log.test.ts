// A log that is written, killed, sealed and read, compared with a list of what was put in.
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import t from 'tap';
import { RESULT, RESULT_NAMES } from '../../src/events/result.ts';
import { FROM, kindNumber } from '../../src/querylog/kind.ts';
import { LogReader } from '../../src/querylog/read/log-reader.ts';
import type {
  LogCursor,
  LogFilter,
  LogPlace,
  LogQuestion,
  LogRow,
  LogRows,
  LogTail,
} from '../../src/querylog/read/question.ts';
import { isEndOf, ruleOfEnd, ruleOfRow } from '../../src/querylog/rule.ts';
import { waitCode } from '../../src/querylog/wait.ts';
import { QueryLog, type QueryLogOptions } from '../../src/querylog/writer.ts';
import { textToName } from '../../src/wire/names/presentation.ts';

const START_MS = Date.UTC(2026, 9, 1, 8);
const DAY_MS = 86_400_000;
const ALL: LogFilter = {
  sinceMs: 0,
  untilMs: Number.MAX_SAFE_INTEGER,
  who: null,
  name: null,
  qtype: null,
  outcome: null,
  list: null,
  upstream: null,
  users: [],
};

interface Put {
  readonly timeMs: number;
  readonly client: number;
  readonly name: string;
  readonly got: 'cached' | 'upstream' | 'blocked';
  readonly count: number;
}

const CLIENTS = Array.from({ length: 7 }, (_, i) => ({
  machine: `m-${i}`,
  ip: `192.0.2.${i}`,
  name: i === 0 ? null : `desk-${i}`,
  mac: null,
  group: 'default',
}));

function opened(path: string, more: Partial<QueryLogOptions> = {}) {
  const clock = { ms: START_MS };
  const said: string[] = [];
  const log = new QueryLog({
    path,
    now: () => clock.ms,
    monotonic: () => clock.ms,
    keep: { keepMs: 90 * DAY_MS, sizeOctets: 2 ** 40 },
    report: (state) => said.push(state.kind),
    onTorn: (sinceMs) => said.push(`torn ${sinceMs}`),
    onDamaged: (rows) => said.push(`damaged ${rows}`),
    ...more,
  });
  const put = ({ timeMs, client, name, got, count }: Put): void => {
    const wire = textToName(name)!;
    const { tables } = log;
    const source =
      got === 'blocked'
        ? tables.sourceId('list', 'ads')
        : got === 'upstream'
          ? tables.sourceId('upstream', '192.0.2.53:53')
          : 0;
    const from = got === 'blocked' ? FROM.list : got === 'upstream' ? FROM.upstream : FROM.cache;
    const result = got === 'blocked' ? RESULT.blocked : RESULT.data;
    const rule = isEndOf('ads.test', name) ? ruleOfEnd(8) : ruleOfRow(tables.ruleId('/x[0-9]/', timeMs));
    log.add(timeMs, wire, 0, wire.length, {
      asker: tables.askerId(CLIENTS[client]!, timeMs),
      kind: kindNumber({ qtype: 1, qclass: 1, transport: 0, result, rcode: 0, from, source }),
      count,
      wait: got === 'upstream' ? waitCode(12) : 0,
      rule: got === 'blocked' ? rule : 0,
    });
  };
  const pass = (ms: number): void => {
    for (let left = ms; left > 0; left -= 150) {
      clock.ms += 150;
      log.tick();
    }
  };
  return { log, clock, said, put, pass };
}

function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const textOf = ({ timeMs, client, name, got, count }: Put): string =>
  [timeMs, CLIENTS[client]!.ip, name, got, count].join(' ');
const textOfRow = ({ time, client, name, outcome, count }: LogRow): string =>
  [Date.parse(time), client.ip, name, outcome, count].join(' ');

t.test(
  'what was put in is found again, by every filter and page by page, in blocks and batches',
  async (t) => {
    const path = join(t.testdir(), 'log.db');
    const { log, clock, said, put, pass } = opened(path);
    const random = chance(3);
    const all: Put[] = [];
    const add = (count: number): void => {
      for (let i = 0; i < count; i += 1) {
        const kind = random(4);
        const one: Put = {
          timeMs: clock.ms - random(900),
          client: random(7),
          name:
            kind === 0
              ? `x${random(50)}.ads.test`
              : kind === 1
                ? `h${random(3000)}.zone.test`
                : `www${random(9)}.${kind === 3 ? 'xn--bcher-kva.' : ''}example`,
          got: kind === 0 ? 'blocked' : kind === 1 ? 'upstream' : 'cached',
          count: random(30) === 0 ? 5 : 1,
        };
        all.push(one);
        put(one);
      }
    };
    // Three days of one block each, for a day that is over is sealed; and rows that are in batches still.
    for (let day = 0; day < 3; day += 1) {
      for (let i = 0; i < 10; i += 1) {
        add(60);
        pass(3000);
      }
      clock.ms += DAY_MS;
      pass(9000);
    }
    add(200);
    pass(3000);
    const reader = new LogReader(path);
    const blocks = new DatabaseSync(path, { readOnly: true })
      .prepare('SELECT count(*) AS n FROM blocks')
      .get();
    t.same(blocks?.['n'], 3);

    const wanted: readonly [Partial<LogFilter>, (one: Put) => boolean][] = [
      [{}, () => true],
      [{ who: { machines: ['m-3'], ips: [] } }, ({ client }) => client === 3],
      [{ who: { machines: [], ips: ['192.0.2.4'] } }, ({ client }) => client === 4],
      [{ who: { machines: ['m-nobody'], ips: [] } }, () => false],
      [{ name: 'ads' }, ({ name }) => name.includes('ads')],
      [{ name: '7.zone.te' }, ({ name }) => name.includes('7.zone.te')],
      [{ name: 'h?.zone.*' }, ({ name }) => /^h.\.zone\..*$/.test(name)],
      [{ name: '*.example' }, ({ name }) => name.endsWith('.example')],
      [{ name: '*' }, () => true],
      [{ name: 'nowhere' }, () => false],
      // Part of what an A-label stands for; a pattern may have `?` where the A-label has nothing.
      [{ name: 'büch' }, ({ name }) => name.includes('bcher-kva')],
      [{ name: '3.büch' }, ({ name }) => name.startsWith('www3.xn--')],
      [{ name: '*.bü?h*' }, ({ name }) => name.includes('bcher-kva')],
      [{ name: 'büh' }, () => false],
      [{ outcome: 'blocked' }, ({ got }) => got === 'blocked'],
      [{ outcome: 'data' }, ({ got }) => got !== 'blocked'],
      [
        { list: 'ads', who: { machines: ['m-1'], ips: [] } },
        ({ got, client }) => got === 'blocked' && client === 1,
      ],
      [{ list: 'no such list' }, () => false],
      [{ upstream: '192.0.2.53:53' }, ({ got }) => got === 'upstream'],
      [{ upstream: '192.0.2.53:53', list: 'ads' }, () => false],
      [{ qtype: 28 }, () => false],
      [
        { sinceMs: START_MS + 5000, untilMs: START_MS + DAY_MS + 40_000, name: 'ads' },
        ({ timeMs, name }) =>
          timeMs >= START_MS + 5000 && timeMs < START_MS + DAY_MS + 40_000 && name.includes('ads'),
      ],
    ];
    const wrong: string[] = [];
    for (const [change, takes] of wanted) {
      const filter = { ...ALL, ...change };
      const expected = all.filter(takes).map(textOf).sort();
      const found: LogRow[] = [];
      let cursor: LogCursor | null = null;
      for (let pages = 0; pages < 100; pages += 1) {
        const page: LogRows = reader.answer({ what: 'rows', filter, limit: 211, cursor });
        found.push(...page.rows);
        cursor = page.next;
        if (cursor === null) break;
      }
      if (found.some(({ time }, i) => i > 0 && time > found[i - 1]!.time))
        wrong.push(`${JSON.stringify(change)}: order`);
      if (JSON.stringify(found.map(textOfRow).sort()) !== JSON.stringify(expected))
        wrong.push(`${JSON.stringify(change)}: ${found.length} for ${expected.length}`);
    }
    t.same(wrong, []);

    const [blocked] = reader.answer({
      what: 'rows',
      filter: { ...ALL, list: 'ads' },
      limit: 1,
      cursor: null,
    }).rows;
    t.match(blocked, {
      rule: 'ads.test',
      list: 'ads',
      from: 'list',
      result: 'blocked',
      upstream: null,
      waitedMs: null,
      type: 'A',
      rcode: 'NOERROR',
    });
    const [asked] = reader.answer({
      what: 'rows',
      filter: { ...ALL, outcome: 'upstream' },
      limit: 1,
      cursor: null,
    }).rows;
    t.match(asked, { upstream: '192.0.2.53:53', waitedMs: 12, rule: null, list: null, from: 'upstream' });
    t.ok(RESULT_NAMES.includes(asked!.result as never));

    const sum = (rows: readonly Put[]): number => rows.reduce((total, { count }) => total + count, 0);
    const tops = new Map<string, string[]>();
    const ranked = (key: (one: Put) => string | null): string[] =>
      [...Map.groupBy(all, key)]
        .flatMap(([name, rows]) => (name === null ? [] : [`${name} ${sum(rows)}`]))
        .sort();
    tops.set(
      'machines',
      ranked(({ client }) => CLIENTS[client]!.ip),
    );
    tops.set(
      'names',
      ranked(({ name }) => name),
    );
    tops.set(
      'lists',
      ranked(({ got }) => (got === 'blocked' ? 'ads' : null)),
    );
    tops.set(
      'upstreams',
      ranked(({ got }) => (got === 'upstream' ? '192.0.2.53:53' : null)),
    );
    for (const kind of ['machines', 'names', 'lists', 'upstreams'] as const) {
      const { top, queries } = reader.answer({
        what: 'top',
        of: kind,
        sinceMs: 0,
        untilMs: clock.ms,
        limit: 10_000,
      });
      t.same(top.map(({ what, queries: count }) => `${what} ${count}`).sort(), tops.get(kind), kind);
      t.equal(queries, sum(all));
    }
    const ofAds = all.filter(({ got }) => got === 'blocked');
    const caught = (rows: number, sinceMs = 0) =>
      reader.answer({ what: 'caught', sinceMs, untilMs: clock.ms, lists: 10, rows }).lists;
    const byName = new Map<string, number>();
    for (const { name, count } of ofAds) byName.set(name, (byName.get(name) ?? 0) + count);
    const [ads, ...others] = caught(1e6);
    t.same([ads?.list, ads?.queries, others], ['ads', sum(ofAds), []]);
    t.same(new Map(ads?.names), byName, 'each name with its queries');
    const few = caught(20)[0];
    t.equal(few?.queries, sum(ofAds), 'all are counted');
    t.ok((few?.names.length ?? 0) > 0 && (few?.names.length ?? 0) <= 20, 'some are looked at');
    t.ok(few?.names.every(([name]) => byName.has(name)));
    t.same(caught(20, clock.ms), [], 'nothing of another time');
    const part = reader.answer({
      what: 'top',
      of: 'machines',
      sinceMs: START_MS + 10_000,
      untilMs: START_MS + 20_000,
      limit: 10,
    });
    t.equal(
      part.queries,
      sum(all.filter(({ timeMs }) => timeMs >= START_MS + 10_000 && timeMs < START_MS + 20_000)),
    );
    for (const offsetMs of [0, 330 * 60_000, -480 * 60_000]) {
      const sinceMs = START_MS - 3_600_000;
      const span = { sinceMs, untilMs: clock.ms, stepMs: DAY_MS, offsetMs };
      const { points } = reader.answer({ what: 'chart', ...span });
      const dayOf = (timeMs: number): number => Math.floor((timeMs + offsetMs) / DAY_MS);
      const days = Array.from(
        { length: dayOf(clock.ms - 1) - dayOf(sinceMs) + 1 },
        (_, i) => dayOf(sinceMs) + i,
      );
      t.same(
        points.map(({ time, counts }) => [Date.parse(time), counts.reduce((a, b) => a + b, 0)]),
        days.map((day) => [day * DAY_MS - offsetMs, sum(all.filter(({ timeMs }) => dayOf(timeMs) === day))]),
        `days of a clock ${offsetMs / 60_000} minutes ahead of UTC`,
      );
    }

    const { after } = reader.answer({ what: 'tail', filter: ALL, limit: 100, after: null });
    add(20);
    pass(3000);
    const tailFrom = (place: LogPlace, limit = 100): LogTail =>
      reader.answer({ what: 'tail', filter: ALL, limit, after: place });
    const tail = tailFrom({ batch: after });
    t.same(tail.rows.map(textOfRow).sort(), all.slice(-20).map(textOf).sort());
    t.notOk(tail.isCut);
    t.same(tailFrom({ batch: tail.after }).rows, []);
    const [batch = 0, row = 0] = tail.ids[7]!.split('.').map(Number);
    t.same(tailFrom({ batch, row }).rows, tail.rows.slice(8), 'behind one event');
    t.same(
      tail.ids.filter((id) => !id.includes('.')).length,
      new Set(tail.ids.map((id) => id.split('.')[0])).size,
      'the last of each batch stands for all of it',
    );
    const cut = tailFrom({ batch: after }, 5);
    t.same(
      [cut.rows, cut.missed, cut.isCut],
      [tail.rows.slice(-5), 15, true],
      'the newest, and how many not',
    );
    t.ok(tailFrom({ batch: 0 }).missed >= all.length - 100, 'what lies packed already is counted');
    t.equal(log.lost, 0);
    t.ok(log.close());
    t.same(said, []);
    reader.close();
  },
);

t.test('a hundred thousand rows of one moment are paged through in seconds', async (t) => {
  const path = join(t.testdir(), 'log.db');
  const { log, clock, put, pass } = opened(path);
  const many = 100_000;
  const { ms: timeMs } = clock;
  for (let i = 0; i < many; i += 1) {
    put({ timeMs, client: 1, name: `h${i % 30_000}.zone.test`, got: 'cached', count: 1 });
    if (i % 1_000 === 0) log.tick();
  }
  pass(30_000);
  const reader = new LogReader(path);
  t.teardown(() => reader.close());
  const begun = process.cpuUsage();
  const { rows, next } = reader.answer({ what: 'rows', filter: ALL, limit: 100, cursor: null });
  t.match({ rows: rows.length, next }, { rows: 100, next: { timeMs, given: 100 } });
  // Of the processor, for others may have it meanwhile; it took minutes once.
  t.ok(process.cpuUsage(begun).user < 20e6);
  log.close();
});

t.test('a file that the disk took, and not its tables, is a log without a query', async (t) => {
  const dir = t.testdir({ 'log.db': '' });
  const path = join(dir, 'log.db');
  const reader = new LogReader(path);
  t.teardown(() => reader.close());
  const rows = () => reader.answer({ what: 'rows', filter: ALL, limit: 100, cursor: null });
  t.match(rows(), { rows: [], coverage: { since: null, lost: 0 } });
  const { log, put, pass } = opened(path);
  put({ timeMs: START_MS, client: 1, name: 'a.test', got: 'cached', count: 1 });
  pass(3000);
  t.equal(rows().rows.length, 1, 'and is read once it has them');
  log.close();
});

t.test('a kill costs what was not written yet, and the next start says since when', async (t) => {
  const dir = t.testdir();
  const before = opened(join(dir, 'log.db'));
  const one = (name: string, timeMs: number): Put => ({ timeMs, client: 1, name, got: 'cached', count: 1 });
  // A query's row comes when it has ended: the oldest need not come first.
  before.put(one('c.test', START_MS + 900));
  before.put(one('a.test', START_MS));
  before.pass(3000);
  const since = new LogReader(join(dir, 'log.db')).answer({
    what: 'chart',
    sinceMs: 0,
    untilMs: START_MS + DAY_MS,
    stepMs: DAY_MS,
    offsetMs: 0,
  }).coverage.since;
  t.equal(
    since,
    new Date(START_MS).toISOString(),
    'the log begins with its oldest query, not with the end of a batch',
  );
  before.put(one('b.test', before.clock.ms));
  // What a kill leaves: the files as they are.
  for (const ending of ['', '-wal'])
    copyFileSync(join(dir, `log.db${ending}`), join(dir, `killed.db${ending}`));
  const after = opened(join(dir, 'killed.db'));
  t.same(after.said, [`torn ${START_MS}`]);
  t.equal(after.log.keptUntilMs, START_MS + 900, 'a hit of that time comes again from its journal');
  const reader = new LogReader(join(dir, 'killed.db'), () => START_MS + 900);
  const names = (): string[] =>
    reader.answer({ what: 'rows', filter: ALL, limit: 10, cursor: null }).rows.map(({ name }) => name);
  t.same(names(), ['c.test', 'a.test']);
  after.clock.ms += DAY_MS;
  after.pass(9000);
  t.same(names(), ['c.test', 'a.test'], 'what an earlier start left goes into a block');
  t.ok(after.log.close());
  const third = opened(join(dir, 'killed.db'));
  t.same(third.said, [], 'one that was closed is not torn');
  const gaps = (read: LogReader): unknown =>
    read.answer({ what: 'rows', filter: ALL, limit: 10, cursor: null }).coverage.gaps;
  t.same(gaps(reader), []);
  third.log.close();
  // Killed again, and started a minute later: what may be missing is older than the newest row, since rows come late.
  const fourth = opened(join(dir, 'killed.db'));
  fourth.put(one('c.test', START_MS + 6000));
  fourth.pass(9000);
  for (const ending of ['', '-wal'])
    copyFileSync(join(dir, `killed.db${ending}`), join(dir, `again.db${ending}`));
  const startMs = START_MS + 66_000;
  const fifth = opened(join(dir, 'again.db'), { now: () => startMs });
  t.same(fifth.said, [`torn ${START_MS}`]);
  const again = new LogReader(join(dir, 'again.db'), () => startMs);
  t.same(gaps(again), [{ from: new Date(START_MS).toISOString(), to: new Date(startMs).toISOString() }]);
  fifth.log.close();
  again.close();
  fourth.log.close();
  before.log.close();
  reader.close();
});

t.test('starts that are killed at once are one gap', async (t) => {
  const dir = t.testdir();
  const killed = (from: string, to: string): string => {
    for (const ending of ['', '-wal'])
      copyFileSync(join(dir, `${from}${ending}`), join(dir, `${to}${ending}`));
    return join(dir, to);
  };
  const first = opened(join(dir, '0.db'));
  first.put({ timeMs: START_MS, client: 1, name: 'a.test', got: 'blocked', count: 1 });
  first.pass(3000);
  const later = [20_000, 22_000, 25_000].map((ms, i) =>
    opened(killed(`${i}.db`, `${i + 1}.db`), { now: () => START_MS + ms }),
  );
  const reader = new LogReader(join(dir, '3.db'), () => START_MS + 25_000);
  t.same(reader.answer({ what: 'rows', filter: ALL, limit: 10, cursor: null }).coverage.gaps, [
    { from: new Date(START_MS).toISOString(), to: new Date(START_MS + 25_000).toISOString() },
  ]);
  reader.close();
  for (const { log } of [first, ...later]) log.close();
});

t.test('what is missing is said of each time that it reaches into, and of every figure', async (t) => {
  const dir = t.testdir();
  const iso = (ms: number): string => new Date(START_MS + ms).toISOString();
  const one = (timeMs: number): Put => ({ timeMs, client: 1, name: 'a.test', got: 'blocked', count: 1 });
  const first = opened(join(dir, 'log.db'));
  first.pass(20_000);
  first.put(one(START_MS + 20_000));
  first.pass(3000);
  // Killed, and back within two seconds of the last query that is kept. Those that were still waited for are older.
  const killed = join(dir, 'killed.db');
  for (const ending of ['', '-wal']) copyFileSync(join(dir, `log.db${ending}`), `${killed}${ending}`);
  const backMs = START_MS + 22_000;
  const second = opened(killed, { now: () => backMs });
  let nowMs = backMs;
  const reader = new LogReader(killed, () => nowMs);
  t.teardown(() => reader.close());
  const cost = [{ from: iso(13_000), to: iso(22_000) }];
  const gapsOf = (sinceMs: number, untilMs: number): unknown[] => {
    const span = { sinceMs, untilMs };
    const questions: readonly LogQuestion[] = [
      { what: 'rows', filter: { ...ALL, ...span }, limit: 10, cursor: null },
      { what: 'chart', ...span, stepMs: DAY_MS, offsetMs: 0 },
      { what: 'top', of: 'names', ...span, limit: 10 },
      { what: 'caught', ...span, lists: 10, rows: 10 },
    ];
    const all = questions.map((question) => {
      const answer = reader.answer(question);
      return 'coverage' in answer ? answer.coverage.gaps : null;
    });
    for (const other of all) t.same(other, all[0], 'of all figures the same');
    return [...(all[0] ?? [])];
  };
  t.same(gapsOf(0, nowMs + 1), cost, 'however short: of a kill, queries are missing');
  t.same(gapsOf(START_MS + 21_000, nowMs + 1), cost, 'it began before the time that is asked for');
  t.same(gapsOf(START_MS + 14_000, START_MS + 21_000), cost, 'it is longer than that');
  t.same(gapsOf(START_MS + 22_000, nowMs + 1), [], 'it had ended');
  t.same(gapsOf(0, START_MS + 13_000), [], 'it had not begun');
  second.log.close();
  // An hour later it is not running; then it is again, and its file takes nothing for two minutes.
  nowMs = START_MS + 3_600_000;
  const off = { from: iso(22_000), to: iso(3_600_000) };
  t.same(gapsOf(START_MS + 3_000_000, nowMs + 1), [off], 'nothing was written since');
  const third = opened(killed, { now: () => START_MS + 3_600_000 });
  t.same(gapsOf(0, nowMs + 1), [...cost, off], 'a later start does not hide what a kill cost');
  nowMs += 120_000;
  t.same(gapsOf(START_MS + 3_600_001, nowMs + 1), [{ from: iso(3_600_000), to: iso(3_720_000) }]);
  third.log.close();
  first.log.close();
});

t.test('the oldest goes by age and by size, and the file gets smaller', async (t) => {
  const path = join(t.testdir(), 'log.db');
  const { log, clock, put, pass } = opened(path, { keep: { keepMs: 3 * DAY_MS, sizeOctets: 2 ** 40 } });
  const random = chance(9);
  const day = (): void => {
    for (let i = 0; i < 20_000; i += 1)
      put({
        timeMs: clock.ms + i,
        client: random(7),
        name: `${random(2 ** 31).toString(36)}${random(2 ** 31).toString(36)}.test`,
        got: 'cached',
        count: 1,
      });
    pass(9000);
    clock.ms += DAY_MS;
    pass(9000);
  };
  day();
  day();
  const reader = new LogReader(path);
  const oldest = (): string | null =>
    reader.answer({ what: 'top', of: 'lists', sinceMs: 0, untilMs: 1, limit: 1 }).coverage.since;
  const first = oldest();
  pass(9000);
  t.ok(first !== null && Date.parse(first) < START_MS + 1000);
  clock.ms += DAY_MS;
  pass(120_000);
  t.equal(oldest(), new Date(Date.parse(first!) + DAY_MS + 18_000).toISOString(), 'the first day is gone');
  const pages = new DatabaseSync(path, { readOnly: true }).prepare('PRAGMA page_count');
  const size = (): number => Number(pages.get()?.['page_count']);
  const before = size();
  log.useKeep({ keepMs: 90 * DAY_MS, sizeOctets: 1000 });
  pass(120_000);
  t.equal(oldest(), null);
  t.ok(size() < before - 30, `${size()} of ${before} pages`);
  reader.close();
  log.close();
});

t.test('a file that takes nothing costs what finds no room, one that is damaged is set aside', async (t) => {
  const dir = t.testdir();
  const path = join(dir, 'log.db');
  const { log, said, put, pass } = opened(path);
  const one: Put = { timeMs: START_MS, client: 2, name: 'a.test', got: 'cached', count: 3 };
  put(one);
  pass(3000);
  const other = new DatabaseSync(path);
  other.exec('BEGIN EXCLUSIVE');
  put(one);
  pass(3000);
  t.same(said, ['failing']);
  other.exec('COMMIT');
  other.close();
  pass(6000);
  t.same(said, ['failing', 'working']);
  t.equal(log.lost, 0);
  log.close();
  writeFileSync(path, Buffer.alloc(8192, 7));
  const again = opened(path);
  again.pass(3000);
  t.same(again.said, ['setAside']);
  again.put(one);
  again.pass(3000);
  const reader = new LogReader(path);
  t.equal(reader.answer({ what: 'rows', filter: ALL, limit: 9, cursor: null }).rows[0]?.count, 3);
  reader.close();
  again.log.close();
});

t.test('a batch or a block that is damaged costs its own queries, no answer and no start', async (t) => {
  const path = join(t.testdir(), 'log.db');
  const before = opened(path);
  const one = (name: string): Put => ({ timeMs: before.clock.ms, client: 1, name, got: 'cached', count: 1 });
  for (let i = 0; i < 70_000; i += 1) before.put({ ...one(`n${i % 9}.test`), timeMs: START_MS + (i >> 3) });
  before.pass(30_000);
  for (const name of ['a.test', 'b.test', 'c.test']) {
    before.put(one(name));
    before.put(one(name));
    before.pass(3000);
  }
  before.log.close();
  const other = new DatabaseSync(path);
  const [, second] = other.prepare('SELECT id, body FROM hot ORDER BY id').all();
  const body = (second!['body'] as Uint8Array).slice(0, -3);
  other.prepare('UPDATE hot SET body = ? WHERE id = ?').run(body, Number(second!['id']));
  const reader = new LogReader(path);
  const rows = (): LogRows => reader.answer({ what: 'rows', filter: ALL, limit: 4, cursor: null });
  const names = (): string[] => rows().rows.map(({ name }) => name);
  t.same(names(), ['c.test', 'c.test', 'a.test', 'a.test'], 'before a start');
  t.equal(rows().coverage.lost, 2);
  const after = opened(path);
  t.same(after.said, ['damaged 2']);
  after.pass(3000);
  t.equal(after.log.lost, 2);
  t.equal(after.log.failing, null);
  t.same(names(), ['c.test', 'c.test', 'a.test', 'a.test']);
  t.equal(rows().coverage.lost, 2, 'counted once');
  t.equal(other.prepare('SELECT rows FROM damaged').get()?.['rows'], 2, 'and still there to look at');
  t.ok(after.log.close());
  const third = opened(path);
  t.same(third.said, [], 'not tried again');
  third.log.close();

  const top = (): number =>
    reader.answer({ what: 'top', of: 'machines', sinceMs: 0, untilMs: 2 ** 50, limit: 1 }).queries;
  const whole = top();
  const { queries } = other.prepare('SELECT queries FROM blocks').get() as { queries: number };
  other.exec("UPDATE blocks SET summary = x'ff', names = x'0102'");
  t.equal(top(), whole - queries);
  const all = reader.answer({ what: 'rows', filter: ALL, limit: 50_000, cursor: null });
  t.equal(all.rows.length, whole - queries);
  t.ok(all.coverage.lost >= queries);
  other.close();
  reader.close();
});

t.test('names that are ranked by parts of the log say so, those that are counted do not', async (t) => {
  const path = join(t.testdir(), 'log.db');
  const { log, clock, put, pass } = opened(path);
  const day = (): void => {
    for (let i = 0; i < 21_000; i += 1)
      put({ timeMs: clock.ms + i, client: 1, name: `n${i % 7000}.test`, got: 'cached', count: 1 });
    put({ timeMs: clock.ms, client: 1, name: 'n7.test', got: 'cached', count: 1 });
    for (let i = 0; i < 50_000; i += 1)
      put({ timeMs: clock.ms + i, client: 1, name: `m${i % 5000}.test`, got: 'cached', count: 1 });
    pass(20_000);
    clock.ms += DAY_MS;
    pass(20_000);
  };
  const reader = new LogReader(path);
  const top = (of: 'names' | 'machines') =>
    reader.answer({ what: 'top', of, sinceMs: 0, untilMs: 2 ** 50, limit: 10 }).approximate;
  day();
  t.equal(top('names'), false, 'one part: what is left out is less frequent than all that is shown');
  day();
  t.equal(top('names'), true);
  t.equal(top('machines'), false);
  log.close();
  reader.close();
});

t.test('an upstream keeps its number among more of them than are remembered', async (t) => {
  const { tables } = opened(join(t.testdir(), 'log.db')).log;
  const names = Array.from({ length: 2500 }, (_, i) => `192.0.2.53:${i + 1}`);
  const wrong = [...names, ...names].filter((name) => {
    const octets = Buffer.from(`..${name}`);
    return tables.upstreamId(octets, 2, octets.length - 2) !== tables.sourceId('upstream', name);
  });
  t.same(wrong, []);
});
