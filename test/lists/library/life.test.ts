// What is said of a list at each moment of its life, and that none of it is said too early, too late or for ever.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { compileRuleSet } from '../../../src/lists/compile.ts';
import { listConfig } from '../../support/lists-compile.ts';
import { openLibrary } from '../../support/lists-library.ts';
import { type Answer, body, startListServer } from '../../support/lists-server.ts';

const signal = new AbortController().signal;
const names = (count: number): string => Array.from({ length: count }, (_, i) => `n${i}.example\n`).join('');

/** An answer that waits until it is told. */
function held(text: string): { answer: Answer; release: () => void } {
  const gate = Promise.withResolvers<void>();
  const answer: Answer = (request, response) => void gate.promise.then(() => body(text)(request, response));
  return { answer, release: gate.resolve };
}

t.test('a list that was never tried is new, then fetched, and no trouble until that has ended', async (t) => {
  const { answer, release } = held(names(5));
  const { origin } = await startListServer(t, { '/list': answer });
  const { library, clock } = await openLibrary(t.testdir({}), [
    listConfig({ name: 'far', source: `${origin}/list`, onFailure: 'failStart' }),
  ]);
  t.match(library.status(), [
    { condition: 'new', inForce: false, overdue: false, lastError: null, sinceMs: clock.ms },
  ]);
  t.same(library.due(), ['far']);
  // The rules that a daemon begins with are compiled before any source is asked.
  const begun = await library.accept(await compileRuleSet(library.compileRequest(1, 1)));
  t.same(begun, []);
  t.same(library.due(), ['far'], 'and do not make it wait');
  const asked = library.refresh(['far'], signal);
  await turn();
  t.match(library.status(), [{ condition: 'fetching', overdue: false, lastError: null }]);
  t.same(library.due(), [], 'it is asked once at a time');
  release();
  t.same(await asked, { changed: true, events: [] });
  const events = await library.accept(await compileRuleSet(library.compileRequest(2, 1)));
  t.match(events, [{ kind: 'changed', isTrouble: false, message: 'list far: 5 entries (domains)' }]);
  t.match(library.status(), [{ condition: 'good', inForce: true, entries: 5 }]);
});

t.test('a source that hangs holds up no other, and its list goes with the configuration', async (t) => {
  const { answer } = held(names(5));
  const { origin } = await startListServer(t, { '/hangs': answer, '/list': body(names(7)) });
  const far = listConfig({ name: 'far', source: `${origin}/list` });
  const { library } = await openLibrary(t.testdir({}), [
    ...Array.from({ length: 3 }, (_, i) => listConfig({ name: `hangs${i}`, source: `${origin}/hangs` })),
    far,
  ]);
  const hanging = library.refresh(['hangs0', 'hangs1', 'hangs2'], signal);
  t.equal((await library.refresh(['far'], signal)).changed, true);
  await library.accept(await compileRuleSet(library.compileRequest(1, 1)));
  t.match(
    library.status().map(({ condition }) => condition),
    ['fetching', 'fetching', 'fetching', 'good'],
  );
  library.setLists([far]).settle();
  t.same(await hanging, { changed: false, events: [] }, 'ended, and nothing is said of it');
});

t.test('whoever asks for a list that is being asked gets another attempt after it', async (t) => {
  const { answer, release } = held(names(5));
  const { origin, asked } = await startListServer(t, { '/list': answer });
  const { library } = await openLibrary(t.testdir({}), [
    listConfig({ name: 'far', source: `${origin}/list` }),
  ]);
  const [first, second] = [library.refresh(['far'], signal), library.refresh(['far'], signal)];
  release();
  t.equal((await first).changed, true);
  t.equal((await second).changed, false);
  t.equal(asked.length, 1);
  await library.accept(await compileRuleSet(library.compileRequest(1, 1)));
  t.same(library.due(), ['far']);
});

t.test('a text that no rules came of is fetched again after a pause that grows', async (t) => {
  const dir = t.testdir({});
  const path = join(dir, 'list.txt');
  writeFileSync(path, names(5));
  const { library, step, clock } = await openLibrary(dir, [listConfig({ name: 'mine', source: path })]);
  const waits: number[] = [];
  for (let i = 0; i < 3; i += 1) {
    t.equal((await library.refresh(['mine'], signal)).changed, true);
    library.compileRequest(i, 1);
    const events = await library.abandon(new Error('no memory'));
    t.equal(events.length, i === 0 ? 1 : 0, 'told once');
    t.same(library.due(), []);
    const waitMs = (library.status()[0]?.nextCheckMs ?? 0) - clock.ms;
    waits.push(waitMs / 1000);
    clock.ms += waitMs;
  }
  t.same(waits, [30, 60, 120]);
  t.match(library.status(), [
    { condition: 'failed', lastError: { message: 'its new text could not be put in force: no memory' } },
  ]);
  t.match((await step()).status, [{ condition: 'good', entries: 5 }]);
});

for (const [what, text] of [
  ['holds nothing', ''],
  ['holds comments alone', '# nothing yet\n\n'],
] as const)
  t.test(`an own list that ${what} is empty by its owner: in force, and nobody is alarmed`, async (t) => {
    const dir = t.testdir({});
    const path = join(dir, 'allow.txt');
    writeFileSync(path, text);
    const lists = [listConfig({ name: 'own', source: path, action: 'allow', onFailure: 'failStart' })];
    const first = await openLibrary(dir, lists);
    const { status, events } = await first.step();
    t.match(status, [{ condition: 'empty', inForce: true, overdue: false, entries: 0, lastError: null }]);
    t.match(events, [{ kind: 'changed', isTrouble: false }]);
    t.same(first.library.startFailures(), []);
    const again = await openLibrary(dir, lists);
    t.match((await again.step()).status, [{ condition: 'empty', overdue: false }], 'after a restart too');
  });

t.test('names of the configuration may be none', async (t) => {
  const { step } = await openLibrary(t.testdir({}), [listConfig({ name: 'own', names: [] })]);
  t.match((await step()).status, [{ condition: 'empty', overdue: false, lastError: null }]);
});

t.test('a short own list that is emptied is in force as empty, once it stays so', async (t) => {
  const dir = t.testdir({});
  const path = join(dir, 'own.txt');
  writeFileSync(path, names(3));
  const { step, clock } = await openLibrary(dir, [listConfig({ name: 'own', source: path })]);
  await step();
  writeFileSync(path, '');
  clock.ms += 2_000;
  const first = await step();
  t.match(first.status, [{ condition: 'good', entries: 3 }], 'perhaps it is just being written');
  t.same(first.events, []);
  clock.ms += 2_000;
  const second = await step();
  t.match(second.status, [{ condition: 'empty', inForce: true, entries: 0, lastError: null }]);
  t.equal(second.ask('n1.example'), 'none');
  t.match(second.events, [{ kind: 'changed', isTrouble: false }]);
  writeFileSync(path, 'other.example\n');
  clock.ms += 2_000;
  t.match((await step()).status, [{ condition: 'good', entries: 1 }]);
});

t.test('a long own list that is emptied is empty only where maxShrink consents', async (t) => {
  const dir = t.testdir({});
  const path = join(dir, 'own.txt');
  writeFileSync(path, names(100));
  const config = listConfig({ name: 'own', source: path });
  const { library, step, clock } = await openLibrary(dir, [config]);
  await step();
  writeFileSync(path, '# moved\n');
  clock.ms += 2_000;
  t.match((await step()).status, [{ condition: 'refused', inForce: true, entries: 100 }]);
  library.setLists([{ ...config, maxShrink: 1 }]).settle();
  clock.ms += 2_000;
  await step();
  clock.ms += 2_000;
  t.match((await step()).status, [{ condition: 'empty', entries: 0 }]);
});

const YEAR = 365 * 86_400_000;
for (const [what, byMs] of [
  ['back by ten years', -10 * YEAR],
  ['forward by ten years', 10 * YEAR],
] as const)
  t.test(`a wall clock set ${what} stops no refresh and hides no staleness`, async (t) => {
    let answer: Answer = body(names(5));
    const { origin } = await startListServer(t, {
      '/list': (request, response) => answer(request, response),
    });
    const clock = { ms: 20 * YEAR, steadyMs: 500 };
    const { library, step } = await openLibrary(
      t.testdir({}),
      [listConfig({ name: 'far', source: `${origin}/list`, refreshMs: 3_600_000 })],
      { clock },
    );
    await step();
    clock.ms += byMs;
    t.same(library.due(), [], 'not due before its time');
    t.match(library.status(), [{ lastGoodMs: clock.ms, condition: 'good' }], 'shown by the clock of now');
    clock.ms += 3_600_000;
    clock.steadyMs += 3_600_000;
    t.same(library.due(), ['far']);
    answer = (_request, response) => void response.writeHead(404).end();
    t.match((await step()).status, [{ condition: 'stale', overdue: false, sinceMs: clock.ms }]);
    clock.ms += 4 * 3_600_000;
    clock.steadyMs += 4 * 3_600_000;
    t.match((await step()).status, [
      { condition: 'stale', overdue: true, sinceMs: clock.ms - 4 * 3_600_000 },
    ]);
  });

t.test(
  'times of the last run that are still to come are unknown, and the list is fetched at once',
  async (t) => {
    const dir = t.testdir({});
    let answer: Answer = body(names(5));
    const { origin } = await startListServer(t, {
      '/list': (request, response) => answer(request, response),
    });
    const lists = [listConfig({ name: 'far', source: `${origin}/list`, refreshMs: 3_600_000 })];
    await (await openLibrary(dir, lists, { clock: { ms: 20 * YEAR } })).step();
    answer = (_request, response) => void response.writeHead(404).end();
    const clock = { ms: 10 * YEAR, steadyMs: 7 };
    const { library, step } = await openLibrary(dir, lists, { clock });
    t.match(library.status(), [{ condition: 'good', entries: 5, lastGoodMs: null, sinceMs: null }]);
    t.same(library.due(), ['far']);
    t.match((await step()).status, [{ condition: 'stale', overdue: false }]);
    clock.ms += 4 * 3_600_000;
    clock.steadyMs += 4 * 3_600_000;
    t.match((await step()).status, [{ condition: 'stale', overdue: true }], 'its age counts from this start');
  },
);
