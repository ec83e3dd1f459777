// Hits that wait for the store, as columns: a quarter of the memory that they take as objects, and what is stored of many at once.
import { type Hit, type HitClient, isOfKind } from './hit.ts';
import { textToMoment } from './log/moment.ts';
import { withRoom } from './log/room.ts';
import { matchesKept } from './store/hit-row.ts';

/** From so many on they are octets; fewer than that are what the store keeps as rows. */
const VALUES_MAX = 256;
/** Of one UTF-16 unit. */
const UNIT_OCTETS_MAX = 3;
const COMMA = 0x2c;
const NO_OCTETS = Buffer.alloc(0);

/**
 * Values of one hit after another, of which the older are JSON already: texts that live until they are stored are copied by each scavenge
 * before that, and then wait for a collection of the whole heap.
 *
 * Twin: JSON.stringify in test/hits/hit-pile.test.ts.
 */
export class JsonColumn<Value extends string | number | null> {
  /** Those that are not octets yet: all, as long as there are less than VALUES_MAX and `json` was not called. */
  readonly values: Value[] = [];
  #octets: Buffer<ArrayBuffer> = NO_OCTETS;
  #length = 0;
  #hasValue = false;

  push(value: Value): void {
    this.#hasValue ||= value !== null;
    if (this.values.push(value) >= VALUES_MAX) this.#seal();
  }

  /** Whether any of them is not null. */
  get hasValue(): boolean {
    return this.#hasValue;
  }

  /** All of them, as an array; until the next is added. */
  json(): Buffer {
    if (this.values.length > 0 || this.#length === 0) this.#seal();
    return this.#octets.subarray(0, this.#length);
  }

  #seal(): void {
    const text = JSON.stringify(this.values);
    // The bracket that ended what is there becomes the comma before what is added.
    const at = this.#length > '[]'.length ? this.#length - 1 : 0;
    this.#octets = withRoom(this.#octets, this.#length, text.length * UNIT_OCTETS_MAX);
    this.#length = at + this.#octets.write(text, at);
    if (at > 0) this.#octets[at] = COMMA;
    this.values.length = 0;
  }
}

/** The value of each hit by its place. */
export class HitColumns {
  readonly id = new JsonColumn<string>();
  readonly timeMs: number[] = [];
  readonly count: number[] = [];
  /** Places in `clients` and `kinds`. */
  readonly client: number[] = [];
  readonly kind: number[] = [];
  readonly name = new JsonColumn<string>();
  /** As HitRow has them. */
  readonly rule = new JsonColumn<string | number>();
  readonly via = new JsonColumn<string | null>();
  readonly matches = new JsonColumn<string | number | null>();
  readonly visit = new JsonColumn<string | null>();
  /** One hit of each that share who asked; and of each that share rule, type, transport and outcome. */
  readonly clients: Hit[] = [];
  readonly kinds: Hit[] = [];
  readonly #placeOf = new Map<HitClient, number>();

  get size(): number {
    return this.timeMs.length;
  }

  add(hit: Hit): void {
    const { id, rule, via, visit } = hit;
    const { name } = hit.question;
    this.id.push(id);
    this.timeMs.push(textToMoment(hit.time));
    this.count.push(hit.count);
    this.client.push(this.#clientOf(hit));
    this.kind.push(this.#kindOf(hit));
    this.name.push(name);
    this.rule.push(name.endsWith(rule) ? rule.length : rule);
    this.via.push(via);
    this.matches.push(matchesKept(hit));
    this.visit.push(visit === id ? null : visit);
  }

  #clientOf(hit: Hit): number {
    const known = this.#placeOf.get(hit.client);
    const of = known === undefined ? undefined : this.clients[known];
    if (known !== undefined && of?.machine === hit.machine && of.through === hit.through) return known;
    const place = this.clients.push(hit) - 1;
    this.#placeOf.set(hit.client, place);
    return place;
  }

  /** Most are of the last few; one that comes again after many others has another place, and means the same. */
  #kindOf(hit: Hit): number {
    const { kinds } = this;
    for (let i = kinds.length - 1; i >= 0 && i >= kinds.length - KINDS_RECENT; i -= 1)
      if (isOfKind(kinds[i]!, hit)) return i;
    return kinds.push(hit) - 1;
  }
}

const KINDS_RECENT = 8;
/** Of one row of the store. */
const HITS_A_PIECE = 4096;

export class HitPile {
  readonly #pieces: HitColumns[] = [];
  #size = 0;
  /** Those that wait here alone: without a journal, or made of a query's record. */
  unjournalled = 0;

  static of(hits: readonly Hit[]): HitPile {
    const pile = new HitPile();
    for (const hit of hits) pile.add(hit);
    return pile;
  }

  get size(): number {
    return this.#size;
  }

  /** In the order they came. */
  get pieces(): readonly HitColumns[] {
    return this.#pieces;
  }

  add(hit: Hit, isJournalled = true): void {
    let last = this.#pieces.at(-1);
    if (last === undefined || last.size >= HITS_A_PIECE) {
      last = new HitColumns();
      this.#pieces.push(last);
    }
    last.add(hit);
    this.#size += 1;
    if (!isJournalled) this.unjournalled += 1;
  }
}
