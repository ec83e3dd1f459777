// A tree of the labels of some names, built from pool records and used again for the next ones.
//
// HOT. Drawing: node n is row n of typed arrays; node 0 stands above all. Children hang in a chain (firstChild, next) and
// are found by a hash table over (parent, coded label). Invariants: a parent's number is below its children's; the table
// is at most half full. Records: set number (LEB128), then per label from the right: octet count, coded octets; then 0.
// The first label of a record holds two: the number of the top label and the label below it.
import { hashOctets } from '../code/octet-hash.ts';
import type { RuleSets } from '../rule-sets.ts';

const PARENT_FACTOR = 0x9e3779b1;

export class LabelTree {
  /** Nodes in use, node 0 included. */
  count = 1;
  /** Pool records of these names; labels are kept here. */
  text: Uint8Array = new Uint8Array(0);
  parent: Int32Array = new Int32Array(1);
  /** Offset of the label's octet count in `text`. */
  label: Int32Array = new Int32Array(1);
  /** Set number of the entry, −1 when the node is none. */
  set: Int32Array = new Int32Array(1);
  firstChild: Int32Array = new Int32Array(1);
  /** Next child of the same parent, 0 at the end. */
  next: Int32Array = new Int32Array(1);
  children: Int32Array = new Int32Array(1);
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
    return this.text.length + 4 * (7 * this.parent.length + this.#slots.length);
  }

  /** Empties the tree and makes room for this many octets of records, to be put into `text`. */
  reset(octets: number): void {
    if (this.text.length < octets) this.text = new Uint8Array(Math.ceil(octets * 1.1));
    this.count = 1;
    this.firstChild[0] = 0;
    this.children[0] = 0;
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
        node = this.#child(node, at);
        at += text[at]! + 1;
      }
      at += 1;
      const had = this.set[node]!;
      this.set[node] = had < 0 ? set : this.#sets.union(had, set);
    }
  }

  #child(parent: number, label: number): number {
    const { text } = this;
    const length = text[label]!;
    const start = Math.imul(parent + 1, PARENT_FACTOR);
    const hash = hashOctets(this.#keys, 0, text, label, label + 1 + length, start);
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = hash >>> this.#slotShift;
    for (;;) {
      const node = slots[slot]!;
      if (node === 0) break;
      if (this.hash[node] === hash && this.parent[node] === parent) {
        const known = this.label[node]!;
        let i = 0;
        while (i <= length && text[known + i] === text[label + i]) i += 1;
        if (i > length) return node;
      }
      slot = (slot + 1) & mask;
    }
    const node = this.#append(parent, label, hash);
    if (this.count * 2 > slots.length) this.#rehash();
    else slots[slot] = node;
    return node;
  }

  #append(parent: number, label: number, hash: number): number {
    const node = this.count;
    if (node === this.parent.length) this.#grow();
    this.count += 1;
    this.parent[node] = parent;
    this.label[node] = label;
    this.hash[node] = hash;
    this.set[node] = -1;
    this.firstChild[node] = 0;
    this.children[node] = 0;
    this.next[node] = this.firstChild[parent]!;
    this.firstChild[parent] = node;
    this.children[parent]! += 1;
    return node;
  }

  #grow(): void {
    const room = Math.max(64, Math.ceil(this.parent.length * 1.5));
    this.parent = moved(this.parent, room);
    this.label = moved(this.label, room);
    this.set = moved(this.set, room);
    this.firstChild = moved(this.firstChild, room);
    this.next = moved(this.next, room);
    this.children = moved(this.children, room);
    this.hash = moved(this.hash, room);
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

function moved(from: Int32Array, room: number): Int32Array {
  const to = new Int32Array(room);
  to.set(from);
  return to;
}
