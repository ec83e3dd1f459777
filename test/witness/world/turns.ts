// What came to the repertoire last: what a list, an entry, a group or an address becomes in the middle of an incident.
import type { OfficeDays } from '../office.ts';
import type { At } from './day.ts';
import type { Machine } from './network.ts';
import type { Entry, List } from './rules.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** A list that blocks, one of its names, and a machine that asks for it. */
interface Case {
  readonly list: List;
  readonly entry: Entry;
  readonly ask: () => void;
}

/** All kinds, each with how often of a day. */
export function planTurns(office: OfficeDays, fromMs: number, at: At): void {
  const { turns } = office;
  const anyTime = (): number => fromMs + turns.from(MINUTE_MS, 23 * HOUR_MS);
  for (const kind of KINDS) if (turns.chance(0.06)) kind(office, anyTime(), at);
}

type Kind = (office: OfficeDays, fromMs: number, at: At) => void;
type Doing = (office: OfficeDays, of: Case) => { readonly text: string };

function within(
  office: OfficeDays,
  fromMs: number,
  at: At,
  turn: (of: Case, askAt: (afterMs: number) => void) => void,
): void {
  const { turns, network, admin } = office;
  const lists = admin.office.lists.filter(({ action, alert }) => action !== 'allow' && alert);
  const found = lists.flatMap((list) =>
    list.entries
      .filter(({ isNetwork, types }) => !isNetwork && types === null)
      .map((entry) => ({ list, entry })),
  );
  if (found.length === 0) return;
  const { list, entry } = turns.pick(found);
  const machine = turns.pick(network.machines);
  const ask = (): void => askFrom(office, machine, entry.text);
  const askAt = (afterMs: number): void => at(fromMs + afterMs, null, ask);
  askAt(0);
  turn({ list, entry, ask }, askAt);
}

function askFrom(office: OfficeDays, machine: Machine, name: string): void {
  const { turns } = office;
  if (machine.addresses.length > 0) office.ask(machine, turns.pick(machine.addresses), name, 'A');
}

/** What an admin does in between, if the list is still there. */
function deedAt(
  office: OfficeDays,
  at: At,
  atMs: number,
  list: List,
  deed: () => { readonly text: string },
): void {
  at(atMs, null, () => {
    if (!office.admin.office.lists.includes(list)) return;
    office.tell(deed().text);
    office.use();
  });
}

/** An address is another's within minutes, and both ask for the same. */
const reused: Kind = (office, fromMs, at) => {
  const { turns, network, names } = office;
  const [one, other] = [turns.pick(network.machines), turns.pick(network.machines)];
  const name = turns.pick([...names.attackers, ...names.everyday]);
  if (one === other) return;
  let ip: string | undefined;
  at(fromMs, null, () => askFrom(office, one, name));
  at(fromMs + turns.from(10_000, 2 * MINUTE_MS), null, () => {
    ip = one.addresses[0];
    // Times are whole milliseconds: what it asked in this one would be of whoever has the address next.
    office.pass(1);
    network.leave(one, false);
    office.tell(`${one.mac} leaves ${ip}`);
    office.lookAround();
  });
  at(fromMs + turns.from(3, 5) * MINUTE_MS, null, () => {
    if (ip === undefined || network.holder(ip) !== null) return;
    network.take(other, ip);
    office.tell(`${other.mac} has ${ip} now`);
    office.lookAround();
    office.pass(1000);
    askFrom(office, other, name);
  });
  at(fromMs + 7 * MINUTE_MS, null, () => {
    network.arrive(one);
    office.lookAround();
    office.pass(1000);
    askFrom(office, one, name);
  });
};

/** It has both kinds of addresses, and another of the longer kind every hour. */
const rotating: Kind = (office, fromMs, at) => {
  const { turns, network, names } = office;
  const machine = turns.pick(network.machines);
  const name = turns.pick(names.attackers);
  for (let i = turns.from(3, 6); i > 0; i -= 1)
    at(fromMs + i * turns.from(20, 60) * MINUTE_MS, null, () => {
      network.rotate(machine);
      office.tell(`${machine.mac} has ${machine.addresses.join(', ')}`);
      office.lookAround();
      office.pass(1000);
      for (const ip of machine.addresses) office.ask(machine, ip, name, ip.includes(':') ? 'AAAA' : 'A');
    });
};

/** An admin does something at some minutes, and the machine asks again at others. */
const asDone =
  (deedMinutes: readonly number[], askMinutes: readonly number[], deed: Doing): Kind =>
  (office, fromMs, at) =>
    within(office, fromMs, at, (of, askAt) => {
      for (const minutes of deedMinutes)
        deedAt(office, at, fromMs + minutes * MINUTE_MS, of.list, () => deed(office, of));
      for (const minutes of askMinutes) askAt(minutes * MINUTE_MS);
    });

const split = asDone([2], [4], ({ admin }, { list }) => admin.split(list));

const merged = asDone([2], [4], ({ admin }, { list }) => {
  const into = admin.office.lists.find((one) => one !== list && one.alert && one.action !== 'allow');
  return into === undefined ? { text: 'no other list' } : admin.merge(list, into);
});

const forAll = asDone([2], [4], ({ admin }, { list }) => admin.forAll(list));

const onTrial = asDone([2, 10], [4, 12], ({ admin }, { list }) => admin.turnMode(list));

const allowed = asDone([2, 7], [4, 9], ({ admin }, { entry }) => admin.except(entry.text));

const expires: Kind = (office, fromMs, at) =>
  within(office, fromMs, at, ({ list, entry }, askAt) => {
    const { turns } = office;
    if (entry.campaign === null) return;
    deedAt(office, at, fromMs + MINUTE_MS, list, () =>
      list.entries.includes(entry)
        ? office.admin.expire(list, entry, office.wall.now() + turns.from(1, 40) * MINUTE_MS)
        : { text: 'gone' },
    );
    for (const minutes of [2, 20, 45, 90]) askAt(minutes * MINUTE_MS);
  });

/** Seen, over, and there again. */
const seen: Kind = (office, fromMs, at) =>
  within(office, fromMs, at, (_, askAt) => {
    at(fromMs + 2 * MINUTE_MS, null, () => office.acknowledgeLatest());
    for (const hours of [5, 10]) askAt(hours * HOUR_MS);
  });

const otherwise: Kind = (office, fromMs, at) =>
  within(office, fromMs, at, ({ list }, askAt) => {
    const { turns, admin } = office;
    const action = turns.pick(['sinkhole', 'nxdomain', 'nodata', 'refused'] as const);
    deedAt(office, at, fromMs + 2 * MINUTE_MS, list, () => admin.act(list, action));
    askAt(4 * MINUTE_MS);
  });

/** In one group, in the other, and in the first again. */
const inTurn: Kind = (office, fromMs, at) => {
  const { turns, network, names, admin } = office;
  const machine = turns.pick(network.machines);
  const name = turns.pick(names.attackers);
  for (const minutes of [0, 4, 9])
    at(fromMs + minutes * MINUTE_MS, null, () => askFrom(office, machine, name));
  for (const minutes of [2, 6])
    at(fromMs + minutes * MINUTE_MS, null, () => {
      office.tell(admin.regroup(machine.mac).text);
      office.use();
    });
};

/** It asks for longer than its first hits are kept. */
const outlasting: Kind = (office, fromMs, at) =>
  within(office, fromMs, at, (_, askAt) => {
    const hours = office.turns.pick([3, 8, 18]);
    for (let i = 1; i < 24; i += 1) askAt(i * hours * HOUR_MS);
  });

/** The clock is set in the middle. */
const jumping: Kind = (office, fromMs, at) => {
  if (!office.isJumpy) return;
  within(office, fromMs, at, (_, askAt) => {
    const hours = office.turns.pick([-2, 2]);
    at(fromMs + 5 * MINUTE_MS, `the clock is set by ${hours} h`, () => office.jump(hours * HOUR_MS));
    for (const minutes of [2, 9]) askAt(minutes * MINUTE_MS);
  });
};

/** In a pause two machines ask within a second for what leads to something. */
const together: Kind = (office, fromMs, at) => {
  const { turns, network, names, admin } = office;
  const group = admin.office.groups.at(-1);
  if (group === undefined || group.paused) return;
  const name = turns.pick(names.fronts);
  at(fromMs, `${group.name} is paused`, () => {
    group.paused = true;
    office.use();
  });
  at(fromMs + MINUTE_MS, null, () => {
    for (const machine of network.machines) {
      askFrom(office, machine, name);
      office.pass(turns.from(0, 300));
    }
  });
  at(fromMs + 3 * MINUTE_MS, `${group.name} is resumed`, () => {
    group.paused = false;
    office.use();
  });
};

/** Hits wait for a store that takes nothing, and that is said. */
const waiting: Kind = (office, fromMs, at) =>
  within(office, fromMs, at, ({ ask }) => {
    at(fromMs + MINUTE_MS, null, async () => {
      if (office.isLocked) return;
      office.lock();
      ask();
      await office.turn();
      const { waiting: said } = await office.cenote.question({ what: 'coverage', of: 'hits', sinceMs: 0 });
      const { pending } = await office.cenote.question({ what: 'state' });
      office.report.same('coverage', said, pending, () => 'hits that wait for the store');
    });
    at(fromMs + 2 * MINUTE_MS, null, () => office.unlock());
  });

const KINDS: readonly Kind[] = [
  reused,
  rotating,
  split,
  merged,
  forAll,
  expires,
  onTrial,
  allowed,
  seen,
  otherwise,
  inTurn,
  outlasting,
  jumping,
  together,
  waiting,
];
