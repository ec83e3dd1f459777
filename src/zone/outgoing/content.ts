// The names and records of a zone that is served, in one buffer: what a transfer reads from its beginning to its end.
//
// A node is: octets of the owner (1), the owner's labels relative to the zone and without the root, number of the record set at
// the owner (3), number of the one at `*.owner` (3); 0 is none. A node without labels stands for the apex and has a wildcard only.
const NODES_OCTETS_MIN = 65_536;
const SLOTS_MIN = 1024;
/** Octets of a node beyond its owner. */
export const NODE_FIXED = 7;

export interface RecordSet {
  readonly records: readonly { readonly type: number; readonly rdata: Uint8Array }[];
}

export interface ZoneContent {
  readonly nodes: Uint8Array;
  /** Set n is sets[n − 1]. */
  readonly sets: readonly RecordSet[];
  /** Owners with records, wildcards counted. */
  readonly names: number;
}

/** Number of the set at the owner of the node at `at`; `below`: at `*.owner`. */
export function exactSetOf(nodes: Uint8Array, at: number): number {
  return readU24(nodes, at + 1 + nodes[at]!);
}
export function belowSetOf(nodes: Uint8Array, at: number): number {
  return readU24(nodes, at + 4 + nodes[at]!);
}
/** Where the next node begins. */
export function pastNode(nodes: Uint8Array, at: number): number {
  return at + NODE_FIXED + nodes[at]!;
}

function readU24(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
}

function writeU24(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 16;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value;
}

/** One text for equal sets. */
export function keyOf({ records }: RecordSet): string {
  return records.map(({ type, rdata }) => `${type} ${Buffer.from(rdata).toString('hex')}`).join('|');
}

/** Owners → where their node begins, by open addressing. */
export class OwnerIndex {
  #slots: Int32Array;
  #count = 0;

  constructor(expected = 0) {
    let slots = SLOTS_MIN;
    while (slots < 2 * expected) slots *= 2;
    this.#slots = new Int32Array(slots).fill(-1);
  }

  /** Of a content that is whole. */
  static of(nodes: Uint8Array): OwnerIndex {
    let count = 0;
    for (let at = 0; at < nodes.length; at = pastNode(nodes, at)) count += 1;
    const index = new OwnerIndex(count);
    for (let at = 0; at < nodes.length; at = pastNode(nodes, at)) index.insert(nodes, at);
    return index;
  }

  /** The node whose owner is `owner[from .. from + length)`, −1 when there is none. */
  find(nodes: Uint8Array, owner: Uint8Array, from: number, length: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hashOf(owner, from, length) & mask; ; slot = (slot + 1) & mask) {
      const at = this.#slots[slot]!;
      if (at < 0 || isOwner(nodes, at, owner, from, length)) return at;
    }
  }

  /** The owner of the node at `at` is not in it yet. */
  insert(nodes: Uint8Array, at: number): void {
    this.#count += 1;
    if (2 * this.#count > this.#slots.length) this.#grow(nodes);
    this.#put(nodes, at);
  }

  #put(nodes: Uint8Array, at: number): void {
    const mask = this.#slots.length - 1;
    let slot = hashOf(nodes, at + 1, nodes[at]!) & mask;
    while (this.#slots[slot]! >= 0) slot = (slot + 1) & mask;
    this.#slots[slot] = at;
  }

  #grow(nodes: Uint8Array): void {
    const before = this.#slots;
    this.#slots = new Int32Array(2 * before.length).fill(-1);
    for (const at of before) if (at >= 0) this.#put(nodes, at);
  }
}

function isOwner(nodes: Uint8Array, at: number, owner: Uint8Array, from: number, length: number): boolean {
  if (nodes[at] !== length) return false;
  for (let i = 0; i < length; i += 1) if (nodes[at + 1 + i] !== owner[from + i]) return false;
  return true;
}

/** FNV-1a, mixed. */
function hashOf(bytes: Uint8Array, from: number, length: number): number {
  let hash = 0x811c9dc5;
  for (let i = from; i < from + length; i += 1) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}

export class ContentBuilder {
  readonly #setNumbers = new Map<string, number>();
  readonly #sets: RecordSet[] = [];
  readonly #index = new OwnerIndex();
  #nodes = new Uint8Array(NODES_OCTETS_MIN);
  #end = 0;
  #names = 0;

  /** The number of a set, the same for equal ones. */
  setOf(set: RecordSet): number {
    const key = keyOf(set);
    let number = this.#setNumbers.get(key);
    if (number === undefined) {
      number = this.#sets.push(set);
      this.#setNumbers.set(key, number);
    }
    return number;
  }

  has(owner: Uint8Array, from: number, length: number): boolean {
    return this.#index.find(this.#nodes, owner, from, length) >= 0;
  }

  /** Adds an owner that is not there yet. @param exact @param below numbers of sets, 0 for none */
  add(owner: Uint8Array, from: number, length: number, exact: number, below: number): void {
    const size = NODE_FIXED + length;
    if (this.#end + size > this.#nodes.length) {
      const grown = new Uint8Array(Math.floor(1.5 * this.#nodes.length) + size);
      grown.set(this.#nodes.subarray(0, this.#end));
      this.#nodes = grown;
    }
    const at = this.#end;
    const nodes = this.#nodes;
    nodes[at] = length;
    for (let i = 0; i < length; i += 1) nodes[at + 1 + i] = owner[from + i]!;
    writeU24(nodes, at + 1 + length, exact);
    writeU24(nodes, at + 4 + length, below);
    this.#end += size;
    this.#names += (exact === 0 ? 0 : 1) + (below === 0 ? 0 : 1);
    this.#index.insert(nodes, at);
  }

  finish(): ZoneContent {
    return { nodes: this.#nodes.slice(0, this.#end), sets: this.#sets, names: this.#names };
  }
}
