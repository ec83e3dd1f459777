// Askings that are attempts of one visit: A beside AAAA and HTTPS, retries by UDP and TCP, a stub's own tries.
//
// A visit is all that a machine asks of one name within VISIT_MS of the first; it is called by the id of the first hit.
// Stub resolvers give up after 10 to 20 s (glibc: two servers, two tries of 5 s), the shortest beacons worth the name come
// every 30 s.
export const VISIT_MS = 20_000;
/** In each of two halves: a flood of names must not fill memory, and then begins some visits anew. */
const VISITS_MAX = 8192;

interface Visit {
  readonly id: string;
  readonly firstMs: number;
}

/** Machine → name → visit: two look-ups of texts that others look up too, and none to put together. */
type OfMachines = Map<string, Map<string, Visit>>;

export class Visits {
  #young: OfMachines = new Map();
  #old: OfMachines = new Map();
  #youngCount = 0;
  #turnedMs = 0;

  /** The visit that an asking belongs to; it begins one, by `id`, when there is none. */
  of(machine: string, name: string, timeMs: number, id: string): string {
    let own = this.#young.get(machine);
    const known = own?.get(name) ?? this.#old.get(machine)?.get(name);
    if (known !== undefined && Math.abs(timeMs - known.firstMs) < VISIT_MS) return known.id;
    if (this.#youngCount >= VISITS_MAX || timeMs - this.#turnedMs >= VISIT_MS) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#youngCount = 0;
      this.#turnedMs = timeMs;
      own = undefined;
    }
    if (own === undefined) {
      own = new Map();
      this.#young.set(machine, own);
    }
    own.set(name, { id, firstMs: timeMs });
    this.#youngCount += 1;
    return id;
  }
}
