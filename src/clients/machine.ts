// What a machine is: something with an id that stays, known by what is hardest to change of it, at addresses that change.
import { createHash } from 'node:crypto';
import { addressToText } from '../wire/names/address.ts';
import { isOwnStandIn, isStandIn } from '../wire/names/stand-in.ts';
import type { Session } from './users/session.ts';

/**
 * Who says a name: the configuration, a hosts file, a DHCP lease (where the client chose it, as a rule), reverse DNS, the client
 * itself in its query, nobody for this address (it is the name of another address of the same MAC), or another site of the fleet.
 */
export type NameFrom = 'config' | 'hosts' | 'lease' | 'ptr' | 'client' | 'inferred' | `site ${string}`;

/** Whether another site says it: shown to people, and nothing is decided by it. */
export const isElsewhere = (nameFrom: NameFrom | null): boolean => nameFrom?.startsWith('site ') ?? false;

/** What a machine is called here; null: nothing, or it is called so elsewhere alone. */
export const nameHere = ({ name, nameFrom }: Pick<Identity, 'name' | 'nameFrom'>): string | null =>
  isElsewhere(nameFrom) ? null : name;

/** Who was at an address at a moment. One object a binding, so that what is made of it is made once. */
export interface Identity {
  readonly id: string;
  readonly name: string | null;
  readonly nameFrom: NameFrom | null;
  readonly mac: string | null;
  /** Address of the trusted neighbour that it asks through; null or absent: it asks itself. */
  readonly through?: string | null;
}

/** A machine had an address from then to then. What it was called is of that time; another name is another binding. */
export interface Binding {
  /** 16 octets. */
  readonly address: Uint8Array;
  readonly who: Identity;
  /** Wall clock. */
  readonly fromMs: number;
  /** Null while it has it. */
  readonly toMs: number | null;
}

/** What is known of a machine by now, whatever address it has: nothing that was learnt is taken away. */
export interface Machine extends Identity {
  /** What it is known by: `mac:…`, `duid:…`, `id:…`, `name:…`; null while only its address is known. */
  readonly key: string | null;
  readonly firstMs: number;
  /** When it last asked, or was last known to be there. */
  readonly lastMs: number;
}

/** Two ids turned out to be one machine: all that is said of `from` is said of `into`. */
export interface Merge {
  readonly from: string;
  readonly into: string;
}

/**
 * Ids of machines that became others. What is stored says which machine asked as it was called then; a machine that turns out to be
 * another's later self is one machine, and is found, told and counted as one.
 */
export class MachineIds {
  /** Id → the id it became. */
  readonly #into = new Map<string, string>();

  constructor(merges: readonly Merge[] = []) {
    for (const merge of merges) this.add(merge);
  }

  get merges(): readonly Merge[] {
    return [...this.#into].map(([from, into]) => ({ from, into }));
  }

  add({ from, into }: Merge): void {
    this.#into.set(from, into);
  }

  /** The id that an id became. */
  now(id: string): string {
    let now = id;
    for (let next = this.#into.get(now); next !== undefined; next = this.#into.get(now)) now = next;
    return now;
  }

  /** An id and all that it became, the present one last. */
  since(id: string): readonly string[] {
    const ids = [id];
    for (let next = this.#into.get(id); next !== undefined; next = this.#into.get(next)) ids.push(next);
    return ids;
  }

  /** All that became this one, which is no other's earlier id. */
  before(now: string): readonly string[] {
    return [...this.#into.keys()].filter((from) => this.now(from) === now);
  }

  /** The same asker, by the id that its machine has now. */
  asker<T extends { readonly machine: string }>(asker: T): T {
    return this.#into.has(asker.machine) ? { ...asker, machine: this.now(asker.machine) } : asker;
  }

  /** Forgets those that became what nobody knows any more. */
  keepOnly(isKnown: (id: string) => boolean): void {
    for (const from of this.#into.keys()) if (!isKnown(this.now(from))) this.#into.delete(from);
  }
}

/** What changed of machines; all of it, when it is the first. */
export interface MachineUpdate {
  readonly machines: readonly Machine[];
  /** One of the same address and `fromMs` replaces what was said before. */
  readonly bindings: readonly Binding[];
  readonly merges: readonly Merge[];
  /** Ids of machines that are forgotten, before `machines` of this update are added. */
  readonly gone?: readonly string[];
  /** Of users; one of the same id and `fromMs` replaces what was said before. */
  readonly sessions?: readonly Session[];
  /** What ended before is forgotten, after all else of this update: bindings, machines without an address, sessions. */
  readonly beforeMs?: number;
  /** Nothing is known of before, and ids of addresses alone are those of no earlier time. Absent: earlier starts are known. */
  readonly beganMs?: number;
}

export const NO_UPDATE: MachineUpdate = { machines: [], bindings: [], merges: [] };

type Changes = Required<Omit<MachineUpdate, 'beganMs' | 'beforeMs'>> & Pick<MachineUpdate, 'beforeMs'>;

/** Changes put together, in their order. */
export function allOf(updates: readonly MachineUpdate[]): Changes {
  const machines = new Map<string, Machine>();
  for (const { machines: own, gone = [] } of updates) {
    for (const id of gone) machines.delete(id);
    for (const machine of own) machines.set(machine.id, machine);
  }
  const beforeMs = Math.max(0, ...updates.map((update) => update.beforeMs ?? 0));
  return {
    machines: [...machines.values()],
    bindings: updates.flatMap(({ bindings }) => bindings),
    merges: updates.flatMap(({ merges }) => merges),
    gone: updates.flatMap(({ gone = [] }) => gone),
    sessions: updates.flatMap(({ sessions = [] }) => sessions),
    ...(beforeMs === 0 ? {} : { beforeMs }),
  };
}

/** Changes of machines: each is applied at once, and collected until `drain` hands them over. */
export class NotedChanges {
  readonly #apply: (update: MachineUpdate) => void;
  #machines = new Map<string, Machine>();
  #bindings: Binding[] = [];
  #merges: Merge[] = [];
  #gone = new Set<string>();

  constructor(apply: (update: MachineUpdate) => void) {
    this.#apply = apply;
  }

  machine(machine: Machine): Machine {
    this.#machines.set(machine.id, machine);
    this.#apply({ ...NO_UPDATE, machines: [machine] });
    return machine;
  }

  binding(binding: Binding): void {
    this.#bindings.push(binding);
    this.#apply({ ...NO_UPDATE, bindings: [binding] });
  }

  merge(merge: Merge): void {
    this.#merges.push(merge);
    this.#machines.delete(merge.from);
    this.#apply({ ...NO_UPDATE, merges: [merge] });
  }

  /** A machine that has no address any more is forgotten. */
  forget(id: string): void {
    this.#machines.delete(id);
    this.#gone.add(id);
    this.#apply({ ...NO_UPDATE, gone: [id] });
  }

  /** All since the last call; null: nothing. */
  drain(): MachineUpdate | null {
    const [machines, bindings, merges] = [[...this.#machines.values()], this.#bindings, this.#merges];
    const gone = [...this.#gone];
    if (machines.length + bindings.length + merges.length + gone.length === 0) return null;
    this.#machines = new Map();
    this.#bindings = [];
    this.#merges = [];
    this.#gone = new Set();
    return { machines, bindings, merges, ...(gone.length === 0 ? {} : { gone }) };
  }
}

/** Whether names, MACs or users of addresses are others, which groups may go by. */
export const concernsGroups = ({ bindings, sessions }: ReturnType<typeof allOf>): boolean =>
  sessions.length > 0 ||
  bindings.some(({ who: { name, mac }, toMs }) => name !== null || mac !== null || toMs !== null);

/** 50 bits: a network of 65,536 machines has two of one id once in 500,000 networks. */
const ID_DIGITS = 10;
const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz';

/** The same key gives the same id in every thread and after every start. */
function idOf(key: string): string {
  const digest = createHash('sha256').update(key).digest();
  return `m-${Array.from(digest.subarray(0, ID_DIGITS), (octet) => DIGITS[octet & 31]).join('')}`;
}

export const isMachineId = (text: string): boolean =>
  text.length === 2 + ID_DIGITS &&
  text.startsWith('m-') &&
  [...text.slice(2)].every((one) => DIGITS.includes(one));

/** The id of a machine known by more than its address. @param key as `Machine.key` */
export const idOfKey = (key: string): string => idOf(key);

/** The id of who is at an address that nothing better is known of. @param sinceMs when the last that was known left, else 0 */
export const idOfAddress = (address: Uint8Array, sinceMs: number): string =>
  idOf(`ip:${addressToText(address)} ${sinceMs}`);

/** What people are shown: of a machine that has an address only in its neighbour's eyes, the neighbour's. */
export const addressShown = (address: Uint8Array, { through = null }: Identity): string =>
  through !== null && isStandIn(address) ? through : addressToText(address);

/** The trusted neighbour that a machine asks through; a client of `clients.ids` asks for itself. */
export const throughShown = (address: Uint8Array, { through = null }: Identity): string | null =>
  isOwnStandIn(address) ? null : through;

/** An address that asked. */
export interface Asked {
  readonly address: Uint8Array;
  readonly firstMs: number;
  readonly lastMs: number;
}

/** A binding whose times are beyond what the clock says now, as it is after the clock was set back. */
export function correctedBy(binding: Binding, nowMs: number): readonly Binding[] {
  const { fromMs, toMs } = binding;
  if (fromMs <= nowMs) return toMs !== null && toMs > nowMs ? [{ ...binding, toMs: nowMs }] : [];
  return [{ ...binding, toMs: fromMs }, ...(toMs === null ? [{ ...binding, fromMs: nowMs }] : [])];
}
