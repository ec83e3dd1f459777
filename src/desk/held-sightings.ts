// Sightings that wait for the store, in flat arrays: one place for each client, name and day, summed exactly.
//
//   places  hash of (client, name, day) → place + 1, 0 none; open addressing, at most half full
//
// Invariant: Σ count over places = what was added. Twin: a Map in test/hits/thread/sightings.test.ts.
import { grown } from './octet-table.ts';

const PLACES_FIRST = 1024;

export class HeldSightings {
  clients = new Int32Array(PLACES_FIRST);
  names = new Int32Array(PLACES_FIRST);
  days = new Int32Array(PLACES_FIRST);
  firstMs = new Float64Array(PLACES_FIRST);
  lastMs = new Float64Array(PLACES_FIRST);
  counts = new Float64Array(PLACES_FIRST);
  blocked = new Uint8Array(PLACES_FIRST);
  #places = new Int32Array(PLACES_FIRST * 2);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The place of this client, name and day; −1 when there is none. */
  find(client: number, name: number, day: number): number {
    const mask = this.#places.length - 1;
    let at = hashOf(client, name, day) & mask;
    for (;;) {
      const place = this.#places[at]! - 1;
      if (place < 0) return -1;
      if (this.clients[place] === client && this.names[place] === name && this.days[place] === day)
        return place;
      at = (at + 1) & mask;
    }
  }

  /** A new place, nothing in it yet. */
  begin(client: number, name: number, day: number): number {
    const place = this.#size;
    if (place === this.names.length) this.#grow();
    this.clients[place] = client;
    this.names[place] = name;
    this.days[place] = day;
    this.firstMs[place] = Number.POSITIVE_INFINITY;
    this.lastMs[place] = 0;
    this.counts[place] = 0;
    this.blocked[place] = 0;
    this.#link(place);
    this.#size = place + 1;
    return place;
  }

  add(place: number, timeMs: number, count: number, blocked: boolean): void {
    if (timeMs < this.firstMs[place]!) this.firstMs[place] = timeMs;
    if (timeMs > this.lastMs[place]!) this.lastMs[place] = timeMs;
    this.counts[place]! += count;
    if (blocked) this.blocked[place] = 1;
  }

  clear(): void {
    this.#places.fill(0);
    this.#size = 0;
  }

  #link(place: number): void {
    const mask = this.#places.length - 1;
    let at = hashOf(this.clients[place]!, this.names[place]!, this.days[place]!) & mask;
    while (this.#places[at] !== 0) at = (at + 1) & mask;
    this.#places[at] = place + 1;
  }

  #grow(): void {
    const length = this.names.length * 2;
    this.clients = grown(this.clients, length);
    this.names = grown(this.names, length);
    this.days = grown(this.days, length);
    this.firstMs = grown(this.firstMs, length);
    this.lastMs = grown(this.lastMs, length);
    this.counts = grown(this.counts, length);
    this.blocked = grown(this.blocked, length);
    this.#places = new Int32Array(length * 2);
    for (let place = 0; place < this.#size; place += 1) this.#link(place);
  }
}

function hashOf(client: number, name: number, day: number): number {
  const mixed = Math.imul(name, 0x9e3779b1) ^ Math.imul(client + 1, 0x85ebca6b) ^ Math.imul(day, 0xc2b2ae35);
  return mixed ^ (mixed >>> 15);
}
