// Notes from when to when was watched, so that an answer can say of which time it speaks.
import { type Coverage, coverageOf } from '../hits/coverage.ts';
import { DAY_MS, dayOf } from '../hits/store/schema.ts';
import type { Store, Tables } from '../hits/store/store.ts';

/** Whether what is asked for is kept, and with the machines that ask. */
export type Kept = 'not' | 'byMachine' | 'byPseudonym';

export interface WatchOptions {
  readonly store: Store;
  /** Wall clock, ms. */
  readonly now: () => number;
  /** Monotonic, ms. */
  readonly monotonic: () => number;
  readonly history: Kept;
  /** Wall clock, ms: what was asked from then on is kept. Absent: what is asked from now on. */
  readonly watchedSinceMs?: number | undefined;
  /** Queries that found no room since the start. */
  readonly lost: () => number;
}

/** How often it is noted while there is nothing else to write. */
const NOTE_MS = 60_000;
/**
 * What a kill would cost: threads hold queries for two seconds, and pass them on a few times a second; the desk gathers for five more.
 * Hits that a rule decided are in a journal by then, those of a pause are not.
 */
const HELD_MS = { byThreads: 3000, byAll: 9000, byNobody: 0 } as const;
type Holders = keyof typeof HELD_MS;

export class Watch {
  readonly #options: WatchOptions;
  #fromMs: number;
  #history: Kept;
  /** What the present span is noted to reach. */
  #toMs = 0;
  #lostBefore = 0;
  #notedMs = Number.NEGATIVE_INFINITY;

  constructor(options: WatchOptions) {
    this.#options = options;
    // A clock that was set back since is right about now.
    this.#fromMs = Math.min(options.watchedSinceMs ?? Number.POSITIVE_INFINITY, options.now());
    this.#history = options.history;
  }

  /** Call in a transaction that is written anyway. @param holders of queries that are not in the store yet */
  write({ watched }: Tables, holders: Holders): void {
    const { now, lost, monotonic } = this.#options;
    this.#notedMs = monotonic();
    const toMs = Math.max(this.#fromMs, this.#toMs, now() - HELD_MS[holders]);
    this.#toMs = toMs;
    const kept = { history: this.#history !== 'not', byMachine: this.#history === 'byMachine' };
    watched.write({ fromMs: this.#fromMs, toMs, ...kept, lost: lost() - this.#lostBefore });
  }

  tick(): void {
    if (this.#options.monotonic() - this.#notedMs >= NOTE_MS) this.note();
  }

  note(holders: Holders = 'byAll'): void {
    this.#options.store.write((tables) => this.write(tables, holders));
  }

  /** The history is kept from now on, or not. */
  useHistory(history: Kept): void {
    if (history === this.#history) return;
    this.note('byNobody');
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
    const untilMs = of === 'hits' ? now() : now() - HELD_MS.byThreads;
    this.note();
    const watched = store.read((tables) => tables.watched.since(Math.max(sinceMs, keptSinceMs)), []);
    return coverageOf({ watched, of, sinceMs, keptSinceMs, untilMs, waiting });
  }

  #begin(history: Kept): void {
    const nowMs = this.#options.now();
    // Two spans never begin in one moment.
    this.#fromMs = nowMs === this.#fromMs ? nowMs + 1 : nowMs;
    this.#toMs = 0;
    this.#history = history;
    this.#lostBefore = this.#options.lost();
    this.note();
  }
}
