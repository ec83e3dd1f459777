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

export class Visits {
  #young = new Map<string, Visit>();
  #old = new Map<string, Visit>();
  #turnedMs = 0;

  /** The visit that an asking belongs to; it begins one, by `id`, when there is none. */
  of(machine: string, name: string, timeMs: number, id: string): string {
    const key = `${machine} ${name}`;
    const known = this.#young.get(key) ?? this.#old.get(key);
    if (known !== undefined && Math.abs(timeMs - known.firstMs) < VISIT_MS) return known.id;
    if (this.#young.size >= VISITS_MAX || timeMs - this.#turnedMs >= VISIT_MS) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#turnedMs = timeMs;
    }
    this.#young.set(key, { id, firstMs: timeMs });
    return id;
  }
}
