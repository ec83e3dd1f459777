// Gathers query records into what the history keeps: who asked for which name, from when to when, how often.
import { createHmac, randomBytes } from 'node:crypto';
import { decodeQuery, type QueryRecord } from '../../events/query-record.ts';
import { RingReader } from '../../events/ring.ts';
import { VERDICT } from '../../policy/verdict.ts';
import { nameToText } from '../../wire/presentation.ts';
import { addressToText } from '../address.ts';
import type { Sighting } from '../store/history.ts';
import { dayOf } from '../store/schema.ts';

export type Privacy = 'none' | 'anonymise' | 'off';

/** Different (day, client, name) held while the store takes nothing; past it sightings are counted as lost. */
const HELD_MAX = 200_000;

type Held = { -readonly [Key in keyof Sighting]: Sighting[Key] };

export class Sightings {
  readonly #rings: readonly RingReader[];
  readonly #pseudonyms: Pseudonyms;
  readonly #held = new Map<string, Held>();
  #privacy: Privacy;
  #lost = 0;

  constructor(
    rings: readonly SharedArrayBuffer[],
    privacy: Privacy,
    random: (octets: number) => Buffer = randomBytes,
  ) {
    this.#rings = rings.map((ring) => new RingReader(ring));
    this.#privacy = privacy;
    this.#pseudonyms = new Pseudonyms(random);
  }

  get size(): number {
    return this.#held.size;
  }

  /** Queries the history does not know of for want of room. */
  get lost(): number {
    return this.#lost + this.#rings.reduce((sum, ring) => sum + ring.lost, 0);
  }

  usePrivacy(privacy: Privacy): void {
    this.#privacy = privacy;
  }

  drain(): void {
    for (const ring of this.#rings)
      ring.drain((bytes, offset, length) => {
        const record = decodeQuery(bytes, offset, length);
        if (record !== null && this.#privacy !== 'off') this.#add(record);
      });
  }

  /** What was gathered; `written` lets it go. */
  get held(): Iterable<Sighting> {
    return this.#held.values();
  }

  written(): void {
    this.#held.clear();
  }

  #add(record: QueryRecord): void {
    const { timeMs, count } = record;
    const ip =
      this.#privacy === 'anonymise'
        ? this.#pseudonyms.of(record.address, dayOf(timeMs))
        : addressToText(record.address);
    const name = nameToText(record.qname);
    const key = `${dayOf(timeMs)} ${ip} ${name}`;
    const known = this.#held.get(key);
    const blocked = record.verdict !== VERDICT.pass;
    if (known !== undefined) {
      known.count += count;
      known.firstMs = Math.min(known.firstMs, timeMs);
      known.lastMs = Math.max(known.lastMs, timeMs);
      known.blocked ||= blocked;
    } else if (this.#held.size < HELD_MAX)
      this.#held.set(key, { ip, name, firstMs: timeMs, lastMs: timeMs, count, blocked });
    else this.#lost += count;
  }
}

/**
 * A client's name for one day: HMAC-SHA256 under a key that is drawn at midnight (UTC), kept in memory only and forgotten
 * a day later. Within a day questions of one client can be told together; over days, or after a restart, they cannot.
 */
class Pseudonyms {
  readonly #random: (octets: number) => Buffer;
  readonly #keys = new Map<number, Buffer>();

  constructor(random: (octets: number) => Buffer) {
    this.#random = random;
  }

  of(address: Uint8Array, day: number): string {
    let key = this.#keys.get(day);
    if (key === undefined) {
      key = this.#random(32);
      this.#keys.set(day, key);
      for (const old of this.#keys.keys()) if (old < day - 1) this.#keys.delete(old);
    }
    return `anon-${createHmac('sha256', key).update(address).digest('hex').slice(0, 16)}`;
  }
}
