// What happens on one day of an office, in order.
import type { OfficeDays } from '../office.ts';
import { planKeeps } from './keeps.ts';
import { leadsTo, type TypeName } from './names.ts';
import type { Machine } from './network.ts';
import { planShares } from './shares.ts';
import { planTurns } from './turns.ts';

export interface Happening {
  readonly atMs: number;
  /** For the story; null where what is done tells itself. */
  readonly text: string | null;
  readonly act: () => Promise<void> | void;
}

export type At = (atMs: number, text: string | null, act: Happening['act']) => void;

export const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const TYPES_OF_A_VISIT: readonly (readonly TypeName[])[] = [
  ['A'],
  ['A', 'AAAA'],
  ['A', 'AAAA', 'HTTPS'],
  ['TXT'],
];
const BEACON_MS = [30_000, 5 * MINUTE_MS, 30 * MINUTE_MS, 90 * MINUTE_MS] as const;
const STEADY_MS = [5 * MINUTE_MS, 30 * MINUTE_MS, 90 * MINUTE_MS, 3 * HOUR_MS, 8 * HOUR_MS] as const;

export function planDay(office: OfficeDays, fromMs: number): Happening[] {
  const { random, network } = office;
  const planned: Happening[] = [];
  const at: At = (atMs, text, act) => void planned.push({ atMs: Math.round(atMs), text, act });
  const anyTime = (): number => fromMs + random.from(MINUTE_MS, DAY_MS - MINUTE_MS);
  for (const machine of network.machines) people(office, machine, fromMs, at);
  if (random.chance(0.3)) beacon(office, anyTime(), at);
  for (let i = random.from(0, 3); i > 0; i -= 1) at(anyTime(), null, () => change(office));
  for (let i = random.from(0, 2); i > 0; i -= 1) at(anyTime(), null, () => moveAbout(office));
  if (random.chance(0.1)) at(anyTime(), 'cenote is restarted', () => office.restart());
  if (random.chance(0.1)) at(anyTime(), 'cenote is killed', () => killed(office));
  if (random.chance(0.02)) locked(office, anyTime(), at);
  if (office.isJumpy && random.chance(0.1)) {
    const ms = random.pick([-2, -1, 1, 2, 3]) * HOUR_MS + random.from(0, MINUTE_MS);
    at(anyTime(), `the clock is set by ${ms / HOUR_MS} h`, () => office.jump(ms));
  }
  if (random.chance(0.15)) listedWhileKept(office, anyTime(), at);
  if (random.chance(0.1)) correctedWhileWaiting(office, anyTime(), at);
  if (random.chance(0.1)) at(anyTime(), null, () => publishedTwice(office));
  if (random.chance(0.2)) receiverFails(office, anyTime(), at);
  if (office.isPrivate && office.habits.chance(0.1))
    at(anyHour(office, fromMs), null, () => office.anonymise());
  if (office.habits.chance(0.1)) steadyBeacon(office, anyHour(office, fromMs), at);
  if (office.habits.chance(0.3)) at(anyHour(office, fromMs), null, () => office.acknowledge());
  if (office.whims.chance(0.3))
    at(fromMs + office.whims.from(MINUTE_MS, DAY_MS - MINUTE_MS), null, () => office.acknowledgeOver());
  if (office.whims.chance(0.15))
    at(fromMs + office.whims.from(MINUTE_MS, DAY_MS - MINUTE_MS), null, () => letThrough(office));
  for (let i = office.whims.from(0, 2); i > 0; i -= 1)
    at(fromMs + office.whims.from(MINUTE_MS, DAY_MS - MINUTE_MS), null, () => {
      const { attackers, fronts, own } = office.names;
      askNow(
        office,
        office.whims.pick(network.machines),
        office.whims.pick([...attackers, ...fronts, ...own]),
        'ANY',
      );
    });
  if (office.isBehindBox)
    for (let i = office.boxes.from(0, 2); i > 0; i -= 1)
      at(fromMs + office.boxes.from(MINUTE_MS, DAY_MS - MINUTE_MS), null, () => handOver(office));
  const { boxes } = office;
  const anyMoment = (): number => fromMs + boxes.from(MINUTE_MS, DAY_MS - MINUTE_MS);
  if (office.isPrivate && boxes.chance(0.15)) at(anyMoment(), null, () => acrossPseudonyms(office));
  if (boxes.chance(0.15)) renamedWhileTold(office, anyMoment(), at);
  if (boxes.chance(0.15)) renamedWhileSeen(office, anyMoment(), at);
  planTurns(office, fromMs, at);
  planKeeps(office, fromMs, at);
  planShares(office, fromMs, at);
  planned.push(...office.later.splice(0));
  planned.sort((a, b) => a.atMs - b.atMs);
  const tomorrow = planned.findIndex(({ atMs }) => atMs >= fromMs + DAY_MS);
  if (tomorrow >= 0) office.later.push(...planned.splice(tomorrow));
  return planned;
}

const anyHour = ({ habits }: OfficeDays, fromMs: number): number =>
  fromMs + habits.from(MINUTE_MS, DAY_MS - MINUTE_MS);

/** Somebody works for some hours: pages, ads on them, now and then what attackers sent. */
function people(office: OfficeDays, machine: Machine, fromMs: number, at: At): void {
  const { random } = office;
  if (random.chance(0.3)) return;
  const beginMs = fromMs + random.from(7, 10) * HOUR_MS;
  for (let i = random.from(1, 5); i > 0; i -= 1)
    at(beginMs + random.from(0, 9 * HOUR_MS), null, async () => {
      const { names } = office;
      for (let pages = random.from(1, 3); pages > 0; pages -= 1) {
        const kind = random.next();
        const from =
          kind < 0.5
            ? names.everyday
            : kind < 0.65
              ? names.ads
              : kind < 0.85
                ? names.attackers
                : kind < 0.95
                  ? names.fronts
                  : names.own;
        visit(office, machine, random.pick(from));
      }
      await office.turn();
    });
}

/** All attempts of one visit, from one of the machine's addresses. */
function visit(office: OfficeDays, machine: Machine, name: string): void {
  const { random } = office;
  if (machine.addresses.length === 0) return;
  const ip = random.pick(machine.addresses);
  for (const type of random.pick(TYPES_OF_A_VISIT)) {
    office.ask(machine, ip, name, type, random.chance(0.05) ? 'tcp' : 'udp');
    if (random.chance(0.3)) office.pass(random.from(1, 900));
  }
  if (random.chance(0.1)) {
    // A stub that asks again.
    office.pass(5000);
    office.ask(machine, ip, name, 'A');
  }
  if (!random.chance(0.02)) return;
  for (let i = 0; i < 30; i += 1) office.ask(machine, ip, name, 'A');
  // What is turned away for being asked too fast looks like a long answer over UDP.
  office.pass(6000);
}

/** Malware calls home by the clock, for a while. */
function beacon(office: OfficeDays, fromMs: number, at: At): void {
  const { random } = office;
  const machine = random.pick(office.network.machines);
  const name = random.pick(office.names.attackers);
  const intervalMs = random.pick(BEACON_MS);
  for (let i = random.from(3, 20); i > 0; i -= 1)
    at(fromMs + i * intervalMs * (1 + 0.1 * random.next()), null, async () => {
      askNow(office, machine, name);
      await office.turn();
    });
}

/** By the clock, more or less, also with hours between: of all names that attackers sent it knows one. */
function steadyBeacon(office: OfficeDays, fromMs: number, at: At): void {
  const { habits } = office;
  const machine = habits.pick(office.network.machines);
  const name = habits.pick(office.names.attackers);
  const intervalMs = habits.pick(STEADY_MS);
  let atMs = fromMs;
  for (let i = habits.from(8, 24); i > 0; i -= 1) {
    at(atMs, null, () => askNow(office, machine, name));
    atMs += intervalMs * (1 + 0.06 * (habits.next() - 0.5));
  }
}

async function change(office: OfficeDays): Promise<void> {
  const deed = office.admin.deed();
  if (deed === null) return;
  office.tell(deed.text);
  office.use();
  // Sometimes the next comes at once, while searches for this one go on.
  if (office.random.chance(0.7)) await office.turn();
}

async function letThrough(office: OfficeDays): Promise<void> {
  const { admin, whims } = office;
  office.tell(admin.letThrough(whims.pick([...admin.office.groups])).text);
  office.use();
  await office.turn();
}

/** Machines come, go, change addresses and names. */
async function moveAbout(office: OfficeDays): Promise<void> {
  const { random, network } = office;
  const machine = random.pick(network.machines);
  const other = random.pick(network.machines);
  const turns: Readonly<Record<string, () => void>> = {
    'comes or goes': () =>
      machine.addresses.length > 0 ? network.leave(machine, random.chance(0.3)) : network.arrive(machine),
    moves: () => network.move(machine),
    [`has the address of ${other.mac}, which has its`]: () => network.swap(machine, other),
    'has a further address': () => network.privacyAddress(machine),
    'calls itself otherwise': () => network.rename(machine, `renamed-${random.from(0, 99)}`),
    'takes an address that is another’s': () => network.squat(machine),
  };
  const [text, turn] = random.pick(Object.entries(turns));
  office.pass(1000);
  await office.turn();
  turn();
  office.tell(`${machine.mac} ${text}: ${machine.addresses.join(', ')}`);
  office.lookAround();
  office.pass(1000);
}

/** One machine asks for one name before and after the history is kept under pseudonyms, or no more. */
async function acrossPseudonyms(office: OfficeDays): Promise<void> {
  const { boxes, network, names } = office;
  const machine = boxes.pick(network.machines);
  const name = listedName(office) ?? boxes.pick(names.attackers);
  office.toHunt.push(name);
  askNow(office, machine, name);
  office.pass(boxes.from(50, 3000));
  await office.anonymise();
  office.pass(boxes.from(50, 3000));
  askNow(office, machine, name);
}

/** A receiver that was told of an incident gets another name, and more is asked for. */
function renamedWhileTold(office: OfficeDays, fromMs: number, at: At): void {
  const { boxes, network, names, admin } = office;
  const machine = boxes.pick(network.machines);
  const name = boxes.pick(names.attackers);
  const receiver = boxes.pick(admin.office.receivers);
  at(fromMs, null, () => askNow(office, machine, name));
  at(fromMs + MINUTE_MS, null, () => {
    office.tell(admin.nameAgain(receiver).text);
    office.use();
  });
  at(fromMs + 10 * MINUTE_MS, null, () => askNow(office, machine, name));
}

/** Somebody has seen an incident; its list gets another name, and the same is asked for. */
function renamedWhileSeen(office: OfficeDays, fromMs: number, at: At): void {
  const { boxes, network, admin } = office;
  const machine = boxes.pick(network.machines);
  const list = boxes.pick(admin.office.lists.filter(({ action }) => action !== 'allow'));
  const listed = list.entries.find(({ isNetwork, types }) => !isNetwork && types === null);
  if (listed === undefined) return;
  const ask = (): void => askNow(office, machine, listed.text);
  at(fromMs, null, ask);
  at(fromMs + 2 * MINUTE_MS, null, () => office.acknowledgeLatest());
  at(fromMs + 3 * MINUTE_MS, null, () => {
    if (!admin.office.lists.includes(list)) return;
    office.tell(admin.rename(list).text);
    office.use();
  });
  at(fromMs + 20 * MINUTE_MS, null, ask);
}

/** Two machines behind a box have each other's addresses, and perhaps their own again, while both ask. */
async function handOver(office: OfficeDays): Promise<void> {
  const { boxes, network, names } = office;
  const two = [boxes.pick(network.machines), boxes.pick(network.machines)] as const;
  const ask = (): void => {
    for (const machine of two) askNow(office, machine, boxes.pick([...names.attackers, ...names.ads]));
  };
  ask();
  for (let i = boxes.from(1, 3); i > 0; i -= 1) {
    // Times are whole milliseconds: no address is another's twice in one.
    office.pass(boxes.from(1, 3000));
    network.swap(...two);
    office.tell(`${two[0].mac} and ${two[1].mac} change addresses`);
    ask();
  }
  office.lookAround();
  await office.turn();
}

/** In the middle of something, as a rule. */
async function killed(office: OfficeDays): Promise<void> {
  const { random, network, names } = office;
  await office.turn();
  office.pass(random.from(0, 50_000));
  await office.turn();
  if (random.chance(0.8))
    visit(office, random.pick(network.machines), listedName(office) ?? random.pick(names.attackers));
  if (random.chance(0.2)) await office.turn();
  // What the journal alone has, and by the time that it is read another machine is there.
  const moved = office.habits.chance(0.5) ? office.habits.pick(network.machines) : null;
  if (moved !== null) visit(office, moved, listedName(office) ?? random.pick(names.attackers));
  await office.kill(moved);
}

/** As a rule one that a list has now; null: whichever it may be. */
function listedName({ random, admin }: OfficeDays): string | null {
  const listed = admin.office.lists
    .filter(({ action, alert }) => action !== 'allow' && alert)
    .flatMap(({ entries }) => entries.flatMap(({ text, isNetwork }) => (isNetwork ? [] : [text])));
  return listed.length > 0 && random.chance(0.8) ? random.pick(listed) : null;
}

function locked(office: OfficeDays, fromMs: number, at: At): void {
  const { random, network, names } = office;
  at(fromMs, 'the store is locked', async () => {
    office.lock();
    visit(office, random.pick(network.machines), random.pick(names.attackers));
    await office.turn();
    await office.acknowledge();
    const { waiting } = await office.cenote.question({ what: 'coverage', of: 'hits', sinceMs: 0 });
    const { pending } = await office.cenote.question({ what: 'state' });
    office.report.same('coverage', waiting, pending, () => 'hits that wait for the store');
  });
  at(fromMs + random.from(10_000, 5 * MINUTE_MS), 'the store is unlocked', () => office.unlock());
}

function receiverFails(office: OfficeDays, fromMs: number, at: At): void {
  const { random, receivers } = office;
  const place = random.from(0, 1);
  at(fromMs, `receiver ${place} fails`, () => receivers.fail(place));
  at(fromMs + random.from(1, 12) * HOUR_MS, `receiver ${place} works`, () =>
    receivers.work(place, office.atMs),
  );
}

/** A name is asked for and kept; what it leads to is listed; it is asked for again while the answer would still do. */
function listedWhileKept(office: OfficeDays, fromMs: number, at: At): void {
  const { random, habits, network, names } = office;
  const machine = random.pick(network.machines);
  const any = random.pick([...names.fronts, ...names.own, ...names.attackers]);
  // Own aliases are few among all names, and would hardly ever come.
  const name = habits.chance(0.5) ? habits.pick(names.own.slice(0, 2)) : any;
  const ask = (): void => askNow(office, machine, name);
  at(fromMs, null, ask);
  at(fromMs + 20_000, null, () => {
    const target =
      leadsTo(names, ownTarget(office, name) ?? name).aliases.at(-1) ?? ownTarget(office, name) ?? name;
    const deed = office.admin.list(target);
    if (deed === null) return;
    office.tell(deed.text);
    office.use();
  });
  at(fromMs + 40_000, null, ask);
}

function askNow(office: OfficeDays, machine: Machine, name: string, type: TypeName = 'A'): void {
  const [ip] = machine.addresses;
  if (ip !== undefined) office.ask(machine, ip, name, type);
}

const ownTarget = ({ names }: OfficeDays, name: string): string | null => {
  const record = names.ownRecords.map((text) => text.split(' ')).find(([owner]) => owner === name);
  return record?.[1] === 'CNAME' ? (record[2] ?? null) : null;
};

/** Notices wait for a receiver whose URL is wrong, and it is corrected. */
function correctedWhileWaiting(office: OfficeDays, fromMs: number, at: At): void {
  const { random, network, names, receivers, admin } = office;
  const place = random.from(0, 1);
  const machine = random.pick(network.machines);
  const ask = (): void => askNow(office, machine, listedName(office) ?? random.pick(names.attackers));
  at(fromMs, `receiver ${place} fails`, () => receivers.fail(place));
  at(fromMs + 5000, null, ask);
  // Also while the first notice still waits for company.
  const correctedMs = office.habits.chance(0.3) ? 5000 + office.habits.from(1500, 4500) : 60_000;
  at(fromMs + correctedMs, null, () => {
    const receiver = admin.office.receivers[place];
    if (receiver === undefined) return;
    office.tell(admin.correct(receiver).text);
    office.use();
  });
  at(fromMs + 90_000, `receiver ${place} works`, () => receivers.work(place, office.atMs));
  at(fromMs + 10 * MINUTE_MS, null, ask);
}

async function publishedTwice(office: OfficeDays): Promise<void> {
  const asked = office.ledger.askings
    .filter(({ standing }) => standing === 'unlisted')
    .map(({ name }) => name);
  const names = [...new Set(asked)].filter((name) => office.names.attackers.includes(name));
  const deed = office.admin.publishTwice(names.slice(0, 3));
  if (deed === null) return;
  office.tell(deed.text);
  office.use();
  await office.turn();
}
