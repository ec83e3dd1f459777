// The life of a list: fetched, compiled, kept, refused, recovered; over restarts, and with a clock that is ours.
import { existsSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { listConfig } from '../../support/lists-compile.ts';
import { openLibrary } from '../../support/lists-library.ts';
import { type Answer, body, startListServer } from '../../support/lists-server.ts';

const names = (count: number): string => Array.from({ length: count }, (_, i) => `n${i}.example\n`).join('');

/** Writes a list so that its identity changes whatever the clock's grain. */
let touched = 1_700_000_000;
function write(path: string, text: string): void {
  writeFileSync(path, text);
  touched += 10;
  utimesSync(path, touched, touched);
}

async function served(t: Test) {
  const state: { answer: Answer } = { answer: body(names(100), { etag: '"1"' }) };
  const server = await startListServer(t, {
    '/list': (request, response) => state.answer(request, response),
  });
  return { state, asked: server.asked, url: `${server.origin}/list` };
}

t.test('a file list is taken, noticed when it changes and left alone when not', async (t) => {
  const dir = t.testdir({});
  const path = join(dir, 'list.txt');
  write(path, names(10));
  const { step, clock } = await openLibrary(dir, [listConfig({ name: 'mine', source: path })]);
  const first = await step();
  t.equal(first.changed, true);
  t.match(first.status, [
    { name: 'mine', condition: 'good', entries: 10, format: 'domains', lastChangeMs: clock.ms },
  ]);
  t.match(first.events, [{ kind: 'changed', list: 'mine' }]);
  clock.ms += 10_000;
  const second = await step();
  t.equal(second.changed, false);
  t.same(second.events, []);
  t.match(second.status, [{ lastGoodMs: clock.ms, lastChangeMs: clock.ms - 10_000 }]);
  t.equal(second.ask('n3.example'), 'sinkhole', 'compiled again from its last good text');
  write(path, `${names(10)}new.example\n`);
  clock.ms += 10_000;
  const third = await step();
  t.equal(third.ask('new.example'), 'sinkhole');
  t.match(third.status, [{ entries: 11, lastChangeMs: clock.ms }]);
});

for (const [what, condition, harm] of [
  ['is emptied', 'refused', (path: string) => write(path, '')],
  ['loses most of its lines', 'refused', (path: string) => write(path, names(10))],
  ['turns to HTML', 'refused', (path: string) => write(path, '<!doctype html><title>x</title>')],
  ['disappears', 'stale', (path: string) => rmSync(path)],
] as const) {
  t.test(`a file list that ${what} stays in force, is ${condition}, and recovers`, async (t) => {
    const dir = t.testdir({});
    const path = join(dir, 'list.txt');
    write(path, names(100));
    const { step, clock } = await openLibrary(dir, [listConfig({ name: 'mine', source: path })]);
    await step();
    harm(path);
    clock.ms += 10_000;
    const harmed = await step();
    t.equal(harmed.ask('n99.example'), 'sinkhole');
    t.match(harmed.status, [
      { condition, inForce: true, entries: 100, sinceMs: clock.ms, lastError: { atMs: clock.ms } },
    ]);
    t.match(harmed.events, [{ kind: 'stale', list: 'mine', isTrouble: true }]);
    clock.ms += 10_000;
    const again = await step();
    t.equal(again.changed, false, 'what was refused is not compiled again and again');
    t.same(again.events, [], 'and said once');
    t.match(again.status, [{ condition, entries: 100, sinceMs: clock.ms - 10_000 }]);
    write(path, names(101));
    clock.ms += 10_000;
    const healed = await step();
    t.match(healed.status, [{ condition: 'good', entries: 101, lastError: null }]);
    t.match(healed.events, [{ kind: 'recovered' }]);
  });
}

t.test('the last good text outlives the process, its source and its server', async (t) => {
  const dir = t.testdir({});
  const path = join(dir, 'list.txt');
  write(path, names(10));
  const { url, state } = await served(t);
  const lists = [
    listConfig({ name: 'mine', source: path }),
    listConfig({ name: 'far', source: url, action: 'nxdomain' }),
  ];
  const before = await openLibrary(dir, lists);
  await before.step();
  rmSync(path);
  state.answer = (_request, response) => response.writeHead(500).end();
  const { library, step } = await openLibrary(dir, lists, { clock: { ms: 9_000_000 } });
  t.match(
    library.status(),
    [
      { entries: 10, condition: 'good' },
      { entries: 100, condition: 'good' },
    ],
    'known before anything is read',
  );
  const after = await step();
  t.equal(after.ask('n5.example'), 'sinkhole');
  t.equal(after.ask('n50.example'), 'nxdomain');
  t.match(after.status, [
    { condition: 'stale', entries: 10, lastError: { code: 'LIST_MISSING' } },
    { condition: 'stale', entries: 100, lastError: { code: 'LIST_FETCH' } },
  ]);
});

t.test(
  'a list over HTTP is asked for conditionally, backs off while it fails, and is overdue in the end',
  async (t) => {
    const dir = t.testdir({});
    const { url, state, asked } = await served(t);
    const { library, step, clock } = await openLibrary(dir, [
      listConfig({ name: 'far', source: url, refreshMs: 3_600_000 }),
    ]);
    await step();
    t.equal(library.nextDueInMs(), 3_600_000);
    t.same(library.due(), []);
    state.answer = (request, response) => {
      t.equal(request.headers['if-none-match'], '"1"');
      response.writeHead(304).end();
    };
    clock.ms += 3_600_000;
    t.equal((await step()).changed, false);
    state.answer = (_request, response) => response.writeHead(503).end();
    const waits: number[] = [];
    for (let i = 0; i < 9; i += 1) {
      clock.ms += library.nextDueInMs() ?? 0;
      const failed = await step();
      t.match(failed.status, [{ condition: 'stale', entries: 100, overdue: i === 8 }]);
      waits.push((library.nextDueInMs() ?? 0) / 1000);
    }
    t.same(waits, [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
    clock.ms += library.nextDueInMs() ?? 0;
    state.answer = body(names(120), { etag: '"2"' });
    t.match((await step()).status, [{ condition: 'good', overdue: false, entries: 120 }]);
    t.equal(asked.length, 12);
  },
);

t.test('the same text again, by a server that never says "not modified", is no change', async (t) => {
  const dir = t.testdir({});
  const { url, state } = await served(t);
  const { step, clock } = await openLibrary(dir, [listConfig({ name: 'far', source: url })]);
  await step();
  const asked: unknown[] = [];
  for (const etag of ['"2"', '"3"']) {
    state.answer = (request, response) => {
      asked.push(request.headers['if-none-match']);
      response.writeHead(200, { etag }).end(names(100));
    };
    clock.ms += 100_000_000;
    t.match(await step(), { changed: false, status: [{ condition: 'good', entries: 100 }] });
  }
  t.same(asked, ['"1"', '"2"'], 'what it came with last is asked with');
  t.notOk(
    readdirSync(join(dir, 'lists')).some((file) => file.endsWith('.tmp')),
    'the copy is removed',
  );
  state.answer = body(names(100).replace('n7.', 'q7.'), { etag: '"4"' });
  clock.ms += 100_000_000;
  t.equal((await step()).changed, true, 'another text of the same length is one');
});

t.test('a login page with its own ETag is refused, and the list is asked for by the good one', async (t) => {
  const dir = t.testdir({});
  const { url, state } = await served(t);
  const { step, clock } = await openLibrary(dir, [listConfig({ name: 'far', source: url })]);
  await step();
  const seen: unknown[] = [];
  state.answer = (request, response) => {
    seen.push(request.headers['if-none-match']);
    response.writeHead(200, { etag: '"login"' }).end('<!DOCTYPE html><html>log in</html>');
  };
  for (let i = 0; i < 2; i += 1) {
    clock.ms += 100_000_000;
    const result = await step();
    t.match(result.status, [{ condition: 'refused', entries: 100, lastError: { code: 'LIST_HTML' } }]);
    t.equal(result.ask('n1.example'), 'sinkhole');
  }
  t.same(seen, ['"1"', '"1"']);
  t.notOk(
    readdirSync(join(dir, 'lists')).some((file) => file.endsWith('.tmp')),
    'nothing half-written stays',
  );
});

t.test('a list that never came is failed, never "0 entries, ok", and failStart says so', async (t) => {
  const dir = t.testdir({});
  const { url, state } = await served(t);
  state.answer = (_request, response) => response.writeHead(404).end();
  const { library, step } = await openLibrary(dir, [
    listConfig({ name: 'far', source: url, onFailure: 'failStart' }),
    listConfig({ name: 'gone', source: join(dir, 'missing') }),
    listConfig({ name: 'ok', names: ['a.example'] }),
  ]);
  t.match(library.status(), [{ condition: 'new' }, { condition: 'new' }, { condition: 'new' }]);
  const { status } = await step();
  t.match(status, [
    { condition: 'failed', overdue: true, entries: 0, lastError: { code: 'LIST_STATUS' } },
    { condition: 'failed', overdue: true, lastError: { code: 'LIST_MISSING' } },
    { condition: 'good', entries: 1 },
  ]);
  t.same(
    library.startFailures().map(({ name }) => name),
    ['far'],
  );
});

t.test('a new source or format is another list; another action is not', async (t) => {
  const dir = t.testdir({});
  const path = join(dir, 'list.txt');
  write(path, names(100));
  const { library, step } = await openLibrary(dir, [listConfig({ name: 'mine', source: path })]);
  await step();
  library.setLists([listConfig({ name: 'mine', source: path, action: 'refused' })]).settle();
  t.match(library.status(), [{ entries: 100, condition: 'good' }]);
  t.equal((await step()).ask('n1.example'), 'refused');
  const other = join(dir, 'other.txt');
  write(other, names(3));
  library.setLists([listConfig({ name: 'mine', source: other })]).settle();
  t.match(library.status(), [{ condition: 'new' }]);
  t.match((await step()).status, [{ condition: 'good', entries: 3 }], 'three names are no shrunken hundred');
});

t.test('what the guard refused is taken once the settings allow it', async (t) => {
  const dir = t.testdir({});
  const path = join(dir, 'list.txt');
  write(path, names(100));
  const { library, step, clock } = await openLibrary(dir, [listConfig({ name: 'mine', source: path })]);
  await step();
  write(path, names(5));
  clock.ms += 10_000;
  t.match((await step()).status, [{ condition: 'refused', entries: 100 }]);
  library.setLists([listConfig({ name: 'mine', source: path, maxShrink: 1 })]).settle();
  clock.ms += 10_000;
  t.match((await step()).status, [{ condition: 'good', entries: 5 }]);
});

t.test('a folder that cannot be written costs the copies, not the lists', async (t) => {
  const dir = t.testdir({ lists: 'a file where the folder should be' });
  const path = join(dir, 'list.txt');
  write(path, names(10));
  const { library, step, clock } = await openLibrary(dir, [listConfig({ name: 'mine', source: path })]);
  t.match((await step()).status, [{ condition: 'good', entries: 10 }]);
  t.not(library.takeDiskError(), null);
  t.equal(library.takeDiskError(), null, 'told once');
  clock.ms += 10_000;
  const again = await step();
  t.equal(again.changed, false);
  t.equal(again.ask('n1.example'), 'sinkhole');
});

t.test('a damaged state file is an empty beginning', async (t) => {
  const dir = t.testdir({ lists: { 'state.json': '{"version":1,"lists":{"mine":' } });
  const path = join(dir, 'list.txt');
  write(path, names(10));
  const { step } = await openLibrary(dir, [listConfig({ name: 'mine', source: path })]);
  t.match((await step()).status, [{ condition: 'good', entries: 10 }]);
  t.ok(existsSync(join(dir, 'lists', 'state.json')));
});
