// Sightings that wait for the store, in flat arrays: one place for each asker, name, day and what came of it, summed exactly.
//
//   places  hash of (asker, name, day, got) → place + 1, 0 none; open addressing, at most half full
//
// Invariant: Σ count over places = what was added. Twin: a Map in test/desk/sightings.test.ts.
import { grown } from '../../events/octet-table.ts';

const PLACES_FIRST = 1024;

export class HeldSightings {
  askers = new Int32Array(PLACES_FIRST);
  names = new Int32Array(PLACES_FIRST);
  days = new Int32Array(PLACES_FIRST);
  /** hits/standing.ts */
  gots = new Int32Array(PLACES_FIRST);
  firstMs = new Float64Array(PLACES_FIRST);
  lastMs = new Float64Array(PLACES_FIRST);
  counts = new Float64Array(PLACES_FIRST);
  visits = new Float64Array(PLACES_FIRST);
  /** TYPE_BIT of hits/asked-types.ts, or-ed. */
  types = new Int32Array(PLACES_FIRST);
  #places = new Int32Array(PLACES_FIRST * 2);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The place of these; −1 when there is none. */
  find(asker: number, name: number, day: number, got: number): number {
    const mask = this.#places.length - 1;
    let at = hashOf(asker, name, day, got) & mask;
    for (;;) {
      const place = this.#places[at]! - 1;
      if (place < 0) return -1;
      if (
        this.askers[place] === asker &&
        this.names[place] === name &&
        this.days[place] === day &&
        this.gots[place] === got
      )
        return place;
      at = (at + 1) & mask;
    }
  }

  /** A new place, nothing in it yet. */
  begin(asker: number, name: number, day: number, got: number): number {
    const place = this.#size;
    if (place === this.names.length) this.#grow();
    this.askers[place] = asker;
    this.names[place] = name;
    this.days[place] = day;
    this.gots[place] = got;
    this.firstMs[place] = Number.POSITIVE_INFINITY;
    this.lastMs[place] = 0;
    this.counts[place] = 0;
    this.visits[place] = 0;
    this.types[place] = 0;
    this.#link(place);
    this.#size = place + 1;
    return place;
  }

  /** @param visits 1 where these queries began a visit */
  add(place: number, timeMs: number, count: number, visits: number, types: number): void {
    if (timeMs < this.firstMs[place]!) this.firstMs[place] = timeMs;
    if (timeMs > this.lastMs[place]!) this.lastMs[place] = timeMs;
    this.counts[place]! += count;
    this.visits[place]! += visits;
    this.types[place]! |= types;
  }

  clear(): void {
    this.#places.fill(0);
    this.#size = 0;
  }

  #link(place: number): void {
    const mask = this.#places.length - 1;
    let at = hashOf(this.askers[place]!, this.names[place]!, this.days[place]!, this.gots[place]!) & mask;
    while (this.#places[at] !== 0) at = (at + 1) & mask;
    this.#places[at] = place + 1;
  }

  #grow(): void {
    const length = this.names.length * 2;
    this.askers = grown(this.askers, length);
    this.names = grown(this.names, length);
    this.days = grown(this.days, length);
    this.gots = grown(this.gots, length);
    this.firstMs = grown(this.firstMs, length);
    this.lastMs = grown(this.lastMs, length);
    this.counts = grown(this.counts, length);
    this.visits = grown(this.visits, length);
    this.types = grown(this.types, length);
    this.#places = new Int32Array(length * 2);
    for (let place = 0; place < this.#size; place += 1) this.#link(place);
  }
}

function hashOf(asker: number, name: number, day: number, got: number): number {
  const mixed =
    Math.imul(name, 0x9e3779b1) ^
    Math.imul(asker + 1, 0x85ebca6b) ^
    Math.imul(day, 0xc2b2ae35) ^
    Math.imul(got, 0x27d4eb2f);
  return mixed ^ (mixed >>> 15);
}
