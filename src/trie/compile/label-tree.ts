// A tree of the labels of some names, built from pool records and used again for the next ones.
//
// HOT. Drawing: node n is row n of typed arrays and holds a run of labels, of which only the last may have several children
// or be an entry; so there are at most two nodes a name, however many labels it has. Node 0 stands above all. Children are
// found by a hash table over (parent, coded first label); `load` chains them (firstChild, next) when all names are in.
// Invariant: the table is at most half full. Records: set number (LEB128), then per label from the right: octet count, coded
// octets; then 0. The first label of a record holds two: the number of the top label and the label below it.
import { hashOctets } from '../code/octet-hash.ts';
import type { RuleSets } from '../rule-sets.ts';

const PARENT_FACTOR = 0x9e3779b1;

export class LabelTree {
  /** Nodes in use, node 0 included. */
  count = 1;
  /** Pool records of these names; labels are kept here. */
  text: Uint8Array = new Uint8Array(0);
  parent: Int32Array = new Int32Array(1);
  /** Offset in `text` of the octet count of the run's first label. */
  label: Int32Array = new Int32Array(1);
  /** Offset just past the run's last label. */
  end: Int32Array = new Int32Array(1);
  /** Set number of the entry, −1 when the node is none. */
  set: Int32Array = new Int32Array(1);
  firstChild: Int32Array = new Int32Array(1);
  /** Next child of the same parent, 0 at the end. */
  next: Int32Array = new Int32Array(1);
  children: Int32Array = new Int32Array(1);
  /** Of (parent, first label) while names come in. */
  hash: Int32Array = new Int32Array(1);
  readonly #keys: Uint32Array;
  readonly #sets: RuleSets;
  #slots: Int32Array = new Int32Array(2);
  #slotShift = 31;

  constructor(keys: Uint32Array, sets: RuleSets) {
    this.#keys = keys;
    this.#sets = sets;
  }

  /** Octets of memory its arrays take. */
  get held(): number {
    return this.text.length + 4 * (8 * this.parent.length + this.#slots.length);
  }

  /** Empties the tree and makes room for this many octets of records, to be put into `text`. */
  reset(octets: number): void {
    if (this.text.length < octets) this.text = new Uint8Array(Math.ceil(octets * 1.1));
    this.count = 1;
    this.set[0] = -1;
    this.#slots.fill(0);
  }

  /** Adds the records in `text[0 .. end)`. */
  load(end: number): void {
    const { text } = this;
    let at = 0;
    while (at < end) {
      let set = 0;
      for (let shift = 0; ; shift += 7) {
        const octet = text[at]!;
        at += 1;
        set |= (octet & 0x7f) << shift;
        if (octet < 0x80) break;
      }
      let node = 0;
      while (text[at] !== 0) {
        const child = this.#child(node, at);
        // A new node has all labels of the record that are left.
        const isNew = this.label[child] === at;
        const run = isNew ? this.end[child]! : sharedEnd(text, this.label[child]!, this.end[child]!, at);
        at += run - this.label[child]!;
        node = isNew || run === this.end[child] ? child : this.#split(child, run);
      }
      at += 1;
      const had = this.set[node]!;
      this.set[node] = had < 0 ? set : this.#sets.union(had, set);
    }
    this.#chainChildren();
  }

  /** The child whose run begins with the label at `label`, a new one when there is none. */
  #child(parent: number, label: number): number {
    const hash = this.#hashOf(parent, label);
    const slot = this.#slotOf(parent, label, hash);
    const known = this.#slots[slot]!;
    if (known !== 0) return known;
    const node = this.#append(parent, label, pastRun(this.text, label), hash);
    this.set[node] = -1;
    this.#fill(slot, node);
    return node;
  }

  /** Puts a node with the first labels of a node's run, up to `at`, between it and its parent. @returns the node put there */
  #split(node: number, at: number): number {
    const hash = this.hash[node]!;
    const first = this.label[node]!;
    const upper = this.#append(this.parent[node]!, first, at, hash);
    this.set[upper] = -1;
    this.#slots[this.#slotOf(this.parent[node]!, first, hash)] = upper;
    this.parent[node] = upper;
    this.label[node] = at;
    this.hash[node] = this.#hashOf(upper, at);
    this.#fill(this.#slotOf(upper, at, this.hash[node]!), node);
    return upper;
  }

  #hashOf(parent: number, label: number): number {
    const start = Math.imul(parent + 1, PARENT_FACTOR);
    return hashOctets(this.#keys, 0, this.text, label, label + 1 + this.text[label]!, start);
  }

  /** The slot of the child whose run begins with this label, or the free one where it belongs. */
  #slotOf(parent: number, label: number, hash: number): number {
    const { text } = this;
    const length = text[label]!;
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = hash >>> this.#slotShift; ; slot = (slot + 1) & mask) {
      const node = slots[slot]!;
      if (node === 0) return slot;
      if (this.hash[node] !== hash || this.parent[node] !== parent) continue;
      const known = this.label[node]!;
      let i = 0;
      while (i <= length && text[known + i] === text[label + i]) i += 1;
      if (i > length) return slot;
    }
  }

  #fill(slot: number, node: number): void {
    if (this.count * 2 > this.#slots.length) this.#rehash();
    else this.#slots[slot] = node;
  }

  #append(parent: number, label: number, end: number, hash: number): number {
    const node = this.count;
    if (node === this.parent.length) this.#grow();
    this.count += 1;
    this.parent[node] = parent;
    this.label[node] = label;
    this.end[node] = end;
    this.hash[node] = hash;
    return node;
  }

  #chainChildren(): void {
    const { parent, next, children } = this;
    const firstChild = this.firstChild.fill(0, 0, this.count);
    children.fill(0, 0, this.count);
    for (let node = 1; node < this.count; node += 1) {
      const above = parent[node]!;
      next[node] = firstChild[above]!;
      firstChild[above] = node;
      children[above]! += 1;
    }
  }

  #grow(): void {
    const room = Math.max(64, Math.ceil(this.parent.length * 1.5));
    this.parent = moved(this.parent, room);
    this.label = moved(this.label, room);
    this.end = moved(this.end, room);
    this.set = moved(this.set, room);
    this.hash = moved(this.hash, room);
    // Nothing is in these before all names are.
    this.firstChild = new Int32Array(room);
    this.next = new Int32Array(room);
    this.children = new Int32Array(room);
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    this.#slotShift -= 1;
    const mask = slots.length - 1;
    for (let node = 1; node < this.count; node += 1) {
      let slot = this.hash[node]! >>> this.#slotShift;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = node;
    }
    this.#slots = slots;
  }
}

/** Offset just past the labels that begin at `at`. */
function pastRun(text: Uint8Array, at: number): number {
  let end = at;
  while (text[end] !== 0) end += 1 + text[end]!;
  return end;
}

/** How far the run `text[from .. end)` has the same labels as those that begin at `other`: an offset in the run. */
function sharedEnd(text: Uint8Array, from: number, end: number, other: number): number {
  let at = from;
  let beside = other;
  while (at < end) {
    const past = at + 1 + text[at]!;
    let i = at;
    for (let j = beside; i < past && text[i] === text[j]; j += 1) i += 1;
    if (i < past) break;
    beside += past - at;
    at = past;
  }
  return at;
}

function moved(from: Int32Array, room: number): Int32Array {
  const to = new Int32Array(room);
  to.set(from);
  return to;
}
