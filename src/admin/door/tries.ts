// How often a sign-in may be tried. Failures count against the address and against the user; who has signed in from an address
// before is not held up there by what others try elsewhere, so that nobody can lock a user out.
import { addressToText, isMapped, networkToText, textToAddress } from '../../wire/names/address.ts';

const WINDOW_MS = 5 * 60_000;
/** Failures in a window. */
const OF_ADDRESS = 10;
const OF_USER = 30;
const KEPT_MAX = 10_000;
const KNOWN_MS = 30 * 86_400_000;

interface Count {
  failures: number;
  endMs: number;
}

export class Tries {
  readonly #now: () => number;
  readonly #counts = new Map<string, Count>();
  /** When somebody last got in as a user from an address. */
  readonly #known = new Map<string, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** How long to wait before the next try, ms; 0 for not at all. */
  waitMs(user: string, address: string): number {
    const place = placeOf(address);
    const ofAddress = this.#wait(`a ${place}`, OF_ADDRESS);
    const knownMs = this.#known.get(keyOf(user, place));
    const isKnown = knownMs !== undefined && this.#now() - knownMs < KNOWN_MS;
    return Math.max(ofAddress, isKnown ? 0 : this.#wait(`u ${user}`, OF_USER));
  }

  /** Counts as a failure until it has succeeded, so that many at once are no way round. */
  begin(user: string, address: string): void {
    for (const key of keysOf(user, address)) {
      const count = this.#counts.get(key);
      if (count === undefined || count.endMs <= this.#now()) {
        this.#counts.delete(key);
        this.#counts.set(key, { failures: 1, endMs: this.#now() + WINDOW_MS });
      } else count.failures += 1;
    }
    trim(this.#counts);
  }

  /** It was no failure. */
  undo(user: string, address: string): void {
    for (const key of keysOf(user, address)) {
      const count = this.#counts.get(key);
      if (count !== undefined) count.failures -= 1;
    }
  }

  succeeded(user: string, address: string): void {
    this.undo(user, address);
    const key = keyOf(user, placeOf(address));
    this.#known.delete(key);
    this.#known.set(key, this.#now());
    trim(this.#known);
  }

  #wait(key: string, most: number): number {
    const count = this.#counts.get(key);
    if (count === undefined || count.failures < most) return 0;
    return Math.max(0, count.endMs - this.#now());
  }
}

const keysOf = (user: string, address: string): readonly string[] => [`a ${placeOf(address)}`, `u ${user}`];
const keyOf = (user: string, place: string): string => JSON.stringify([user, place]);

/** A machine has a whole /64 of IPv6 to try from. */
function placeOf(address: string): string {
  const octets = textToAddress(address);
  if (octets === null) return address;
  return isMapped(octets) ? addressToText(octets) : networkToText(octets, 64);
}

/** The oldest go: a try may bring two. */
function trim(map: Map<string, unknown>): void {
  for (const oldest of map.keys()) {
    if (map.size <= KEPT_MAX) return;
    map.delete(oldest);
  }
}
