// A machine's name for one day where the history is kept without addresses.
import { createHmac, randomBytes } from 'node:crypto';

/**
 * HMAC-SHA256 under a key that is drawn at midnight (UTC), kept in memory only and forgotten a day later. Within a day questions
 * of one machine can be told together, whatever its addresses; over days, or after a restart, they cannot.
 */
export class Pseudonyms {
  readonly #random: (octets: number) => Buffer;
  readonly #keys = new Map<number, Buffer>();

  constructor(random: (octets: number) => Buffer = randomBytes) {
    this.#random = random;
  }

  of(machine: string, day: number): string {
    let key = this.#keys.get(day);
    if (key === undefined) {
      key = this.#random(32);
      this.#keys.set(day, key);
      for (const old of this.#keys.keys()) if (old < day - 1) this.#keys.delete(old);
    }
    return `anon-${createHmac('sha256', key).update(machine).digest('hex').slice(0, 16)}`;
  }
}
