// The hit log under a disk that rotates, refuses and fills up: no line is lost unseen.
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { HitLog } from '../../../src/hits/log/hit-log.ts';
import type { FileState } from '../../../src/hits/log/rotating-file.ts';
import { fakeClock } from '../../support/clock.ts';
import { hitOf, START_MS } from '../../support/hits-records.ts';
import { smallDisk } from '../../support/hits-small-disk.ts';

function setUp(dir: string, more: object = {}) {
  const clock = fakeClock(START_MS);
  const states: FileState[] = [];
  const lines: string[] = [];
  const log = new HitLog({
    dir,
    stdout: { write: (some) => lines.push(...some.toString().split(/(?<=\n)/)) },
    now: clock.now,
    report: (state) => states.push(state),
    ...more,
  });
  return { clock, states, lines, log };
}

const linesIn = (path: string) => readFileSync(path, 'utf8').split('\n').slice(0, -1);

t.test('each hit is the same one line on standard output and in the file', async (t) => {
  const dir = t.testdir();
  const { log, lines } = setUp(dir);
  const hits = [hitOf({ id: 'a' }), hitOf({ id: 'b', count: 3 })];
  log.write(hits);
  t.same(
    lines,
    hits.map((hit) => `${JSON.stringify(hit)}\n`),
  );
  t.same(linesIn(join(dir, 'hits.jsonl')).join('\n'), lines.join('').trimEnd());
  t.equal(statSync(join(dir, 'hits.jsonl')).mode & 0o777, 0o600);
  await log.close();
});

t.test('the file rotates by size and keeps a bounded number, losing no line it keeps', async (t) => {
  const dir = t.testdir();
  const { log } = setUp(dir, { sizeOctetsMax: 2000, filesKept: 3 });
  for (let i = 0; i < 60; i += 1) log.write([hitOf({ count: i + 1 })]);
  await log.close();
  t.same(readdirSync(dir).sort(), ['hits.1.jsonl', 'hits.2.jsonl', 'hits.3.jsonl', 'hits.jsonl']);
  const kept = ['hits.3.jsonl', 'hits.2.jsonl', 'hits.1.jsonl', 'hits.jsonl'].flatMap((name) => {
    t.ok(statSync(join(dir, name)).size <= 2000);
    return linesIn(join(dir, name)).map((line) => JSON.parse(line).count);
  });
  t.same(
    kept,
    Array.from({ length: kept.length }, (_, i) => 60 - kept.length + i + 1),
  );
});

t.test('a file that somebody moved away is begun anew', async (t) => {
  const dir = t.testdir();
  const path = join(dir, 'hits.jsonl');
  const { log, clock } = setUp(dir);
  log.write([hitOf({ count: 1 })]);
  renameSync(path, join(dir, 'moved'));
  clock.advance(1000);
  log.write([hitOf({ count: 2 })]);
  t.match(linesIn(join(dir, 'moved')), [/"count":1/]);
  t.match(linesIn(path), [/"count":2/]);
  await log.close();
});

t.test('the file rotates by age', async (t) => {
  const dir = t.testdir();
  const { log, clock } = setUp(dir, { ageMsMax: 1000 });
  log.write([hitOf({ count: 1 })]);
  clock.advance(2 * 86_400_000 * 365);
  log.write([hitOf({ count: 2 })]);
  await log.close();
  t.match(linesIn(join(dir, 'hits.1.jsonl')), [/"count":1/]);
  t.match(linesIn(join(dir, 'hits.jsonl')), [/"count":2/]);
});

t.test(
  'a directory that cannot be written is told once, and nothing is lost when it can again',
  async (t) => {
    const dir = join(t.testdir({ data: 'a file where the directory should be' }), 'data');
    const { log, states, clock } = setUp(dir);
    for (let i = 0; i < 10; i += 1) {
      log.write([hitOf({ count: i + 1 })]);
      clock.advance(1100);
    }
    t.match(states, [{ failing: true }]);
    t.ok(log.failing);
    rmSync(dir);
    clock.advance(1100);
    log.tick();
    t.match(states.slice(1), [{ failing: false, linesLost: 0 }]);
    t.equal(linesIn(join(dir, 'hits.jsonl')).length, 10);
    await log.close();
  },
);

t.test('what memory cannot hold while the disk fails is counted', async (t) => {
  const dir = join(t.testdir({ data: '' }), 'data');
  const { log, clock } = setUp(dir, { waitingOctetsMax: 2000 });
  for (let i = 0; i < 50; i += 1) log.write([hitOf()]);
  rmSync(dir);
  clock.advance(1100);
  log.tick();
  const written = linesIn(join(dir, 'hits.jsonl')).length;
  t.ok(log.linesLost > 0 && written > 0);
  t.equal(written + log.linesLost, 50);
  await log.close();
});

t.test('a full disk: every line is in the file or counted, none is torn', async (t) => {
  const disk = smallDisk(t, 64 * 1024);
  if (disk === null) return;
  const mount = disk.path;
  writeFileSync(join(mount, 'ballast'), Buffer.alloc(32 * 1024));
  const { log, clock, states } = setUp(mount, { waitingOctetsMax: 20_000 });
  for (let i = 0; i < 300; i += 1) {
    log.write([hitOf({ count: i + 1 })]);
    clock.advance(300);
  }
  t.match(states, [{ failing: true, error: { code: 'ENOSPC' } }]);
  rmSync(join(mount, 'ballast'));
  clock.advance(1100);
  log.tick();
  t.equal(states.length, 2);
  const written = linesIn(join(mount, 'hits.jsonl'));
  t.ok(written.every((line) => JSON.parse(line).event === 'hit'));
  t.equal(written.length + log.linesLost, 300);
  await log.close();
});
