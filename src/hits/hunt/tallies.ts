// Sums by asker and name over all days of a search, in one flat array: a hunt may meet half a million of them.
import {
  CLASSES,
  classOf,
  type ResultClass,
  resultIn,
  STANDING,
  standingIn,
  type Tally,
  tellingsIn,
} from '../standing.ts';

/** One row of a day, as the search reads it. */
export interface TallyRow {
  readonly firstMs: number;
  readonly lastMs: number;
  readonly count: number;
  readonly visits: number;
  /** TYPE_BIT of asked-types.ts, or-ed. */
  readonly types: number;
  /** standing.ts */
  readonly got: number;
}

/** Sums of an asker and a name. */
export interface Summed {
  /** Queries, exactly; where a row began before the time that was asked for, those that are sure. */
  readonly count: number;
  /** At most. */
  readonly countMax: number;
  readonly firstMs: number;
  readonly lastMs: number;
  /** Rows of days in which it was asked for. */
  readonly rows: number;
  /** What all of them were told of as past, by number; SEVERAL: not the same. */
  readonly tellings: number;
  /** Null where it was not noted. */
  readonly visits: number | null;
  readonly types: number;
  readonly got: Tally;
  /** Of the queries, those that the admin's own word let pass. */
  readonly allowed: number;
}

const AT = {
  first: 0,
  last: 1,
  count: 2,
  unsure: 3,
  rows: 4,
  visits: 5,
  types: 6,
  allowed: 7,
  tellings: 8,
  classes: 9,
} as const;
const FIELDS = AT.classes + CLASSES.length;
const SEVERAL = -1;

/** Half of the table of keys stays empty. */
const SPARSE = 2;

export class Tallies {
  /** Place + 1 of a key, at its hash or after it; 0: nobody. Keys are too great for a Map to hold them without an object each. */
  #table: Int32Array;
  #size = 0;
  #keys: Float64Array;
  #sums: Float64Array;

  /** @param places to begin with: a power of two */
  constructor(places = 1024) {
    this.#table = new Int32Array(places * SPARSE);
    this.#keys = new Float64Array(places);
    this.#sums = new Float64Array(places * FIELDS);
  }

  get size(): number {
    return this.#size;
  }

  /** Adds a row to the tally of its key; of one that began before `sinceMs` only its last asking is sure. */
  add(key: number, row: TallyRow, sinceMs: number): void {
    const isSure = row.firstMs >= sinceMs;
    const count = isSure ? row.count : 1;
    const firstMs = isSure ? row.firstMs : row.lastMs;
    const at = this.#placeOf(key) * FIELDS;
    const sums = this.#sums;
    sums[at + AT.first] = Math.min(sums[at + AT.first]!, firstMs);
    sums[at + AT.last] = Math.max(sums[at + AT.last]!, row.lastMs);
    sums[at + AT.count]! += count;
    sums[at + AT.unsure]! += row.count - count;
    const tellings = tellingsIn(row.got);
    if (sums[at + AT.rows] === 0) sums[at + AT.tellings] = tellings;
    else if (sums[at + AT.tellings] !== tellings) sums[at + AT.tellings] = SEVERAL;
    sums[at + AT.rows]! += 1;
    sums[at + AT.visits]! += isSure ? row.visits : Math.min(1, row.visits);
    sums[at + AT.types]! |= row.types;
    if (standingIn(row.got) === STANDING.allowed) sums[at + AT.allowed]! += count;
    sums[at + AT.classes + classOf(resultIn(row.got))]! += count;
  }

  keyAt(place: number): number {
    return this.#keys[place]!;
  }

  firstMsAt(place: number): number {
    return this.#sums[place * FIELDS + AT.first]!;
  }

  lastMsAt(place: number): number {
    return this.#sums[place * FIELDS + AT.last]!;
  }

  at(place: number): Summed {
    const at = place * FIELDS;
    const sum = (field: number): number => this.#sums[at + field]!;
    const got: { [name in ResultClass]?: number } = {};
    CLASSES.forEach((name, number) => {
      const count = sum(AT.classes + number);
      if (count > 0) got[name] = count;
    });
    return {
      count: sum(AT.count),
      countMax: sum(AT.count) + sum(AT.unsure),
      firstMs: sum(AT.first),
      lastMs: sum(AT.last),
      rows: sum(AT.rows),
      tellings: sum(AT.tellings),
      visits: sum(AT.visits) === 0 ? null : sum(AT.visits),
      types: sum(AT.types),
      got,
      allowed: sum(AT.allowed),
    };
  }

  #placeOf(key: number): number {
    const at = this.#slotOf(key);
    const known = this.#table[at]!;
    if (known > 0) return known - 1;
    if (this.#size === this.#keys.length) {
      this.#grow(this.#size * 2);
      return this.#placeOf(key);
    }
    const place = this.#size;
    this.#size += 1;
    this.#table[at] = place + 1;
    this.#keys[place] = key;
    this.#sums[place * FIELDS + AT.first] = Number.POSITIVE_INFINITY;
    return place;
  }

  /** Where it stands in the table, or would. */
  #slotOf(key: number): number {
    const table = this.#table;
    const last = table.length - 1;
    const mixed =
      Math.imul(Math.floor(key / 0x1000000) | 0, 0x9e3779b1) ^ Math.imul(key % 0x1000000, 0x85ebca6b);
    let at = (mixed ^ (mixed >>> 15)) & last;
    while (table[at] !== 0 && this.#keys[table[at]! - 1] !== key) at = (at + 1) & last;
    return at;
  }

  #grow(size: number): void {
    const keys = new Float64Array(size);
    keys.set(this.#keys);
    this.#keys = keys;
    this.#table = new Int32Array(size * SPARSE);
    for (let place = 0; place < this.#size; place += 1) this.#table[this.#slotOf(keys[place]!)] = place + 1;
    const sums = new Float64Array(size * FIELDS);
    sums.set(this.#sums);
    this.#sums = sums;
  }
}
