// How long machines are known, and how many.
import t from 'tap';
import { MachineFile } from '../../src/clients/disk/machine-file.ts';
import { idOfKey, NO_UPDATE } from '../../src/clients/machine.ts';
import { MachineBook } from '../../src/clients/machine-book.ts';
import { MachineLife, tooManyLost } from '../../src/clients/machine-life.ts';
import { MachineTable } from '../../src/clients/machine-table.ts';
import { mergeClients, NOTHING_ELSEWHERE } from '../../src/clients/merge.ts';
import type { Session } from '../../src/clients/users/session.ts';
import { textToAddress } from '../../src/wire/names/address.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const YEARS = 3650 * DAY;
const START = 1_700_000_000_000;
const FEW = { machines: 8, bindings: 1000, sessions: 1000 };

const octets = (ip: string): Uint8Array => textToAddress(ip) ?? new Uint8Array(16);
const macOf = (number: number): string =>
  `02:00:00:00:${(number >> 8).toString(16).padStart(2, '0')}:${(number & 255).toString(16).padStart(2, '0')}`;

/** What the kernel's table of MACs says. */
const seen = (macs: Readonly<Record<string, string>>, nowMs: number) =>
  mergeClients({
    ...{ configured: [], hosts: new Map(), leases: [], forwarded: new Map(), told: new Map(), reverse: [] },
    ...{ elsewhere: NOTHING_ELSEWHERE, neighbours: new Map(Object.entries(macs)), nowMs },
  });

/** One phone a day with a MAC that it never has again, beside one that stays. */
function daysOf(book: MachineBook, from: number, to: number): void {
  for (let day = from; day < to; day += 1)
    for (const hour of [8, 20])
      book.observe(
        seen(
          { '192.0.2.1': macOf(0), ...(hour === 8 ? { [`192.0.2.${10 + (day % 200)}`]: macOf(day) } : {}) },
          START + day * DAY,
        ),
        START + day * DAY + hour * HOUR,
      );
}

const idsIn = (table: MachineTable): string[] => [...table.machines].map(({ id }) => id);
const keyOf = (number: number): string => idOfKey(`mac:${macOf(number)}`);

t.test('of phones that make up a MAC a day the latest are known, and who is there stays', (t) => {
  const book = new MachineBook(NO_UPDATE);
  const life = new MachineLife(book.table, FEW);
  for (let day = 1; day < 60; day += 1) {
    daysOf(book, day, day + 1);
    life.forget(YEARS, START + day * DAY + 20 * HOUR);
    t.ok(book.table.counts.machines <= FEW.machines + 1, `${book.table.counts.machines}`);
  }
  const ids = idsIn(book.table);
  t.ok(ids.includes(keyOf(0)), 'the one that was there from the first day on');
  t.ok(ids.includes(keyOf(59)) && ids.includes(keyOf(58)));
  t.notOk(ids.includes(keyOf(1)));
  t.same(book.table.find('192.0.2.1'), [keyOf(0), ...book.table.find('192.0.2.1').slice(1)]);
  t.end();
});

t.test('what is past its time is forgotten while cenote runs, by everybody who was told of it', (t) => {
  const dir = t.testdir();
  const file = new MachineFile(dir, () => t.fail());
  const book = new MachineBook(file.load());
  const desk = new MachineTable();
  const hear = (update: ReturnType<MachineBook['observe']>): void => {
    if (update === null) return;
    file.write(update, () => book.table.snapshot(0));
    desk.apply(update);
  };
  hear(book.observe(seen({ '192.0.2.1': macOf(0), '192.0.2.10': macOf(1) }, START), START));
  for (let day = 0; day <= 40; day += 1) {
    const nowMs = START + day * DAY + HOUR;
    hear(book.observe(seen({ '192.0.2.1': macOf(0) }, nowMs), nowMs));
    hear(book.forget(30 * DAY, nowMs));
    if (day === 29) t.ok(idsIn(book.table).includes(keyOf(1)), 'in time');
  }
  t.same(idsIn(book.table), [keyOf(0)]);
  t.same(desk.snapshot(0), book.table.snapshot(0));
  t.same(idsIn(desk), [keyOf(0)]);
  t.same(
    new MachineFile(dir, () => t.fail()).load().machines.map(({ id }) => id),
    [keyOf(0)],
  );
  const again = START + 41 * DAY;
  hear(book.observe(seen({ '192.0.2.1': macOf(0), '192.0.2.11': macOf(1) }, again), again));
  t.equal(book.table.at(octets('192.0.2.11'), again).id, keyOf(1), 'it comes back as who it was');
  t.end();
});

t.test('a clock that is ten years ahead takes nothing for a day, at a start and while cenote runs', (t) => {
  for (const isStart of [true, false]) {
    let book = new MachineBook(NO_UPDATE);
    book.observe(seen({ '192.0.2.10': macOf(1) }, START), START);
    book.observe(seen({}, START + HOUR), START + HOUR);
    book.observe(seen({}, START + 3 * HOUR), START + 3 * HOUR);
    if (isStart) book = new MachineBook(book.table.snapshot(0));
    else book.forget(30 * DAY, START + 3 * HOUR);
    const ahead = START + YEARS;
    for (const hour of [0, 1, 23]) t.equal(book.forget(30 * DAY, ahead + hour * HOUR), null);
    t.equal(book.forget(30 * DAY, START + 4 * HOUR), null, 'set right again');
    t.equal(book.forget(30 * DAY, START + 29 * DAY), null);
    t.match(book.forget(30 * DAY, START + 34 * DAY), { beforeMs: START + 4 * DAY }, 'and then ages count');
    t.same(idsIn(book.table), []);
  }
  t.end();
});

t.test('sessions that ended are bounded by all that they are found by', (t) => {
  const table = new MachineTable();
  const session = (number: number): Session => ({
    ...{ id: `s${number}`, user: 'anna', domain: null, saidBy: 'radius', from: '192.0.2.9' },
    ...{ networks: [{ bytes: octets('192.0.2.1'), bits: 128 }], mac: macOf(number), machine: null },
    ...{ fromMs: START + number, toMs: START + number, expiresMs: START + number },
  });
  table.apply({ ...NO_UPDATE, sessions: Array.from({ length: 60 }, (_, i) => session(i)) });
  t.equal(table.counts.sessions, 120);
  table.apply({ ...NO_UPDATE, sessions: [session(3)] });
  t.equal(table.counts.sessions, 120, 'one that is said again is no other');
  const life = new MachineLife(table, { ...FEW, sessions: 80 });
  t.match(life.forget(YEARS, START + DAY), { beforeMs: START + 25 });
  t.equal(table.counts.sessions, 70);
  t.equal(table.sessions.all().length, 35);
  t.end();
});

t.test(
  'addresses that nobody has any more are taken where there are too many, the longest lost first',
  (t) => {
    const who = { id: 'm', name: null, nameFrom: null, mac: macOf(1) };
    const ips = Array.from({ length: 32_771 }, (_, i) => `ip ${i}`);
    const open = new Map(ips.map((ip) => [ip, { address: octets('192.0.2.1'), who, fromMs: 0, toMs: null }]));
    const taken: string[] = [];
    for (const [ip] of tooManyLost(open, ips, new Set(['ip 1']))) {
      taken.push(ip);
      open.delete(ip);
    }
    t.same(taken, ['ip 0', 'ip 2', 'ip 3']);
    t.end();
  },
);
