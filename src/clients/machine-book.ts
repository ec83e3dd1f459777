// Machines and their addresses over time: what is seen of the network at a moment becomes bindings that begin and end.
//
//   an address is seen with a stronger key than its machine has → the machine is completed (it keeps its id)
//   … with the key of another machine → if the holder was known by the address alone and asked lately, and not beside it, both are
//     one: merged; else the address changed hands: the old binding ends, a new one begins
//   an address is not seen any more → nothing is taken away; its binding ends when somebody else has it, when its machine has
//     another IPv4 address instead, or after an hour
// Time is an argument everywhere. Nothing here reads files or waits.
import type { KnownClient } from '../policy/groups.ts';
import { addressToText } from '../wire/names/address.ts';
import {
  askedElsewhere,
  bestName,
  hasMovedTo,
  isSame,
  NAME_STRENGTH,
  nameSaid,
  strength,
  toldBetween,
  wasRenamed,
} from './evidence.ts';
import {
  type Asked,
  type Binding,
  correctedBy,
  type Identity,
  idOfAddress,
  idOfKey,
  type Machine,
  type MachineUpdate,
  NotedChanges,
  nameHere,
} from './machine.ts';
import { MachineLife, tooManyLost } from './machine-life.ts';
import { MachineTable } from './machine-table.ts';
import type { Observation } from './merge.ts';

/** A lease that ended or a neighbour that is gone: its machine may be asleep, and is believed to come back to its address. */
const LOST_MS = 3_600_000;
/** Whoever asked longer ago than this and was known by an address alone need not be the machine that is known there now. */
const SILENT_MS = 3_600_000;
/** Machines known by an address alone: a forged source an address must not fill memory. Those that asked first are forgotten. */
const ADDRESS_ONLY_MAX = 16_384;
/** A clock that was set back by more than this; less is what NTP does. */
const JUMP_MS = 2000;

export class MachineBook {
  readonly table: MachineTable = new MachineTable();
  readonly #byKey = new Map<string, string>();
  /** Bindings that have not ended, by address. */
  readonly #open = new Map<string, Binding>();
  /** Address → when it was first not seen any more. */
  readonly #lost = new Map<string, number>();
  /** Address with a binding that has not ended → when it asked last. */
  readonly #askedMs = new Map<string, number>();
  /** Addresses whose machine is known by nothing else, the oldest first. */
  readonly #addressOnly = new Set<string>();
  #lookedMs: number | null = null;
  /** Addresses that anything was known of at the last look. */
  #present: ReadonlySet<string> = new Set();
  readonly #life = new MachineLife(this.table);
  readonly #changes: NotedChanges = new NotedChanges((update) => this.table.apply(update));

  /** @param earlier what an earlier start kept */
  constructor(earlier: MachineUpdate) {
    this.table.apply(earlier);
    for (const { key, id } of this.table.machines) if (key !== null) this.#byKey.set(key, id);
    for (const binding of earlier.bindings) this.#remember(binding);
  }

  /** Those at addresses now, for groups: also those that are asleep. What another site calls a machine puts it into no group. */
  get known(): readonly KnownClient[] {
    return [...this.#open.values()].flatMap(({ address, who }): KnownClient[] => {
      const [name, mac] = [nameHere(who), who.mac];
      return name === null && mac === null ? [] : [{ address, name, mac }];
    });
  }

  /** Who is at which address now, as far as anybody knows. */
  get held(): Iterable<Binding> {
    return this.#open.values();
  }

  /** @param seen all addresses that anything is known of, each once @returns what changed; null: nothing */
  observe(seen: readonly Observation[], nowMs: number): MachineUpdate | null {
    this.#watchClock(nowMs);
    const present = new Set(seen.map(({ address }) => addressToText(address)));
    this.#present = present;
    for (const one of seen) this.#see(addressToText(one.address), one, nowMs);
    for (const [ip, binding] of this.#open) if (!present.has(ip)) this.#miss(ip, binding, present, nowMs);
    for (const [ip, binding] of tooManyLost(this.#open, this.#lost.keys(), present))
      this.#end(ip, binding, nowMs);
    this.#lookedMs = nowMs;
    return this.#changes.drain();
  }

  /** Addresses that asked something. @returns what changed; null: nothing */
  asked(addresses: readonly Asked[]): MachineUpdate | null {
    for (const { address, firstMs, lastMs } of addresses) {
      const ip = addressToText(address);
      let open = this.#open.get(ip);
      if (open === undefined) {
        // What was asked before that was asked by whoever had the address then.
        const leftMs = this.table.leftMs(address);
        if (lastMs < leftMs) continue;
        const id = idOfAddress(address, leftMs);
        const fromMs = Math.max(firstMs, leftMs);
        this.#changes.machine({
          id,
          key: null,
          name: null,
          nameFrom: null,
          mac: null,
          firstMs: fromMs,
          lastMs,
        });
        open = { address, who: { id, name: null, nameFrom: null, mac: null }, fromMs, toMs: null };
        this.#replace(open);
        this.#limit();
      }
      this.#askedMs.set(ip, Math.max(lastMs, this.#askedMs.get(ip) ?? 0));
      const machine = this.#machineOf(open);
      if (machine !== null && lastMs > machine.lastMs) this.#changes.machine({ ...machine, lastMs });
    }
    return this.#changes.drain();
  }

  forget(spanMs: number, nowMs: number): MachineUpdate | null {
    const update = this.#life.forget(spanMs, nowMs);
    if (update === null) return null;
    for (const [key, id] of this.#byKey) if (this.table.machine(id) === null) this.#byKey.delete(key);
    return update;
  }

  #see(ip: string, one: Observation, nowMs: number): void {
    let open = this.#open.get(ip);
    const holder = open === undefined ? null : this.#machineOf(open);
    if (open !== undefined && holder !== null && this.#isWeaker(ip, one, holder, nowMs)) return;
    const machine = this.#withKeys(this.#machineFor(one, open, holder, nowMs), one.alsoKeys);
    // A merge has given the binding to the other machine.
    open = this.#open.get(ip);
    this.#lost.delete(ip);
    const { name, nameFrom } = nameSaid(one, open, machine);
    const mac = one.mac ?? machine.mac;
    const by = one.through === null ? {} : { through: one.through };
    const who: Identity = { id: machine.id, name, nameFrom, mac, ...by };
    if (open !== undefined && isSame(open.who, who)) return;
    // It was not there, or did not ask through a neighbour, at the last look: whoever asked since was already it.
    const isSince = open === undefined || (one.through !== null && open.who.id === machine.id);
    const fromMs = isSince
      ? Math.max(open?.fromMs ?? this.table.leftMs(one.address), this.#lookedMs ?? nowMs)
      : toldBetween(one, open, nowMs);
    if (open !== undefined) this.#end(ip, open, fromMs);
    else if (this.#lookedMs !== null)
      this.#join(idOfAddress(one.address, this.table.leftMs(one.address)), machine.id);
    this.#replace({ address: one.address, who, fromMs, toMs: null });
    this.#changes.machine({
      ...machine,
      ...bestName(machine, [who, ...this.#openOf(machine.id).map((binding) => binding.who)]),
      mac: machine.mac ?? who.mac,
      lastMs: nowMs,
    });
  }

  /** What its machine is known by is not seen now, only less of it: as if it were not seen, until that has lasted for long. */
  #isWeaker(ip: string, { key }: Observation, holder: Machine, nowMs: number): boolean {
    if (strength(key) >= strength(holder.key)) return false;
    const known = key === null ? undefined : this.#byKey.get(key);
    // A DUID that is known says who it is as well as a MAC; a name of the configuration stays with the address.
    if (known !== undefined && (known === holder.id || strength(key) > NAME_STRENGTH)) return false;
    const lostMs = this.#lost.get(ip) ?? nowMs;
    this.#lost.set(ip, lostMs);
    return nowMs - lostMs < LOST_MS;
  }

  #machineFor(one: Observation, open: Binding | undefined, holder: Machine | null, nowMs: number): Machine {
    const { key, mac, address } = one;
    const fresh = (id: string): Machine => {
      const machine = { id, key, name: null, nameFrom: null, mac, firstMs: nowMs, lastMs: nowMs };
      if (key !== null) this.#byKey.set(key, id);
      return this.#changes.machine(machine);
    };
    if (key === null) {
      const isOther =
        holder === null || holder.key !== null || (open !== undefined && wasRenamed(open.who, one));
      if (!isOther) return holder;
      const leftMs = open === undefined ? this.table.leftMs(address) : nowMs;
      const id = idOfAddress(address, leftMs);
      return this.table.machine(id) ?? fresh(id);
    }
    const known = this.table.machine(this.#byKey.get(key) ?? '');
    const isOpenForMore =
      holder !== null && strength(holder.key) < strength(key) && nowMs - holder.lastMs <= SILENT_MS;
    if (known !== null) {
      const all = this.#openOf(known.id);
      const wasElsewhere = open !== undefined && askedElsewhere(open, all, this.#present, this.#askedMs);
      if (isOpenForMore && known.id !== holder.id && !wasElsewhere) this.#merge(holder, known);
      return known;
    }
    if (!isOpenForMore) return fresh(idOfKey(key));
    this.#byKey.set(key, holder.id);
    return this.#changes.machine({ ...holder, key, mac: mac ?? holder.mac });
  }

  /** Further keys are its own, and so is what is known by one of them alone. */
  #withKeys(machine: Machine, keys: readonly string[]): Machine {
    for (const key of keys) {
      const other = this.table.machine(this.#byKey.get(key) ?? '') ?? machine;
      if (other.id !== machine.id && other.key !== key) continue;
      if (other.id !== machine.id) this.#merge(other, this.table.machine(machine.id) ?? machine);
      this.#byKey.set(key, machine.id);
    }
    return this.table.machine(machine.id) ?? machine;
  }

  #openOf(id: string): Binding[] {
    return this.table.bindingsOf(id).filter(({ toMs }) => toMs === null);
  }

  #miss(ip: string, binding: Binding, present: ReadonlySet<string>, nowMs: number): void {
    const machine = this.#machineOf(binding);
    if (machine === null || this.#addressOnly.has(ip)) return;
    const lostMs = this.#lost.get(ip) ?? nowMs;
    this.#lost.set(ip, lostMs);
    const hasMoved = hasMovedTo(ip, this.#openOf(machine.id), present, this.#lookedMs ?? 0);
    if (hasMoved || nowMs - lostMs >= LOST_MS) this.#end(ip, binding, nowMs);
  }

  #merge(from: Machine, into: Machine): void {
    for (const binding of this.table.bindingsOf(from.id))
      this.#replace({ ...binding, who: { ...binding.who, id: into.id } });
    this.#changes.machine({
      ...into,
      firstMs: Math.min(from.firstMs, into.firstMs),
      lastMs: Math.max(from.lastMs, into.lastMs),
    });
    this.#changes.merge({ from: from.id, into: into.id });
  }

  /** Records of a moment ago have the id of an address that nothing was known of. */
  #join(from: string, into: string): void {
    if (from === into || this.table.machine(from) !== null) return;
    this.#changes.merge({ from, into });
  }

  /** A clock that was set back: what has already happened did not happen in the future. */
  #watchClock(nowMs: number): void {
    if (this.#lookedMs === null || nowMs >= this.#lookedMs - JUMP_MS) return;
    this.#lookedMs = nowMs;
    for (const [ip, lostMs] of this.#lost) this.#lost.set(ip, Math.min(lostMs, nowMs));
    for (const machine of [...this.table.machines])
      if (machine.lastMs > nowMs)
        this.#changes.machine({ ...machine, firstMs: Math.min(machine.firstMs, nowMs), lastMs: nowMs });
    for (const binding of this.table.snapshot(nowMs).bindings)
      for (const corrected of correctedBy(binding, nowMs)) this.#replace(corrected);
  }

  #machineOf({ who }: Binding): Machine | null {
    return this.table.machine(who.id);
  }

  #end(ip: string, binding: Binding, nowMs: number): void {
    this.#lost.delete(ip);
    this.#replace({ ...binding, toMs: Math.max(nowMs, binding.fromMs) });
  }

  #replace(binding: Binding): void {
    this.#changes.binding(binding);
    this.#remember(binding);
  }

  #remember(binding: Binding): void {
    const ip = addressToText(binding.address);
    this.#addressOnly.delete(ip);
    if (binding.toMs !== null) {
      if (this.#open.get(ip)?.fromMs === binding.fromMs) {
        this.#open.delete(ip);
        this.#askedMs.delete(ip);
      }
      return;
    }
    this.#open.set(ip, binding);
    const { name, mac } = binding.who;
    if (name === null && mac === null && this.#machineOf(binding)?.key === null) this.#addressOnly.add(ip);
  }

  #limit(): void {
    while (this.#addressOnly.size > ADDRESS_ONLY_MAX) {
      const [ip = ''] = this.#addressOnly;
      const binding = this.#open.get(ip);
      this.#addressOnly.delete(ip);
      if (binding === undefined) continue;
      this.#replace({ ...binding, toMs: binding.fromMs });
      // Who asks from there again has the same id, which says no more than the address.
      if (this.#machineOf(binding)?.key === null && this.#openOf(binding.who.id).length === 0)
        this.#changes.forget(binding.who.id);
    }
  }
}
