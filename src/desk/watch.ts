// Notes from when to when was watched, so that an answer can say of which time it speaks.
import { type Coverage, coverageOf } from '../hits/coverage.ts';
import { DAY_MS, dayOf } from '../hits/store/schema.ts';
import type { Store, Tables } from '../hits/store/store.ts';
import type { Watched } from '../hits/store/watch-table.ts';

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
  /** Its thread takes the place of one that ended. */
  readonly isReplacement?: boolean | undefined;
  /** Queries that found no room since the start. */
  readonly lost: () => number;
  /** Queries of which only a name above theirs is kept, since the start. */
  readonly unnamed: () => number;
}

/** How often it is noted while there is nothing else to write. */
const NOTE_MS = 60_000;
/**
 * What a kill would cost: a query may wait for upstreams (3.5 s), threads hold it for two seconds after that, and pass it on a few times a
 * second; the desk gathers for five more. Hits that a rule decided are in a journal by then, those of a pause are not.
 */
const HELD_MS = { byThreads: 7000, byAll: 13_000, byNobody: 0 } as const;
type Holders = keyof typeof HELD_MS;

export class Watch {
  readonly #options: WatchOptions;
  #fromMs: number;
  #history: Kept;
  /** What the present span is noted to reach. */
  #toMs = 0;
  #lostBefore = 0;
  #unnamedBefore = 0;
  /** Of this span, the newest record that is stored. */
  #keptToMs = 0;
  /** A record of before it that the store does not know of yet. */
  #keptBeforeMs = 0;
  /** What the clock said when it jumped, and this span began. */
  #jumpedFromMs: number | null = null;
  #notedMs = Number.NEGATIVE_INFINITY;
  /** Begin of the span that the store has; null: none yet. */
  #storedFromMs: number | null = null;
  /** Spans that ended in order, of which the store does not know that yet. */
  #ended: Watched[] = [];

  constructor(options: WatchOptions) {
    this.#options = options;
    // A clock that was set back since is right about now.
    this.#fromMs = Math.min(options.watchedSinceMs ?? Number.POSITIVE_INFINITY, options.now());
    this.#history = options.history;
  }

  /** Until when the start before is known to have watched, wall clock, ms; 0: there is nothing of one. */
  endedBefore({ watched }: Pick<Tables, 'watched'>): number {
    const before = watched.since(0).findLast(({ fromMs }) => fromMs < this.#fromMs);
    return before === undefined ? 0 : Math.max(before.toMs, before.keptToMs ?? 0);
  }

  /** A record of this time goes into the store with the next transaction. */
  keeps(timeMs: number): void {
    if (timeMs < this.#fromMs) this.#keptBeforeMs = Math.max(this.#keptBeforeMs, timeMs);
    // One of a clock that was set back since says nothing of now.
    else if (timeMs <= this.#options.now()) this.#keptToMs = Math.max(this.#keptToMs, timeMs);
  }

  /**
   * Call in a transaction that is written anyway.
   * @param holders of queries that are not in the store yet
   * @param isClosed nothing more is known of this span
   */
  write({ watched }: Tables, holders: Holders, isClosed = false): void {
    const { now, monotonic } = this.#options;
    this.#notedMs = monotonic();
    // Another file than before, which was removed or damaged: what was kept until now went with it.
    if (this.#storedFromMs !== null && !watched.has(this.#storedFromMs)) {
      this.#ended = [];
      this.#beginNow(this.#history, null);
    }
    this.#toMs = Math.max(this.#fromMs, this.#toMs, now() - HELD_MS[holders]);
    for (const span of this.#ended) watched.write(span);
    watched.write({ ...this.#span(this.#toMs), isClosed });
    if (this.#storedFromMs === null && this.#options.isReplacement === true)
      watched.failedBefore(this.#fromMs);
    if (this.#keptBeforeMs > 0) watched.keptBefore(this.#fromMs, this.#keptBeforeMs);
  }

  /** Call when the transaction of `write` is committed. */
  written(): void {
    this.#storedFromMs = this.#fromMs;
    this.#keptBeforeMs = 0;
    this.#ended = [];
  }

  tick(): void {
    if (this.#options.monotonic() - this.#notedMs >= NOTE_MS) this.note();
  }

  note(holders: Holders = 'byAll'): void {
    if (this.#options.store.write((tables) => this.write(tables, holders))) this.written();
  }

  /** The history is kept from now on, or not. */
  useHistory(history: Kept): void {
    if (history === this.#history) return;
    const toMs = Math.max(this.#fromMs, this.#options.now());
    this.#begin(history, null, toMs);
  }

  /**
   * The clock jumped: what it says from now on belongs to another time. What it was set back over is not said to be watched: it is still
   * to come. @param byMs back: below 0
   */
  clockJumped(byMs: number): void {
    const { now } = this.#options;
    const jumpedFromMs = now() - byMs;
    const toMs = Math.max(this.#fromMs, Math.min(jumpedFromMs, now()));
    this.#keptToMs = Math.min(this.#keptToMs, toMs);
    this.#begin(this.#history, jumpedFromMs, toMs);
  }

  coverage(
    of: 'history' | 'hits',
    facts: {
      readonly sinceMs: number;
      readonly historyMs: number;
      readonly hitsMs: number;
      readonly waiting: number;
      /** Of queries that are not in the store yet. */
      readonly holders: Holders;
    },
  ): Coverage {
    const { store, now } = this.#options;
    const { sinceMs, historyMs, hitsMs, waiting, holders } = facts;
    const keptSinceMs = of === 'hits' ? now() - hitsMs : dayOf(now() - historyMs) * DAY_MS;
    // What threads hold is not in the answer yet.
    const untilMs = of === 'hits' ? now() : now() - HELD_MS.byThreads;
    this.note(holders);
    const watched = store.read((tables) => tables.watched.since(Math.max(sinceMs, keptSinceMs)), []);
    return coverageOf({ watched, of, sinceMs, keptSinceMs, untilMs, nowMs: now(), waiting });
  }

  #span(toMs: number): Watched {
    const kept = { history: this.#history !== 'not', byMachine: this.#history === 'byMachine' };
    const lost = this.#options.lost() - this.#lostBefore;
    const unnamed = this.#options.unnamed() - this.#unnamedBefore;
    const [keptToMs, jumpedFromMs] = [this.#keptToMs, this.#jumpedFromMs];
    return { fromMs: this.#fromMs, toMs, ...kept, lost, unnamed, keptToMs, jumpedFromMs };
  }

  /** @param endMs of the span before */
  #begin(history: Kept, jumpedFromMs: number | null, endMs: number): void {
    this.#ended.push({ ...this.#span(endMs), isClosed: true });
    this.#beginNow(history, jumpedFromMs);
    this.note();
  }

  #beginNow(history: Kept, jumpedFromMs: number | null): void {
    const nowMs = this.#options.now();
    // Two spans never begin in one moment.
    this.#fromMs = nowMs === this.#fromMs ? nowMs + 1 : nowMs;
    this.#toMs = 0;
    this.#keptToMs = 0;
    this.#jumpedFromMs = jumpedFromMs;
    this.#history = history;
    this.#lostBefore = this.#options.lost();
    this.#unnamedBefore = this.#options.unnamed();
  }
}
