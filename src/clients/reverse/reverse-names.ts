// Names by reverse DNS, asked when a client is first seen and again when the answer is old: bounded in number, rate and time.
import { LRUCache } from 'lru-cache';
import { textToAddress } from '../../wire/names/address.ts';
import type { AskPointer } from './reverse-asker.ts';

export interface ReverseNamesOptions {
  readonly ask: AskPointer;
  /** Monotonic, ms. */
  readonly now: () => number;
  /** An answer changed what is known. */
  readonly learnt: () => void;
}

interface Known {
  name: string | null;
  /** When to ask again. */
  dueMs: number;
  /** When the client was last said to be there. */
  seenMs: number;
}

/** Clients known or waiting; the one that was not seen for longest is forgotten. */
const CLIENTS_MAX = 10_000;
/** Questions a second, on average and at once. */
const RATE = { perSecond: 10, burst: 20 } as const;
const IN_FLIGHT_MAX = 8;
const TTL_MS = { shortest: 30_000, longest: 86_400_000 } as const;
/** No name: a machine that was just given its address may get one soon. */
const NO_NAME_MS = 600_000;
/** No answer: the upstream may be back soon. */
const NO_ANSWER_MS = 60_000;
/** A client not seen for this long is not asked for any more. */
const GONE_MS: number = 2 * 86_400_000;

export class ReverseNames {
  readonly #options: ReverseNamesOptions;
  readonly #known: LRUCache<string, Known>;
  readonly #waiting = new Set<string>();
  #inFlight = 0;
  #version = 0;
  #tokens: number = RATE.burst;
  #refilledMs: number;

  constructor(options: ReverseNamesOptions) {
    this.#options = options;
    this.#known = new LRUCache({
      max: CLIENTS_MAX,
      dispose: ({ name }, ip, reason) => {
        if (reason === 'set') return;
        if (name !== null) this.#version += 1;
        this.#waiting.delete(ip);
      },
    });
    this.#refilledMs = options.now();
  }

  /** Another number whenever a name is another. */
  get version(): number {
    return this.#version;
  }

  /** Name by address text, null when there is none or it is not known yet. */
  nameOf(ip: string): string | null {
    return this.#known.peek(ip)?.name ?? null;
  }

  /** Addresses whose name is known. */
  get names(): readonly (readonly [ip: string, name: string])[] {
    return [...this.#known.rkeys()].flatMap((ip) => {
      const name = this.nameOf(ip);
      return name === null ? [] : [[ip, name] as const];
    });
  }

  /** This client is there: its name will be asked for, unless the answer is still good. */
  want(ip: string): void {
    const now = this.#options.now();
    const known = this.#known.get(ip);
    if (known === undefined) this.#known.set(ip, { name: null, dueMs: now, seenMs: now });
    else known.seenMs = now;
    if (known === undefined || known.dueMs <= now) this.#waiting.add(ip);
    this.#pump();
  }

  /** Asks again for what is old; call it every few seconds. */
  tick(): void {
    const now = this.#options.now();
    for (const ip of [...this.#known.rkeys()]) {
      const { dueMs = 0, seenMs = 0 } = this.#known.peek(ip) ?? {};
      if (now - seenMs > GONE_MS) this.#known.delete(ip);
      else if (dueMs <= now) this.#waiting.add(ip);
    }
    this.#pump();
  }

  /** Another machine has this address: its name is asked for anew. */
  isAnother(ip: string): void {
    if (!this.#known.has(ip)) return;
    this.#known.delete(ip);
    this.want(ip);
  }

  #pump(): void {
    const now = this.#options.now();
    const { perSecond, burst } = RATE;
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#refilledMs) / 1000) * perSecond);
    this.#refilledMs = now;
    for (const ip of this.#waiting) {
      if (this.#tokens < 1 || this.#inFlight >= IN_FLIGHT_MAX) return;
      this.#waiting.delete(ip);
      this.#tokens -= 1;
      void this.#ask(ip);
    }
  }

  async #ask(ip: string): Promise<void> {
    const address = textToAddress(ip);
    const known = this.#known.peek(ip);
    if (address === null || known === undefined) return;
    known.dueMs = Number.POSITIVE_INFINITY;
    this.#inFlight += 1;
    const pointer = await this.#options.ask(address).catch(() => null);
    this.#inFlight -= 1;
    const now = this.#options.now();
    const before = known.name;
    if (pointer !== null) known.name = pointer.name;
    const { shortest, longest } = TTL_MS;
    const holdsMs = Math.min(longest, Math.max(shortest, (pointer?.ttlSeconds ?? 0) * 1000));
    known.dueMs = now + (pointer === null ? NO_ANSWER_MS : pointer.name === null ? NO_NAME_MS : holdsMs);
    if (known.name !== before) {
      this.#version += 1;
      this.#options.learnt();
    }
    this.#pump();
  }
}
