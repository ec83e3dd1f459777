// The journal under kills, torn tails, full and missing disks: what was committed is read back, nothing else is.
import { spawn } from 'node:child_process';
import { appendFileSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { COUNTS_MAX } from '../../src/events/event-writer.ts';
import { Journal } from '../../src/journal/journal.ts';
import { JournalCursor, type Span } from '../../src/journal/journal-cursor.ts';
import { findJournals, removeStored } from '../../src/journal/journal-reader.ts';
import { nameToText } from '../../src/wire/names/presentation.ts';
import { fakeClock } from '../support/clock.ts';
import { hitOctets, RULES } from '../support/hits-records.ts';
import { smallDisk } from '../support/hits-small-disk.ts';
import { readJournal } from '../support/whole-journal.ts';

const BOOT = '01KARZ0000000000000000000A';

function setUp(dir: string, more: object = {}) {
  const clock = fakeClock(0);
  const told: (Error | null)[] = [];
  const journal = new Journal({
    dir,
    boot: BOOT,
    worker: 3,
    now: clock.now,
    report: (error) => told.push(error),
    ...more,
  });
  journal.explain(RULES, ['default', 'servers']);
  return { clock, told, journal };
}

const add = (journal: Journal, name: string, facts = {}) => {
  const octets = hitOctets({ name, facts });
  return journal.add(octets, 0, octets.length);
};
const sequences = (dir: string) =>
  findJournals(dir).flatMap((file) => readJournal(file.path).hits.map((hit) => hit.record.sequence));

const total = (dir: string) =>
  findJournals(dir)
    .flatMap((file) => readJournal(file.path).hits)
    .reduce((sum, hit) => sum + hit.record.count, 0);

t.test('a folder that is taken away is there again with the hits after the next look', async (t) => {
  const dir = join(t.testdir(), 'journal');
  const { clock, told, journal } = setUp(dir);
  add(journal, 'a.example');
  t.ok(journal.commit());
  rmSync(dir, { recursive: true });
  clock.advance(1000);
  add(journal, 'b.example');
  t.ok(journal.commit());
  add(journal, 'c.example', { rule: 1, pattern: 0, group: 1 });
  t.ok(journal.commit());
  t.same(sequences(dir), [3]);
  t.not(readJournal(findJournals(dir)[0]!.path).hits[0]?.meaning, null, 'which explains its rules anew');
  t.same(told, []);
});

t.test('a committed hit is read back with its number, its rule’s meaning and its group', async (t) => {
  const dir = t.testdir();
  const { journal } = setUp(dir);
  t.equal(add(journal, 'a.example', { rule: 0 }), 1);
  t.equal(add(journal, 'b.example', { rule: 1, pattern: 0, group: 1 }), 2);
  t.ok(journal.commit());
  t.equal(add(journal, 'uncommitted.example'), 3);
  const [file] = findJournals(dir);
  t.match(file, { boot: BOOT, worker: 3, firstSequence: 1 });
  const { hits, damagedOctets, tornOctets, lost } = readJournal(file!.path);
  t.same([damagedOctets, tornOctets, lost], [0, 0, 0]);
  t.match(hits, [
    {
      record: { sequence: 1 },
      meaning: { list: '3cx-2023', indicator: { confidence: 'high' } },
      group: 'default',
    },
    { record: { sequence: 2 }, meaning: { list: 'ads', pattern: '^ads?[0-9]*\\.' }, group: 'servers' },
  ]);
  t.equal(hits.length, 2);
  t.match(readJournal(file!.path, 2).hits, [{ record: { sequence: 2 } }]);
});

t.test('a hit comes as often as was last said of it', async (t) => {
  const dir = t.testdir();
  const { journal } = setUp(dir);
  const first = add(journal, 'a.example');
  const second = add(journal, 'b.example');
  journal.count(first, 3);
  journal.commit();
  journal.count(first, 70_000);
  journal.count(second, 2);
  add(journal, 'c.example');
  journal.commit();
  journal.count(second, 9);
  const counts = () => readJournal(findJournals(dir)[0]!.path).hits.map((hit) => hit.record.count);
  t.same(counts(), [70_000, 2, 1]);
  for (let sequence = 0; sequence < COUNTS_MAX; sequence += 1) journal.count(second, sequence);
  t.ok(journal.commit(), 'there is room for as many counts as may come before a commit');
  t.same(counts(), [70_000, COUNTS_MAX - 1, 1]);
});

t.test('every file explains itself, and goes when all its hits are stored', async (t) => {
  const dir = t.testdir();
  const { journal } = setUp(dir, { segmentOctetsMax: 3000 });
  for (let i = 0; i < 100; i += 1) {
    add(journal, `host${i}.example`);
    journal.commit();
    if (journal.isFull) journal.close();
  }
  const files = findJournals(dir);
  t.ok(files.length > 3);
  for (const file of files) t.ok(readJournal(file.path).hits.every((hit) => hit.meaning !== null));
  t.same(
    sequences(dir),
    Array.from({ length: 100 }, (_, i) => i + 1),
  );
  const third = files[2]!.firstSequence;
  t.equal(removeStored(files, third - 2), 1);
  t.equal(removeStored(findJournals(dir), third - 1), 1);
  t.equal(findJournals(dir)[0]!.firstSequence, third);
  t.equal(removeStored(findJournals(dir), 100), files.length - 3, 'the last file stays: it may be in use');
});

t.test('cutting or spoiling a file anywhere loses only the frames that were touched', async (t) => {
  const dir = t.testdir();
  const { journal } = setUp(dir);
  for (let i = 0; i < 30; i += 1) {
    add(journal, `host${i}.example`);
    journal.commit();
  }
  const { path } = findJournals(dir)[0]!;
  const whole = readFileSync(path);
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: whole.length - 1 }),
      fc.integer({ min: 1, max: 255 }),
      (at, flip) => {
        writeFileSync(path, whole.subarray(0, at));
        const cut = readJournal(path).hits.map((hit) => hit.record.sequence);
        const spoilt = Buffer.from(whole);
        spoilt[at]! ^= flip;
        writeFileSync(path, spoilt);
        const rest = readJournal(path);
        return (
          cut.every((sequence, i) => sequence === i + 1) &&
          (at < 8 || rest.hits.length >= 29) &&
          rest.damagedOctets + rest.tornOctets > 0 &&
          (rest.damagedOctets === 0 || at < 8 || rest.hits.length + rest.lost >= 30)
        );
      },
    ),
    { numRuns: 300 },
  );
});

t.test('a kill at any moment loses no hit whose answer went out', async (t) => {
  const child = join(import.meta.dirname, '../support/hits-journal-child.ts');
  for (let round = 0; round < 4; round += 1) {
    const dir = t.testdir();
    const running = spawn(process.execPath, [child, dir, BOOT], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    const killAfter = 200 + round * 2331;
    running.stdout.on('data', (octets: Buffer) => {
      said += octets;
      if (said.length > killAfter) running.kill('SIGKILL');
    });
    await new Promise((resolve) => running.on('close', resolve));
    const answered = Number(said.slice(0, said.lastIndexOf('\n')).split('\n').at(-1));
    const found = sequences(dir);
    const sum = total(dir);
    t.ok(answered > 0 && sum >= answered, `answered ${answered}, found ${sum}`);
    if (found.some((sequence, i) => sequence !== i + 1)) t.fail('a hole in the numbers');
  }
});

t.test('a torn tail is cut and its size told', async (t) => {
  const dir = t.testdir();
  const { journal } = setUp(dir);
  add(journal, 'a.example');
  add(journal, 'b.example');
  journal.commit();
  const { path } = findJournals(dir)[0]!;
  const size = readFileSync(path).length;
  truncateSync(path, size - 5);
  t.match(readJournal(path), {
    hits: [{ record: { sequence: 1 } }],
    tornOctets: /^[1-9]\d*$/,
    damagedOctets: 0,
    lost: 0,
  });
  appendFileSync(path, Buffer.alloc(4096));
  t.equal(readJournal(path).hits.length, 1, 'zeros after a crash of the machine are no frames');
});

t.test(
  'a record damaged in the middle, or whole at the end, is counted as lost and no torn tail',
  async (t) => {
    const dir = t.testdir();
    const { journal } = setUp(dir);
    journal.explain(RULES, ['default', 'servers'], { four: ['192.0.2.1'], six: [] });
    for (const name of ['a', 'b', 'c', 'd']) add(journal, `${name}.example`);
    journal.commit();
    const { path } = findJournals(dir)[0]!;
    const whole = readFileSync(path);
    const spoil = (name: string) => {
      const spoilt = Buffer.from(whole);
      spoilt[spoilt.indexOf(`\x01${name}\x07example`)]! ^= 1;
      writeFileSync(path, spoilt);
      const { hits, ...damage } = readJournal(path);
      return { names: hits.map(({ record }) => record.sequence), ...damage };
    };
    t.match(spoil('b'), { names: [1, 3, 4], tornOctets: 0, lost: 1 });
    t.match(spoil('d'), { names: [1, 2, 3], tornOctets: 0, lost: 1 });
    t.match(spoil('a'), { names: [2, 3, 4], tornOctets: 0, lost: 1 });
    writeFileSync(path, whole);
    t.match(readJournal(path).hits[0], { answer: { four: ['192.0.2.1'], six: [] } });
  },
);

t.test('a full disk: commit says so, nothing half is left, and it goes on when there is room', async (t) => {
  const disk = smallDisk(t, 64 * 1024);
  if (disk === null) return;
  const ballast = join(disk.path, 'ballast');
  writeFileSync(ballast, Buffer.alloc(40 * 1024));
  const { journal, told } = setUp(join(disk.path, 'journal'));
  const kept: number[] = [];
  for (let i = 0; i < 600; i += 1) {
    if (i === 500) rmSync(ballast);
    const sequence = add(journal, `host${i}.example`);
    if (journal.commit()) kept.push(sequence);
  }
  t.ok(kept.length > 100 && kept.length < 600);
  t.equal(kept.at(-1), 600);
  t.same(sequences(join(disk.path, 'journal')), kept);
  t.match(told, [{ code: 'ENOSPC' }, null]);
});

t.test('a directory that cannot be made is told once and tried again', async (t) => {
  const parent = join(t.testdir({ events: 'a file' }), 'events');
  const { journal, told, clock } = setUp(join(parent, 'journal'));
  for (let i = 0; i < 5; i += 1) {
    add(journal, 'a.example');
    t.notOk(journal.commit());
  }
  rmSync(parent);
  add(journal, 'a.example');
  t.notOk(journal.commit(), 'not tried with every batch');
  clock.advance(600);
  add(journal, 'a.example');
  t.ok(journal.commit());
  t.match(told, [{ code: 'ENOTDIR' }, null]);
  t.same(sequences(join(parent, 'journal')), [7]);
  t.equal(readdirSync(join(parent, 'journal')).length, 1);
});

t.test('a batch that is full says so instead of losing a hit', async (t) => {
  const dir = t.testdir();
  const { journal } = setUp(dir);
  let last = 0;
  for (let next = 0; next >= 0; next = add(journal, 'a.example')) last = next;
  t.ok(last > 1000);
  journal.commit();
  t.equal(add(journal, 'a.example'), last + 1);
  journal.commit();
  t.equal(sequences(dir).length, last + 1);
});

t.test(
  'a file that is still written is read on from where it was, and hits hold nothing of it',
  async (t) => {
    const dir = t.testdir();
    const { journal } = setUp(dir);
    const first = add(journal, 'a.example');
    add(journal, 'b.example');
    journal.commit();
    const [file] = findJournals(dir);
    const cursor = new JournalCursor(file!);
    const all = Number.POSITIVE_INFINITY;
    const took = (span: Partial<Span> = {}): [string, number][] => {
      const hits: [string, number][] = [];
      cursor.read({ from: 1, end: all, limit: all, ...span }, ({ record }) => {
        hits.push([nameToText(record.qname), record.count]);
        t.ok(record.qname.buffer.byteLength < 1000, 'the file\u2019s octets go when they were read');
      });
      return hits;
    };
    t.same(took({ limit: 1 }), [['a.example', 1]]);
    journal.count(first, 9); // of a hit that was handed on: nobody waits for it
    add(journal, 'c.example');
    journal.count(2, 7);
    add(journal, 'd.example');
    journal.commit();
    appendFileSync(file!.path, Buffer.from([200, 0, 0, 0, 1, 2, 3])); // a write that has only begun
    t.same(took({ end: 3 }), [['b.example', 7]], 'with the last count that is said of it');
    t.equal(cursor.tornOctets, 7);
    t.same(took({ from: 4 }), [['d.example', 1]], 'what is not wanted is passed over');
    t.same(took(), []);
    truncateSync(file!.path, readFileSync(file!.path).length - 7);
    add(journal, 'e.example');
    journal.commit();
    t.same(took(), [['e.example', 1]]);
    t.same([cursor.tornOctets, cursor.damagedOctets, cursor.lost], [0, 0, 0]);
  },
);
