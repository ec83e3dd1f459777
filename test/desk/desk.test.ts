// hits answered = hits stored + hits counted as lost: under kills, locks, full rings and disks.
import { appendFileSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import t from 'tap';
import { answerQuestion } from '../../src/desk/answers.ts';
import type { HitsState } from '../../src/desk/messages.ts';
import type { Hit } from '../../src/hits/hit.ts';
import { numberIn } from '../../src/hits/store/row.ts';
import { house, INDICATOR, listing } from '../support/hits-desk.ts';
import { smallDisk } from '../support/hits-small-disk.ts';

const storedIn = (path: string): number => {
  const database = new DatabaseSync(path);
  const row = database
    .prepare(
      'SELECT coalesce(sum(count), 0) AS hits FROM (SELECT count FROM hits UNION ALL SELECT queries FROM hitBatches)',
    )
    .get();
  database.close();
  return numberIn(row, 'hits');
};
const journalsIn = (dir: string): string[] => {
  try {
    return readdirSync(join(dir, 'journal'));
  } catch {
    return [];
  }
};

t.test('a hit reaches log, store and incident, and its journal goes', async (t) => {
  const dir = t.testdir();
  const { desk, hit, settle } = house({ dir });
  hit({ name: 'www.akamaicontainer.com' }, { nameOffset: 4 });
  hit({ name: 'ads.example' }, { rule: 1 });
  settle();
  const hits = (await answerQuestion(desk, { what: 'hits', filter: {} })) as Hit[];
  t.match(hits, [
    { question: { name: 'ads.example' }, list: 'ads' },
    {
      question: { name: 'www.akamaicontainer.com' },
      rule: 'akamaicontainer.com',
      indicator: { campaign: INDICATOR.campaign },
    },
  ]);
  t.equal(readFileSync(join(dir, 'hits.jsonl'), 'utf8').split('\n').length, 3);
  t.match(await answerQuestion(desk, { what: 'incidents', filter: {} }), [
    { list: '3cx-2023', hits: 1, state: 'open' },
  ]);
  await desk.stop();
  t.same(journalsIn(dir), []);
});

t.test('a hit that was logged and not stored is logged once, under one id, whoever stores it', async (t) => {
  const dir = t.testdir();
  const first = house({ dir });
  first.settle();
  const other = new DatabaseSync(join(dir, 'cenote.db'));
  other.exec('BEGIN IMMEDIATE');
  for (let i = 0; i < 30; i += 1) first.hit({ name: `h${i % 20}.akamaicontainer.com`, host: 1 + (i % 3) });
  first.settle();
  const logged = (): Hit[] =>
    readFileSync(join(dir, 'hits.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ id }) => id !== undefined);
  t.equal(logged().length, 30);
  // Two more are in the journal alone when it is killed.
  for (let i = 0; i < 2; i += 1) first.hit({ name: `k${i}.akamaicontainer.com` });
  appendFileSync(join(dir, 'hits.jsonl'), '{"event":"hit"}\n');
  other.exec('ROLLBACK');
  other.close();
  const second = house({ dir });
  for (let i = 0; i < 10; i += 1) second.settle();
  const hits = (await answerQuestion(second.desk, { what: 'hits', filter: { limit: 5000 } })) as Hit[];
  t.equal(hits.length, 32);
  t.same(
    logged()
      .map(({ id }) => id)
      .sort(),
    hits.map(({ id }) => id).sort(),
  );
  await second.desk.stop();
});

t.test('a kill loses no answered hit: the next start finds them in the journal, each once', async (t) => {
  const dir = t.testdir();
  const first = house({ dir });
  for (let i = 0; i < 300; i += 1) first.hit({ name: `h${i}.akamaicontainer.com` });
  first.settle();
  for (let i = 0; i < 700; i += 1) first.hit({ name: `k${i}.akamaicontainer.com` });
  // Killed here: 700 are in the journal alone. Nothing of the first house is closed.
  t.equal(storedIn(join(dir, 'cenote.db')), 300);

  const second = house({ dir, settings: { ruleSet: listing(['other.example'], 9) } });
  for (let i = 0; i < 10; i += 1) second.settle();
  t.equal(storedIn(join(dir, 'cenote.db')), 1000);
  t.match(await answerQuestion(second.desk, { what: 'state' }), { recovered: 700, lost: 0, pending: 0 });
  const hits = (await answerQuestion(second.desk, { what: 'hits', filter: { limit: 5000 } })) as Hit[];
  t.equal(new Set(hits.map(({ question }) => question.name)).size, 1000);
  t.ok(
    hits.every((hit) => hit.list === '3cx-2023' && hit.indicator?.campaign === INDICATOR.campaign),
    'they mean what they meant under the rules of their time',
  );
  await second.desk.stop();
  t.same(journalsIn(dir), []);
  const third = house({ dir });
  third.settle();
  t.equal(storedIn(join(dir, 'cenote.db')), 1000);
});

t.test(
  'at the end it is said which of what is not stored is in no journal: a kill or a stop loses it',
  async (t) => {
    for (const [paused, unstored] of [
      [
        0,
        /: 2 hits \(the next start reads them from the journal\); 2 different questions of the history; the last/,
      ],
      [
        3,
        /: 5 hits \(the next start reads 2 from the journal; 3 are in none and lost\); 5 different questions /,
      ],
    ] as const) {
      const dir = t.testdir();
      const first = house({ dir });
      first.settle();
      const other = new DatabaseSync(join(dir, 'cenote.db'));
      other.exec('BEGIN IMMEDIATE');
      for (let i = 0; i < 2; i += 1) first.hit({ name: `h${i}.akamaicontainer.com` });
      first.settle();
      first.desk.useSettings({ ...first.desk.settings, paused: ['default'] });
      for (let i = 0; i < paused; i += 1) first.query({ name: `p${i}.akamaicontainer.com` });
      first.settle();
      await first.desk.stop();
      other.exec('ROLLBACK');
      other.close();
      const told = first.said.flatMap((one) =>
        one.kind === 'log' && one.level === 'error' ? [one.message] : [],
      );
      t.match(
        told.filter((text) => text.startsWith('not stored at the end')),
        [unstored],
      );
      const second = house({ dir });
      for (let i = 0; i < 5; i += 1) second.settle();
      t.equal(storedIn(join(dir, 'cenote.db')), 2, 'as it was said');
      await second.desk.stop();
    }
  },
);

t.test(
  'while the store takes nothing, hits that are in no journal wait up to a bound: what is over it is logged, told, counted and said once',
  async (t) => {
    const dir = t.testdir();
    const { desk, hit, query, settle, said } = house({ dir, pendingMax: 10 });
    settle();
    const other = new DatabaseSync(join(dir, 'cenote.db'));
    other.exec('BEGIN IMMEDIATE');
    desk.useSettings({ ...desk.settings, paused: ['default'] });
    for (let i = 0; i < 25; i += 1) query({ name: `p${i}.akamaicontainer.com` });
    settle();
    for (let i = 0; i < 5; i += 1) query({ name: `q${i}.akamaicontainer.com` });
    for (let i = 0; i < 5; i += 1) hit({ name: `h${i}.akamaicontainer.com` });
    settle();
    const state = async (): Promise<unknown> => answerQuestion(desk, { what: 'state' });
    t.match(await state(), { pending: 10, unstored: 20, lost: 0 });
    const told = said.flatMap((one) =>
      one.kind === 'log' && one.message.includes('memory is full') ? [one] : [],
    );
    t.equal(told.length, 1);
    other.exec('ROLLBACK');
    other.close();
    for (let i = 0; i < 5; i += 1) desk.keeper.tick('forced');
    t.equal(storedIn(join(dir, 'cenote.db')), 15, 'with the five that were in the journal');
    t.match(await state(), { pending: 0, unstored: 20, lost: 0 });
    t.equal(readFileSync(join(dir, 'hits.jsonl'), 'utf8').trim().split('\n').length, 35);
    t.match(await answerQuestion(desk, { what: 'incidents', filter: {} }), [{ hits: 35 }]);
    await desk.stop();
  },
);

t.test('so many hits of a pause at once as may not wait are stored while they come', async (t) => {
  const dir = t.testdir();
  const { desk, query, settle } = house({ dir, pendingMax: 10 });
  desk.useSettings({ ...desk.settings, paused: ['default'] });
  for (let i = 0; i < 25; i += 1) query({ name: `p${i}.akamaicontainer.com` });
  settle();
  t.match(await answerQuestion(desk, { what: 'state' }), { pending: 0, unstored: 0 });
  t.equal(storedIn(join(dir, 'cenote.db')), 25);
  await desk.stop();
});

t.test('the heap can be bounded while one tick takes in a flood', async (t) => {
  const dir = t.testdir();
  let pieces = 0;
  const { desk, hit } = house({ dir, ringOctets: 1 << 20, onPiece: () => (pieces += 1) });
  desk.tick();
  pieces = 0;
  for (let i = 0; i < 3500; i += 1) hit({ name: `h${i}.akamaicontainer.com` });
  desk.tick();
  t.ok(pieces >= 4, `${pieces} pieces`);
  await desk.stop();
});

t.test('a torn tail is cut at the next start, and told', async (t) => {
  const dir = t.testdir();
  const first = house({ dir });
  for (let i = 0; i < 20; i += 1) first.hit({ name: `h${i}.akamaicontainer.com` });
  const [file = ''] = journalsIn(dir);
  const path = join(dir, 'journal', file);
  writeFileSync(path, readFileSync(path).subarray(0, -7));
  const second = house({ dir });
  second.settle();
  second.settle();
  t.equal(storedIn(join(dir, 'cenote.db')), 19);
  t.ok(second.said.some((message) => message.kind === 'log' && message.message.includes('torn tail')));
});

t.test(
  'a journal that is damaged in the middle is counted, told and kept; its answers are of its time',
  async (t) => {
    const dir = t.testdir();
    const first = house({
      dir,
      settings: { sinkhole: { kind: 'address', a: Uint8Array.of(192, 0, 2, 50), aaaa: null } },
    });
    for (const name of ['one', 'two', 'three']) first.hit({ name: `${name}.akamaicontainer.com` });
    const [file = ''] = journalsIn(dir);
    const path = join(dir, 'journal', file);
    const octets = readFileSync(path);
    octets[octets.indexOf('two')]! ^= 1;
    writeFileSync(path, octets);
    const second = house({ dir });
    for (let i = 0; i < 4; i += 1) second.settle();
    const hits = (await answerQuestion(second.desk, { what: 'hits', filter: {} })) as Hit[];
    t.same(hits.map(({ question, answer }) => [question.name, answer]).sort(), [
      ['one.akamaicontainer.com', ['192.0.2.50']],
      ['three.akamaicontainer.com', ['192.0.2.50']],
    ]);
    t.match(await answerQuestion(second.desk, { what: 'state' }), { recovered: 2, lost: 1 });
    t.ok(journalsIn(dir).some((name) => name === `${file}.damaged`));
    const told = second.said.flatMap((message) => (message.kind === 'log' ? [message.message] : []));
    t.ok(told.some((text) => /octets are damaged .*hits lost: at least 1;/.test(text)));
    t.notOk(told.some((text) => /torn|no answered hit/.test(text)));
    await second.desk.stop();
  },
);

t.test('a ring that is full loses nothing while there is a journal', async (t) => {
  const dir = t.testdir();
  const { desk, hit, settle, lost, clock } = house({ dir, ringOctets: 4096 });
  for (let i = 0; i < 5000; i += 1) hit({ name: `h${i}.akamaicontainer.com` });
  for (let i = 0; i < 40; i += 1) settle();
  clock.advance(1000);
  settle();
  t.equal(lost(), 0);
  t.equal(storedIn(join(dir, 'cenote.db')), 5000);
  await desk.stop();
});

t.test('without a journal a full ring is counted', async (t) => {
  const dir = t.testdir();
  const { hit, settle, lost } = house({ dir, ringOctets: 4096, journal: false });
  for (let i = 0; i < 5000; i += 1) hit({ name: `h${i}.akamaicontainer.com` });
  for (let i = 0; i < 100; i += 1) settle();
  t.ok(lost() > 0);
  t.equal(storedIn(join(dir, 'cenote.db')) + lost(), 5000);
});

t.test('a locked store costs nothing but time', async (t) => {
  const dir = t.testdir();
  const { desk, hit, settle, clock, said } = house({ dir });
  settle();
  const other = new DatabaseSync(join(dir, 'cenote.db'));
  other.exec('BEGIN IMMEDIATE');
  for (let i = 0; i < 50; i += 1) hit({ name: `h${i}.akamaicontainer.com` });
  settle();
  const told = () => said.filter((one) => one.kind === 'log' && /^the store /.test(one.message)).length;
  const before = told();
  for (let i = 0; i < 3; i += 1) await answerQuestion(desk, { what: 'hits', filter: {} });
  t.equal(told(), before, 'what can be read is not said to be written again');
  t.match(await answerQuestion(desk, { what: 'state' }), { pending: 50, storeError: /locked/ });
  other.exec('ROLLBACK');
  other.close();
  clock.advance(1000);
  settle();
  t.match(await answerQuestion(desk, { what: 'state' }), { pending: 0, storeError: null });
  t.equal(storedIn(join(dir, 'cenote.db')), 50);
});

t.test(
  'while nothing can be stored the desk takes in a bounded number, the rest waits in the journal',
  async (t) => {
    const dir = t.testdir();
    const { desk, hit, settle, lost, clock } = house({ dir, ringOctets: 1 << 15, pendingMax: 1000 });
    settle();
    const other = new DatabaseSync(join(dir, 'cenote.db'));
    other.exec('BEGIN IMMEDIATE');
    const total = 4000;
    for (let i = 0; i < total; i += 1) {
      hit({ name: `h${i}.akamaicontainer.com` });
      if (i % 200 === 0) desk.tick();
    }
    t.ok(((await answerQuestion(desk, { what: 'state' })) as HitsState).pending < 1400);
    other.exec('ROLLBACK');
    other.close();
    clock.advance(10_000);
    t.equal(lost(), 0);
    for (let i = 0; i < 100 && storedIn(join(dir, 'cenote.db')) < total; i += 1) {
      settle();
      clock.advance(1000);
    }
    t.equal(storedIn(join(dir, 'cenote.db')), total);
  },
);

t.test(
  'stored means on the disk, and while nothing is stored the journal gets there once a second',
  async (t) => {
    const dir = t.testdir();
    let syncs = 0;
    const { desk, hit, settle, clock, said } = house({
      dir,
      sync: () => {
        syncs += 1;
        throw new Error('input/output error');
      },
    });
    const FULL = 2;
    t.equal(
      desk.store.read(
        ({ database }) => numberIn(database.prepare('PRAGMA synchronous').get(), 'synchronous'),
        -1,
      ),
      FULL,
    );
    hit({ name: 'a.akamaicontainer.com' });
    settle();
    t.equal(syncs, 0, 'what is stored needs no journal');
    const other = new DatabaseSync(join(dir, 'cenote.db'));
    other.exec('BEGIN IMMEDIATE');
    hit({ name: 'b.akamaicontainer.com' });
    for (let i = 0; i < 50; i += 1) {
      settle();
      clock.advance(100);
    }
    t.equal(syncs, 5);
    const told = said.filter((message) => message.kind === 'log' && /power cut/.test(message.message));
    t.equal(told.length, 1, 'a disk that does not take it is told once');
    other.exec('ROLLBACK');
    other.close();
    await desk.stop();
  },
);

t.test('a full disk: stored + lost = answered, and it recovers alone', async (t) => {
  const disk = smallDisk(t, 2 * 1024 * 1024);
  if (disk === null) return;
  const ballast = join(disk.path, 'ballast');
  const { desk, hit, settle, lost, clock, said } = house({ dir: disk.path, ringOctets: 1 << 16 });
  settle();
  writeFileSync(ballast, Buffer.alloc(1300 * 1024));
  const total = 6000;
  for (let i = 0; i < total; i += 1) {
    hit({ name: `h${i}.akamaicontainer.com` });
    if (i % 100 === 0) {
      clock.advance(50);
      desk.tick();
    }
    if (i === 4500) rmSync(ballast);
  }
  for (let i = 0; i < 200; i += 1) {
    clock.advance(50);
    settle();
  }
  const { pending } = (await answerQuestion(desk, { what: 'state' })) as HitsState;
  const stored = storedIn(join(disk.path, 'cenote.db'));
  t.equal(stored + lost() + pending, total, `stored ${stored}, lost ${lost()}, pending ${pending}`);
  t.ok(said.some((message) => message.kind === 'log' && message.level === 'error'));
});

t.test(
  'a store that is damaged while running is set aside, and every hit is in one of the two',
  async (t) => {
    const dir = t.testdir();
    const { desk, hit, settle } = house({ dir });
    for (let i = 0; i < 100; i += 1) hit({ name: `h${i}.akamaicontainer.com` });
    settle();
    renameSync(join(dir, 'cenote.db'), join(dir, 'first.db'));
    for (let i = 0; i < 50; i += 1) hit({ name: `k${i}.akamaicontainer.com` });
    settle();
    settle();
    await desk.stop();
    t.equal(storedIn(join(dir, 'cenote.db')), 50);
  },
);

t.test('after a start the incident goes on where it was', async (t) => {
  const dir = t.testdir();
  const first = house({ dir });
  first.hit({ name: 'a.akamaicontainer.com' });
  first.settle();
  const second = house({ dir, clock: first.clock });
  second.settle();
  second.hit({ name: 'b.akamaicontainer.com' });
  second.settle();
  t.match(await answerQuestion(second.desk, { what: 'incidents', filter: {} }), [{ hits: 2 }]);
});

t.test('a resolver thread that dies and is replaced loses no hit it answered', async (t) => {
  const dir = t.testdir();
  const { hit, settle, replaceResolver, desk, lost, clock } = house({ dir, ringOctets: 4096 });
  let answered = 0;
  for (let life = 0; life < 5; life += 1) {
    for (let i = 0; i < 200 * life; i += 1) {
      hit({ name: `l${life}h${i}.akamaicontainer.com` });
      answered += 1;
    }
    if (life % 2 === 0) desk.tick();
    replaceResolver();
  }
  for (let i = 0; i < 30; i += 1) settle();
  clock.advance(1000);
  settle();
  t.equal(storedIn(join(dir, 'cenote.db')), answered);
  t.equal(lost(), 0);
  await desk.stop();
});
