// Which machine an address was at a moment: bindings by address and time, looked up by whoever has a record with both.
//
// The main thread keeps it and passes on what changes; the desk's has the same content a moment later. A record that was made
// before the change is resolved to what held then, because it is looked up with its own time.
import { textToAddress } from '../wire/names/address.ts';
import { clientMac, clientName } from './client-name.ts';
import {
  type Binding,
  type Identity,
  idOfAddress,
  type Machine,
  MachineIds,
  type MachineUpdate,
  type Merge,
  nameHere,
} from './machine.ts';
import { RecentHolders } from './recent-holders.ts';
import type { Session } from './users/session.ts';
import { endOf, SessionTable } from './users/session-table.ts';

/** Identities of addresses that nothing is known of; past it they are made anew. */
const UNKNOWN_MAX = 65_536;
const NOBODY: readonly Session[] = [];

/** How much there is of each; of sessions, the keys that they are found by. */
export interface Counts {
  readonly machines: number;
  readonly bindings: number;
  readonly sessions: number;
}

export class MachineTable {
  /** By address (its octets as a string), oldest first. */
  readonly #bindings = new Map<string, Binding[]>();
  /** Machine → the keys of `#bindings` that it has or had. */
  readonly #addressesOf = new Map<string, Set<string>>();
  /** Bindings in all. */
  #count = 0;
  readonly #machines = new Map<string, Machine>();
  readonly #ids = new MachineIds();
  readonly #unknown = new Map<string, Identity>();
  readonly #recent = new RecentHolders();
  /** What is not 0 stands in the ids of addresses, so that they are none of an earlier start's, whose machines are forgotten. */
  #beganMs = 0;
  /** Users that are and were logged on. */
  readonly sessions: SessionTable = new SessionTable();

  readonly #idNow = (id: string): string => this.idNow(id);

  get machines(): Iterable<Machine> {
    return this.#machines.values();
  }

  get counts(): Counts {
    return { machines: this.#machines.size, bindings: this.#count, sessions: this.sessions.size };
  }

  /** Ids that became others. */
  get merges(): readonly Merge[] {
    return this.#ids.merges;
  }

  apply({ machines, bindings, merges, gone = [], sessions, beganMs, beforeMs }: MachineUpdate): void {
    if (beganMs !== undefined) this.#beganMs = beganMs;
    if (sessions !== undefined) this.sessions.apply(sessions);
    if (bindings.length > 0) this.#recent.clear();
    for (const merge of merges) {
      this.#ids.add(merge);
      this.#machines.delete(merge.from);
    }
    for (const id of gone) {
      this.#machines.delete(id);
      this.#addressesOf.delete(id);
    }
    for (const machine of machines) this.#machines.set(machine.id, machine);
    for (const binding of bindings) this.#put(binding);
    if (beforeMs !== undefined) this.forget(beforeMs);
  }

  /** Everything, for one who begins. @param sinceMs bindings that ended before are left out */
  snapshot(sinceMs: number): MachineUpdate {
    return {
      machines: [...this.#machines.values()],
      bindings: [...this.#bindings.values()].flat().filter(({ toMs }) => toMs === null || toMs >= sinceMs),
      merges: this.merges,
      sessions: this.sessions.all().filter((session) => endOf(session) >= sinceMs),
      ...(this.#beganMs === 0 ? {} : { beganMs: this.#beganMs }),
    };
  }

  /**
   * Who was at an address when something was asked; never null: an address that nothing is known of is a machine too.
   * @param octets 16 at `offset`
   */
  at(octets: Uint8Array, timeMs: number, offset = 0): Identity {
    const recent = this.#recent.find(octets, offset, timeMs);
    if (recent !== null) return recent;
    const key = keyOf(octets, offset);
    const bindings = this.#bindings.get(key) ?? [];
    // Between two that are known, or before or after them, it is whoever asked from there, unknown.
    let nextMs = timeMs < this.#beganMs ? this.#beganMs : Number.POSITIVE_INFINITY;
    let leftMs = timeMs < this.#beganMs ? this.#beganMs - 1 : this.#beganMs;
    for (let i = bindings.length - 1; i >= 0; i -= 1) {
      const { who, fromMs, toMs } = bindings[i]!;
      if (timeMs >= fromMs) {
        const endMs = Math.min(nextMs, toMs ?? Number.POSITIVE_INFINITY);
        if (timeMs < endMs) {
          this.#recent.note(octets, offset, who, fromMs, endMs);
          return who;
        }
        leftMs = toMs ?? this.#beganMs;
        break;
      }
      nextMs = Math.min(nextMs, fromMs);
    }
    const unknown = this.#unknownAt(key, octets.subarray(offset, offset + 16), leftMs);
    this.#recent.note(octets, offset, unknown, timeMs < this.#beganMs ? 0 : leftMs, nextMs);
    return unknown;
  }

  /** Sessions of users at an address, in a time; most often none. @param toMs included */
  sessionsAt(address: Uint8Array, fromMs: number, toMs: number = fromMs): readonly Session[] {
    return this.sessions.isEmpty
      ? NOBODY
      : this.sessions.find(address, this.at(address, fromMs), this.#idNow, fromMs, toMs);
  }

  /** Sessions of a machine that was at an address in a time: of who else had the address, none. @param toMs included */
  sessionsOf(id: string, address: Uint8Array | null, fromMs: number, toMs: number): readonly Session[] {
    if (this.sessions.isEmpty) return NOBODY;
    const now = this.idNow(id);
    const { mac = null } = this.machine(now) ?? {};
    const isThere =
      address !== null && [fromMs, toMs].some((timeMs) => this.idNow(this.at(address, timeMs).id) === now);
    const who: Identity = { id: now, name: null, nameFrom: null, mac };
    return this.sessions.find(isThere ? address : null, who, this.#idNow, fromMs, toMs);
  }

  /** Sessions of a machine at all addresses that it had in a time. */
  sessionsOfMachine(id: string, fromMs: number, toMs: number): readonly Session[] {
    if (this.sessions.isEmpty) return NOBODY;
    const found = new Set(this.sessionsOf(id, null, fromMs, toMs));
    for (const binding of this.bindingsOf(id)) {
      const [beginMs, endMs] = [Math.max(binding.fromMs, fromMs), Math.min(binding.toMs ?? toMs, toMs)];
      if (beginMs > endMs) continue;
      for (const session of this.sessionsOf(id, binding.address, beginMs, endMs)) found.add(session);
    }
    return [...found];
  }

  /** The one who has an address now and has been seen there; null when nobody is known to. */
  openAt(address: Uint8Array): Binding | null {
    const last = this.#bindings.get(keyOf(address, 0))?.at(-1);
    return last === undefined || last.toMs !== null ? null : last;
  }

  /** Its id as it would be after any start: what was known of an address alone before this one is forgotten under pseudonyms. */
  lastingId(address: Uint8Array, id: string): string {
    if (this.#beganMs === 0 || id !== idOfAddress(address, this.#beganMs)) return id;
    return idOfAddress(address, 0);
  }

  /** When the last one that was known at an address left it; when nobody ever was, since when anything is known, as a rule 0. */
  leftMs(address: Uint8Array): number {
    return this.#bindings.get(keyOf(address, 0))?.at(-1)?.toMs ?? this.#beganMs;
  }

  /** What is known by now of a machine, also by an id that it had before. */
  machine(id: string): Machine | null {
    return this.#machines.get(this.idNow(id)) ?? null;
  }

  /** The id that an id became. */
  idNow(id: string): string {
    return this.#ids.now(id);
  }

  /** A machine's id and all that it had before: what is stored may have any of them. */
  idsOf(id: string): readonly string[] {
    const now = this.idNow(id);
    return [now, ...this.#ids.before(now)];
  }

  /** Addresses of a machine, those it has now first, then the latest. */
  bindingsOf(id: string): readonly Binding[] {
    const now = this.idNow(id);
    return [...(this.#addressesOf.get(now) ?? [])]
      .flatMap((key) => this.#bindings.get(key) ?? [])
      .filter(({ who }) => who.id === now)
      .sort((a, b) => (b.toMs ?? Number.MAX_VALUE) - (a.toMs ?? Number.MAX_VALUE) || b.fromMs - a.fromMs);
  }

  /**
   * Which machines a person means by an id, an address, a MAC or a name; the present holder of an address or name first.
   * Of several of one name the one that asked last is first. A name is meant whole, or by its first label; what it was called before
   * counts too. Where a machine is called so here, none is meant that another site alone calls so: whoever has that site could put one
   * among those that somebody decides for.
   */
  find(text: string): readonly string[] {
    const wanted = text.trim().toLowerCase();
    if (this.machine(wanted) !== null) return [this.idNow(wanted)];
    const address = textToAddress(wanted);
    if (address !== null) return this.#idsAt(address);
    const mac = clientMac(wanted);
    const name = clientName(wanted) ?? wanted;
    if (mac !== null) return this.#idsMeant((who) => who.mac === mac);
    const here = this.#idsMeant((who) => isNamed(nameHere(who), name));
    return here.length > 0 ? here : this.#idsMeant((who) => isNamed(who.name, name));
  }

  #idsMeant(isMeant: (who: Identity) => boolean): readonly string[] {
    const now = [...this.#machines.values()]
      .filter(isMeant)
      .sort((a, b) => b.lastMs - a.lastMs)
      .map(({ id }) => id);
    const before = [...this.#bindings.values()]
      .flat()
      .filter(({ who }) => isMeant(who))
      .map(({ who }) => this.idNow(who.id));
    return [...new Set([...now, ...before])];
  }

  /** Forgets bindings that ended, and machines that were there, before a moment. */
  forget(beforeMs: number): void {
    this.#recent.clear();
    this.sessions.forget(beforeMs);
    this.#addressesOf.clear();
    for (const [key, bindings] of this.#bindings) {
      const kept = bindings.filter(({ toMs }) => toMs === null || toMs >= beforeMs);
      this.#count += kept.length - bindings.length;
      if (kept.length === 0) this.#bindings.delete(key);
      else this.#bindings.set(key, kept);
      for (const { who } of kept) this.#note(this.idNow(who.id), key);
    }
    for (const [id, { lastMs }] of this.#machines)
      if (lastMs < beforeMs && !this.#addressesOf.has(id)) this.#machines.delete(id);
    this.#ids.keepOnly((id) => this.#machines.has(id));
  }

  #idsAt(address: Uint8Array): readonly string[] {
    const bindings = this.#bindings.get(keyOf(address, 0)) ?? [];
    const ids = bindings.toReversed().map(({ who }) => this.idNow(who.id));
    const isHeld = bindings.at(-1)?.toMs === null;
    // Askings between two that were known, and after the last, are of the address alone.
    const unknown = [...(isHeld ? [] : [this.leftMs(address)]), this.#beganMs].map((leftMs) =>
      idOfAddress(address, leftMs),
    );
    return [...new Set(isHeld ? [...ids, ...unknown] : [...unknown.slice(0, 1), ...ids, ...unknown])].map(
      (id) => this.idNow(id),
    );
  }

  #put(binding: Binding): void {
    const key = keyOf(binding.address, 0);
    const bindings = this.#bindings.get(key) ?? [];
    const others = bindings.filter(({ fromMs }) => fromMs !== binding.fromMs);
    // One that began and ended at once was replaced before anybody could ask.
    const all = binding.toMs !== null && binding.toMs <= binding.fromMs ? others : [...others, binding];
    this.#count += all.length - bindings.length;
    const { id } = binding.who;
    if (all.length === 0) {
      this.#bindings.delete(key);
      const own = this.#addressesOf.get(id);
      own?.delete(key);
      if (own?.size === 0) this.#addressesOf.delete(id);
      return;
    }
    this.#bindings.set(
      key,
      all.sort((a, b) => a.fromMs - b.fromMs),
    );
    this.#note(id, key);
  }

  #note(id: string, key: string): void {
    this.#addressesOf.set(id, (this.#addressesOf.get(id) ?? new Set()).add(key));
  }

  #unknownAt(key: string, address: Uint8Array, leftMs: number): Identity {
    const unknownKey = leftMs === 0 ? key : `${key} ${leftMs}`;
    let identity = this.#unknown.get(unknownKey);
    if (identity === undefined) {
      if (this.#unknown.size >= UNKNOWN_MAX) this.#unknown.clear();
      identity = { id: idOfAddress(address, leftMs), name: null, nameFrom: null, mac: null };
      this.#unknown.set(unknownKey, identity);
    }
    return identity;
  }
}

function isNamed(name: string | null, wanted: string): boolean {
  return name !== null && (name === wanted || (!wanted.includes('.') && name.split('.', 1)[0] === wanted));
}

/** One string of 16 characters: made and hashed in 0.1 µs. */
const keyOf = (octets: Uint8Array, offset: number): string =>
  Buffer.from(octets.buffer, octets.byteOffset + offset, 16).toString('latin1');
