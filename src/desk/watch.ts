// Notes from when to when was watched, so that an answer can say of which time it speaks.
import { type Coverage, coverageOf } from '../hits/coverage.ts';
import { DAY_MS, dayOf } from '../hits/store/schema.ts';
import type { Store, Tables } from '../hits/store/store.ts';

export interface WatchOptions {
  readonly store: Store;
  /** Wall clock, ms. */
  readonly now: () => number;
  /** Monotonic, ms. */
  readonly monotonic: () => number;
  /** Whether what is asked for is kept. */
  readonly history: boolean;
  /** Queries that found no room since the start. */
  readonly lost: () => number;
}

/** How often it is noted while there is nothing else to write. */
const NOTE_MS = 60_000;
/** Threads hold queries for two seconds, and pass them on a few times a second. */
const HELD_MS = 3000;

export class Watch {
  readonly #options: WatchOptions;
  #fromMs: number;
  #history: boolean;
  #lostBefore = 0;
  #notedMs = Number.NEGATIVE_INFINITY;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#fromMs = options.now();
    this.#history = options.history;
  }

  /** Call in a transaction that is written anyway. */
  write({ watched }: Tables): void {
    const { now, lost, monotonic } = this.#options;
    this.#notedMs = monotonic();
    const toMs = Math.max(this.#fromMs, now());
    watched.write({ fromMs: this.#fromMs, toMs, history: this.#history, lost: lost() - this.#lostBefore });
  }

  tick(): void {
    if (this.#options.monotonic() - this.#notedMs >= NOTE_MS) this.note();
  }

  note(): void {
    this.#options.store.write((tables) => this.write(tables));
  }

  /** The history is kept from now on, or not. */
  useHistory(history: boolean): void {
    if (history === this.#history) return;
    this.note();
    this.#begin(history);
  }

  /** The clock jumped: what it says from now on belongs to another time. */
  clockJumped(): void {
    this.#begin(this.#history);
  }

  coverage(
    of: 'history' | 'hits',
    facts: {
      readonly sinceMs: number;
      readonly historyMs: number;
      readonly hitsMs: number;
      readonly waiting: number;
    },
  ): Coverage {
    const { store, now } = this.#options;
    const { sinceMs, historyMs, hitsMs, waiting } = facts;
    const keptSinceMs = of === 'hits' ? now() - hitsMs : dayOf(now() - historyMs) * DAY_MS;
    // What threads hold is not in the answer yet.
    const untilMs = of === 'hits' ? now() : now() - HELD_MS;
    this.note();
    const watched = store.read((tables) => tables.watched.since(Math.max(sinceMs, keptSinceMs)), []);
    return coverageOf({ watched, of, sinceMs, keptSinceMs, untilMs, waiting });
  }

  #begin(history: boolean): void {
    const nowMs = this.#options.now();
    // Two spans never begin in one moment.
    this.#fromMs = nowMs === this.#fromMs ? nowMs + 1 : nowMs;
    this.#history = history;
    this.#lostBefore = this.#options.lost();
    this.note();
  }
}
