// Addresses that many have in turn, or ask from at once: a pool of short leases, a front for many, a box that nobody declared, a host of containers.
import type { OfficeDays } from '../office.ts';
import type { At } from './day.ts';
import type { Machine } from './network.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

type Kind = (office: OfficeDays, fromMs: number, at: At) => void;

/** Each now and then. */
export function planShares(office: OfficeDays, fromMs: number, at: At): void {
  const { shares } = office;
  for (const kind of KINDS)
    if (shares.chance(0.08)) kind(office, fromMs + shares.from(MINUTE_MS, 22 * HOUR_MS), at);
}

const anyName = ({ shares, names }: OfficeDays): string =>
  shares.pick([...names.attackers, ...names.attackers, ...names.fronts, ...names.ads, ...names.everyday]);

const present = ({ network }: OfficeDays): Machine[] =>
  network.machines.filter(({ addresses }) => addresses.length > 0);

/** One address is one machine's after the other, for seconds or milliseconds each, as in a pool of VPN addresses that is too small. */
const pooled: Kind = (office, fromMs, at) => {
  const { shares, network } = office;
  at(fromMs, null, async () => {
    const turns = present(office);
    const ip = turns[0]?.addresses[0];
    if (ip === undefined || turns.length < 2) return;
    const name = anyName(office);
    for (let i = shares.from(3, 8); i > 0; i -= 1) {
      const next = shares.pick(turns);
      const before = network.holder(ip);
      // Times are whole milliseconds: an address is nobody's twice in one.
      office.pass(shares.pick([1, 40, 900, 5000, 20_000]));
      if (shares.chance(0.5)) await office.turn();
      if (before !== null && before !== next) network.leave(before, false);
      if (network.holder(ip) === null) network.take(next, ip);
      office.tell(`${next.mac} has ${ip} of the pool`);
      office.lookAround();
      office.ask(next, ip, shares.chance(0.6) ? name : anyName(office), 'A');
    }
    office.pass(1);
    for (const machine of turns) network.arrive(machine);
    office.lookAround();
  });
};

/** Many ask through a front that takes DNS over HTTPS and was declared: each is whoever it says. */
const fronted: Kind = (office, fromMs, at) => {
  const { shares } = office;
  if (office.isBehindBox) return;
  at(fromMs, null, () => {
    const machines = present(office);
    const name = anyName(office);
    if (machines.length === 0) return;
    for (let i = shares.from(4, 12); i > 0; i -= 1) {
      const machine = shares.pick(machines);
      office.ask(
        machine,
        shares.pick(machine.addresses),
        shares.chance(0.5) ? name : anyName(office),
        'A',
        'https',
      );
      office.pass(shares.from(0, 400));
    }
  });
};

/** A box that nobody declared says for whom it asks: what it says may be a lie, and it is the box that asked. */
const undeclared: Kind = (office, fromMs, at) => {
  const { shares } = office;
  if (office.isBehindBox) return;
  at(fromMs, null, () => {
    const machines = present(office);
    if (machines.length < 2) return;
    const box = shares.pick(machines);
    for (let i = shares.from(3, 10); i > 0; i -= 1) {
      const machine = shares.pick(machines);
      const ip = shares.pick(machine.addresses);
      office.ask(box, shares.pick(box.addresses), anyName(office), 'A', 'udp', { machine, ip });
      office.pass(shares.from(0, 400));
    }
  });
};

/** Containers ask from their host's address, some at once: nobody outside can tell them apart, and the host is who asked. */
const contained: Kind = (office, fromMs, at) => {
  const { shares } = office;
  at(fromMs, null, () => {
    const machines = present(office);
    if (machines.length === 0) return;
    const host = shares.pick(machines);
    const [ip] = host.addresses;
    if (ip === undefined) return;
    const own = Array.from({ length: shares.from(2, 5) }, () => anyName(office));
    for (let i = 0; i < 4; i += 1) {
      for (const name of own)
        office.ask(host, ip, name, shares.pick(['A', 'AAAA'] as const), shares.pick(['udp', 'tcp'] as const));
      office.pass(shares.from(1500, 4000));
    }
  });
};

const KINDS: readonly Kind[] = [pooled, fronted, undeclared, contained];
