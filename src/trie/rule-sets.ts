// Interns sets of rule numbers while names are gathered: names that carry the same rules come to share one set number.
//
// HOT (union). Drawing: a set is a chain, its last rule and the set before it; a hash table finds the chain that continues
// another by one rule. Invariants: a chain holds no rule twice; one `union` with a single rule adds at most one chain, so
// memory and work grow with the names that were added and not with what they have in common. The same rules in another
// order are another chain until `settled` puts them in order.

/** Rules that one source may put on one name; the rest is counted and left out. */
export const RULES_OF_NAME_MAX = 256;

const NONE = -1;
const FACTOR = 0x9e3779b1;

export class RuleSets {
  #count = 0;
  /** Of each set: its last rule, the set it continues, and how many rules it holds. */
  #last = new Int32Array(64);
  #before = new Int32Array(64);
  #size = new Int32Array(64);
  #slots = new Int32Array(128).fill(NONE);
  /** The first rule number of each source, ascending, and how many rules were left out of its names. */
  readonly #firsts: number[] = [];
  readonly #leftOut: number[] = [];

  /** Sets held, those included that only led to others. */
  get count(): number {
    return this.#count;
  }

  /** Rules from `first` on, until the next source begins, are of one source. */
  beginSource(first: number): void {
    this.#firsts.push(first);
    this.#leftOut.push(0);
  }

  /** Rules left out by source, in the order in which they began. */
  get leftOut(): readonly number[] {
    return this.#leftOut;
  }

  /** The set that holds `rule` alone. */
  single(rule: number): number {
    return this.#continue(NONE, rule);
  }

  /** The set that holds what either holds, as far as there is room. */
  union(a: number, b: number): number {
    if (a === b) return a;
    const before = this.#before[b]!;
    return this.#with(before === NONE ? a : this.union(a, before), this.#last[b]!);
  }

  /** Its rule numbers in ascending order. */
  rulesOf(set: number): number[] {
    const rules: number[] = [];
    for (let at = set; at !== NONE; at = this.#before[at]!) rules.push(this.#last[at]!);
    return rules.sort((x, y) => x - y);
  }

  /** The one set that stands for all of the same rules. @param settle what the rules of one name become */
  settled(set: number, settle: (rules: readonly number[]) => readonly number[]): number {
    if (this.#size[set] === 1) return set;
    let found = NONE;
    for (const rule of settle(this.rulesOf(set))) found = this.#continue(found, rule);
    return found;
  }

  #with(set: number, rule: number): number {
    const size = this.#size[set]!;
    const source = size < RULES_OF_NAME_MAX ? NONE : this.#sourceOf(rule);
    const from = source < 0 ? 0 : this.#firsts[source]!;
    const to = this.#firsts[source + 1] ?? Number.POSITIVE_INFINITY;
    let ofSource = 0;
    for (let at = set; at !== NONE; at = this.#before[at]!) {
      const other = this.#last[at]!;
      if (other === rule) return set;
      if (other >= from && other < to) ofSource += 1;
    }
    if (size < RULES_OF_NAME_MAX || ofSource < RULES_OF_NAME_MAX) return this.#continue(set, rule);
    if (source >= 0) this.#leftOut[source]! += 1;
    return set;
  }

  #sourceOf(rule: number): number {
    let source = this.#firsts.length - 1;
    while (source >= 0 && this.#firsts[source]! > rule) source -= 1;
    return source;
  }

  #continue(before: number, rule: number): number {
    const mask = this.#slots.length - 1;
    let slot = slotOf(before, rule) & mask;
    for (;;) {
      const known = this.#slots[slot]!;
      if (known === NONE) break;
      if (this.#last[known] === rule && this.#before[known] === before) return known;
      slot = (slot + 1) & mask;
    }
    const set = this.#count;
    if (set === this.#last.length) this.#grow();
    this.#count += 1;
    this.#last[set] = rule;
    this.#before[set] = before;
    this.#size[set] = before === NONE ? 1 : this.#size[before]! + 1;
    if (this.#count * 2 > this.#slots.length) this.#rehash();
    else this.#slots[slot] = set;
    return set;
  }

  #grow(): void {
    const room = this.#last.length * 2;
    this.#last = moved(this.#last, room);
    this.#before = moved(this.#before, room);
    this.#size = moved(this.#size, room);
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2).fill(NONE);
    const mask = slots.length - 1;
    for (let set = 0; set < this.#count; set += 1) {
      let slot = slotOf(this.#before[set]!, this.#last[set]!) & mask;
      while (slots[slot] !== NONE) slot = (slot + 1) & mask;
      slots[slot] = set;
    }
    this.#slots = slots;
  }
}

function slotOf(before: number, rule: number): number {
  const mixed = Math.imul(Math.imul(before + 1, FACTOR) ^ rule, FACTOR);
  return mixed ^ (mixed >>> 15);
}

function moved(from: Int32Array, room: number): Int32Array<ArrayBuffer> {
  const to = new Int32Array(room);
  to.set(from);
  return to;
}
