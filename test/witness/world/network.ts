// The machines of an office, the addresses they have, and what a DHCP server and the kernel say of that.
import type { Random } from '../random.ts';

export interface Machine {
  readonly mac: string;
  /** What it calls itself now, and everything it ever did. */
  hostName: string;
  readonly hostNames: Set<string>;
  /** The IPv4 address first. */
  readonly addresses: string[];
}

interface Lease {
  readonly mac: string;
  readonly name: string;
}

const FIRST_HOST = 10;

export class Network {
  readonly machines: readonly Machine[];
  /** Address → what the DHCP server's file says. */
  readonly leases = new Map<string, Lease>();
  /** Address → MAC, as the kernel has it. */
  readonly neighbours = new Map<string, string>();
  readonly #random: Random;
  /** Few more than there are machines, so that addresses change hands. */
  readonly #pool: readonly string[];
  #sixes = 0;

  constructor(random: Random, size: number) {
    this.#random = random;
    this.machines = Array.from({ length: size }, (_, i): Machine => {
      // Some call themselves the same.
      const hostName = i > 0 && random.chance(0.15) ? 'machine-0' : `machine-${i}`;
      const mac = `02:00:00:00:00:${(16 + i).toString(16)}`;
      return { mac, hostName, hostNames: new Set([hostName]), addresses: [] };
    });
    this.#pool = Array.from({ length: size + 2 }, (_, i) => `192.0.2.${FIRST_HOST + i}`);
    for (const machine of this.machines) this.arrive(machine);
  }

  /** Who is at an address. */
  holder(ip: string): Machine | null {
    return this.machines.find(({ addresses }) => addresses.includes(ip)) ?? null;
  }

  arrive(machine: Machine, ip: string | null = this.#freeAddress(machine)): void {
    if (ip === null || machine.addresses.length > 0) return;
    machine.addresses.unshift(ip);
    this.neighbours.set(ip, machine.mac);
    this.#lease(ip, machine);
    if (this.#random.chance(0.4)) this.privacyAddress(machine);
  }

  /** @param stale the DHCP server has not noticed */
  leave(machine: Machine, stale: boolean): void {
    for (const ip of machine.addresses) {
      this.neighbours.delete(ip);
      if (!stale) this.leases.delete(ip);
    }
    machine.addresses.length = 0;
  }

  move(machine: Machine): void {
    const ip = this.#freeAddress(machine);
    if (ip === null || machine.addresses.length === 0) return;
    this.leave(machine, false);
    this.arrive(machine, ip);
  }

  /** Two machines have each other's addresses. */
  swap(one: Machine, other: Machine): void {
    const [first] = one.addresses;
    const [second] = other.addresses;
    if (first === undefined || second === undefined || one === other) return;
    this.leave(one, false);
    this.leave(other, false);
    this.arrive(one, second);
    this.arrive(other, first);
  }

  /** Takes the address of a machine that is away and whose lease is still there, without asking the DHCP server. */
  squat(machine: Machine): void {
    const ip = [...this.leases.keys()].find((leased) => this.holder(leased) === null);
    if (ip === undefined || machine.addresses.length === 0) return;
    this.leave(machine, false);
    machine.addresses.unshift(ip);
    this.neighbours.set(ip, machine.mac);
  }

  privacyAddress(machine: Machine): void {
    if (machine.addresses.length === 0) return;
    this.#sixes += 1;
    const ip = `2001:db8::${this.#sixes.toString(16)}`;
    machine.addresses.push(ip);
    this.neighbours.set(ip, machine.mac);
  }

  /** A machine has an address that is free: another's until a moment ago. */
  take(machine: Machine, ip: string): void {
    this.leave(machine, false);
    this.arrive(machine, ip);
  }

  /** Its oldest privacy address is gone, and a new one there. */
  rotate(machine: Machine): void {
    const at = machine.addresses.findIndex((ip) => ip.includes(':'));
    if (at >= 0) for (const ip of machine.addresses.splice(at, 1)) this.neighbours.delete(ip);
    this.privacyAddress(machine);
  }

  rename(machine: Machine, hostName: string): void {
    machine.hostName = hostName;
    machine.hostNames.add(hostName);
    const [ip] = machine.addresses;
    if (ip !== undefined && this.leases.get(ip)?.mac === machine.mac) this.#lease(ip, machine);
  }

  /** The file of a DHCP server, as dnsmasq writes it. @param endsMs of all leases, wall clock */
  leaseFile(endsMs: number): string {
    return [...this.leases]
      .map(([ip, { mac, name }]) => `${Math.floor(endsMs / 1000)} ${mac} ${ip} ${name} *\n`)
      .join('');
  }

  /** As dnsmasq does: one lease a machine, and a name is the last one's who claims it. */
  #lease(ip: string, { mac, hostName }: Machine): void {
    for (const [other, lease] of this.leases) {
      if (lease.mac === mac) this.leases.delete(other);
      else if (lease.name === hostName) this.leases.set(other, { ...lease, name: '*' });
    }
    this.leases.set(ip, { mac, name: hostName });
  }

  /** One that somebody else had, if there is one. */
  #freeAddress(machine: Machine): string | null {
    const free = this.#pool.filter((ip) => this.holder(ip) === null);
    const others = free.filter((ip) => this.leases.has(ip) && this.leases.get(ip)?.mac !== machine.mac);
    if (others.length > 0 && this.#random.chance(0.5)) return this.#random.pick(others);
    return free.length === 0 ? null : this.#random.pick(free);
  }
}
