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

export class Tallies {
  readonly #places = new Map<number, number>();
  #keys: Float64Array;
  #sums: Float64Array;

  /** @param places to begin with */
  constructor(places = 1024) {
    this.#keys = new Float64Array(places);
    this.#sums = new Float64Array(places * FIELDS);
  }

  get size(): number {
    return this.#places.size;
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
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const place = this.#places.size;
    if (place === this.#keys.length) this.#grow(place * 2);
    this.#places.set(key, place);
    this.#keys[place] = key;
    this.#sums[place * FIELDS + AT.first] = Number.POSITIVE_INFINITY;
    return place;
  }

  #grow(size: number): void {
    const keys = new Float64Array(size);
    keys.set(this.#keys);
    this.#keys = keys;
    const sums = new Float64Array(size * FIELDS);
    sums.set(this.#sums);
    this.#sums = sums;
  }
}
