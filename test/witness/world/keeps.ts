// What an incident keeps: the name of its machine when the lease is gone and all else of machines is forgotten, who is told of it when its
// machine is in another group, and when it was asked over a kill.
import type { OfficeDays } from '../office.ts';
import type { At } from './day.ts';
import type { Machine } from './network.ts';
import type { Entry, List } from './rules.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

type Kind = (office: OfficeDays, fromMs: number, at: At) => void;

/** Each now and then. */
export function planKeeps(office: OfficeDays, fromMs: number, at: At): void {
  const { keeps } = office;
  for (const kind of KINDS)
    if (keeps.chance(0.15)) kind(office, fromMs + keeps.from(MINUTE_MS, 4 * HOUR_MS), at);
}

function ask(office: OfficeDays, machine: Machine, name: string): void {
  const [ip] = machine.addresses;
  if (ip !== undefined) office.ask(machine, ip, name, 'A');
}

/** Entries that any type is told of, with the list that has them. */
function entriesOf(lists: readonly List[]): { readonly list: List; readonly entry: Entry }[] {
  return lists
    .filter(({ action, alert }) => action !== 'allow' && alert)
    .flatMap((list) =>
      list.entries
        .filter(({ isNetwork, types }) => !isNetwork && types === null)
        .map((entry) => ({ list, entry })),
    );
}

/** Its name was said by a lease alone, which is gone; cenote starts anew without what it knew of machines. */
const named: Kind = (office, fromMs, at) => {
  const { keeps, admin, network } = office;
  const found = entriesOf(admin.office.lists);
  if (!office.isPrivate || found.length === 0) return;
  const { entry } = keeps.pick(found);
  const machine = keeps.pick(network.machines);
  at(fromMs, null, () => ask(office, machine, entry.text));
  at(fromMs + 2 * MINUTE_MS, 'cenote is restarted, and a lease is gone', async () => {
    if (admin.office.privacy === 'none') await office.anonymise();
    for (const [ip, { mac }] of network.leases) if (mac === machine.mac) network.leases.delete(ip);
    await office.restart();
  });
  at(fromMs + 8 * MINUTE_MS, null, () => ask(office, machine, entry.text));
  at(fromMs + 3 * HOUR_MS, `${machine.mac} has a lease again`, async () => {
    const [ip] = machine.addresses;
    if (ip !== undefined && !network.leases.has(ip)) {
      network.leave(machine, false);
      network.arrive(machine, ip);
    }
    office.lookAround();
    if (admin.office.privacy !== 'none') await office.anonymise();
  });
};

/** One receiver is for what is grave in a group alone; a machine is in that for a while, and what is grave is asked for when it has left, in the same incident. */
const toldLater: Kind = (office, fromMs, at) => {
  const { keeps, admin, network } = office;
  const [servers] = admin.office.groups;
  const isFor = admin.office.receivers.some(({ groups, severity }) => groups !== null && severity === 'high');
  if (servers?.macs == null || !isFor) return;
  at(fromMs, null, async () => {
    const others = network.machines.filter(
      ({ mac, addresses }) => addresses.length > 0 && servers.macs?.includes(mac) === false,
    );
    const published = others.length === 0 ? null : admin.publishMildAndGrave(servers);
    if (published === null) return;
    office.tell(published.text);
    office.use();
    const machine = keeps.pick(others);
    const regroup = (): void => {
      office.tell(admin.regroup(machine.mac).text);
      office.use();
    };
    const steps = [
      regroup,
      () => ask(office, machine, published.mild),
      regroup,
      () => ask(office, machine, published.grave),
    ];
    for (const step of steps) {
      office.pass(MINUTE_MS);
      await office.turn();
      step();
    }
  });
};

/** It asks every few hours for one name, then for another one too; cenote is killed, and it goes on. */
const steady: Kind = (office, fromMs, at) => {
  const { keeps, admin, network } = office;
  const found = entriesOf(admin.office.lists);
  if (found.length === 0) return;
  const { list, entry } = keeps.pick(found);
  const others = entriesOf([list]).filter(
    (one) => one.entry !== entry && one.entry.campaign === entry.campaign,
  );
  if (others.length === 0) return;
  const other = keeps.pick(others).entry;
  const machine = keeps.pick(network.machines);
  const everyMs = keeps.pick([90 * MINUTE_MS, 2 * HOUR_MS]);
  for (let i = 0; i < 9; i += 1) at(fromMs + i * everyMs, null, () => ask(office, machine, entry.text));
  const lastMs = fromMs + 8 * everyMs;
  at(lastMs + keeps.pick([MINUTE_MS, 20 * MINUTE_MS]), null, () => ask(office, machine, other.text));
  at(lastMs + 22 * MINUTE_MS, 'cenote is killed', async () => {
    // What it noted is not from half an hour ago.
    await office.turn();
    await office.kill();
  });
  at(lastMs + everyMs, null, () => ask(office, machine, entry.text));
};

const KINDS: readonly Kind[] = [named, toldLater, steady];
