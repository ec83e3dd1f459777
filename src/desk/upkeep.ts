// Removes what is past its time, a little at a go, and only by a clock that can be believed.

import type { Jump } from '../hits/incidents/incident-times.ts';
import { removeUnshared } from '../hits/store/interner.ts';
import { DAY_MS, dayOf } from '../hits/store/schema.ts';
import type { Store } from '../hits/store/store.ts';
import { ClockWatch } from './clock-watch.ts';

export interface UpkeepOptions {
  readonly store: Store;
  /** Wall clock, ms. */
  readonly now: () => number;
  /** Monotonic, ms. */
  readonly monotonic: () => number;
  readonly onJump: (jump: Jump) => void;
}

export interface Retention {
  readonly historyMs: number;
  readonly hitsMs: number;
}

const UPKEEP_MS = 60_000;
/** What no hit shares any more is looked for by reading all hits. */
const CLEAN_MS = 86_400_000;
/** A history that ends this long before now: either nobody ran it, or the clock is wrong. */
const DAYS_UNSEEN_MAX = 30;

export class Upkeep {
  readonly #options: UpkeepOptions;
  readonly #clock: ClockWatch;
  /** When this start began, by the clock as it is set now. */
  #sinceMs: number;
  #lastMs = Number.NEGATIVE_INFINITY;
  #isCompared = false;
  #cleanedMs: number;

  constructor(options: UpkeepOptions) {
    this.#options = options;
    this.#cleanedMs = options.monotonic();
    this.#clock = new ClockWatch(options);
    this.#sinceMs = options.now();
  }

  /** Call before anything else looks at the wall clock. */
  watchClock(): void {
    const jumpMs = this.#clock.readJump();
    if (jumpMs === 0) return;
    this.#options.onJump({ byMs: jumpMs, sinceMs: this.#sinceMs });
    this.#sinceMs += jumpMs;
  }

  /** There is more to be removed. */
  get isOwed(): boolean {
    return this.#lastMs === Number.NEGATIVE_INFINITY;
  }

  tick({ historyMs, hitsMs }: Retention): void {
    const { store, now, monotonic } = this.#options;
    if (monotonic() - this.#lastMs < UPKEEP_MS) return;
    this.#lastMs = monotonic();
    this.#compare();
    if (!this.#clock.isTrusted) return;
    let more = false;
    store.write((tables) => {
      more = tables.led.removeBefore(dayOf(now() - historyMs));
      more = tables.elsewhere.removeBefore(dayOf(now() - historyMs)) || more;
      // Numbers of names that are gone may be given again: what they led to goes first.
      if (!more) {
        const day = dayOf(now() - historyMs);
        more = tables.history.removeBefore(day);
        tables.told.removeBefore(day * DAY_MS);
        tables.tellings.removeBefore(day);
      }
      more = tables.hits.removeBefore(now() - hitsMs) || more;
      tables.incidents.removeBefore(now() - hitsMs);
      tables.watched.removeBefore(now() - Math.max(hitsMs, historyMs));
      tables.notes.removeOldest();
      if (more || monotonic() - this.#cleanedMs < CLEAN_MS) return;
      this.#cleanedMs = monotonic();
      removeUnshared(tables.database);
      tables.hits.forget();
    });
    if (more) this.#lastMs = Number.NEGATIVE_INFINITY;
  }

  /** A machine whose clock is wrong when it starts must not remove all it knows. */
  #compare(): void {
    if (this.#isCompared) return;
    const newest = this.#options.store.read((tables) => tables.history.days().at(-1) ?? 0, null);
    if (newest === null) return;
    this.#isCompared = true;
    if (newest > 0 && dayOf(this.#options.now()) - newest > DAYS_UNSEEN_MAX) this.#clock.distrust();
  }
}
