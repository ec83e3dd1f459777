// Those who are told: what each accepted, and when it accepts nothing.

import type { Notice } from '../../../src/alerts/receiver.ts';
import type { Outlet } from '../../../src/alerts/settings.ts';

export interface Accepted {
  /** Its place in the configuration: names and URLs may be corrected. */
  readonly place: number;
  readonly notice: Notice;
  /** When, by the wall clock. */
  readonly wallMs: number;
}

/** What failed is tried again once a minute at the least. */
const CAUGHT_UP_MS = 300_000;

export class Receivers {
  readonly #now: () => number;
  readonly accepted: Accepted[] = [];
  /** By place: accepts nothing at present. */
  readonly #failing = new Set<number>();
  /** By place: since when it accepts again, by the clock that cannot jump. */
  readonly #worksSince = new Map<number, number>();

  /** @param now wall clock, ms */
  constructor(now: () => number) {
    this.#now = now;
  }

  fail(place: number): void {
    this.#failing.add(place);
  }

  work(place: number, atMs: number): void {
    this.#failing.delete(place);
    this.#worksSince.set(place, atMs);
  }

  /** Places whose receivers have had the time to accept all that waited. */
  hearing(atMs: number): number[] {
    return [0, 1].filter(
      (place) => !this.#failing.has(place) && atMs - (this.#worksSince.get(place) ?? 0) >= CAUGHT_UP_MS,
    );
  }

  /** The product's outlets with a receiver of ours behind each. @param life of the daemon that tells */
  inPlaceOf(outlets: readonly Outlet[], life: { readonly isOver: boolean }): readonly Outlet[] {
    return outlets.map(({ receiver, settings }, place) => ({
      settings,
      receiver: {
        name: receiver.name,
        ...(receiver.forgets === undefined ? {} : { forgets: receiver.forgets }),
        deliver: async (notice: Notice): Promise<void> => {
          if (life.isOver) return new Promise(() => undefined);
          if (this.#failing.has(place)) throw new Error('the receiver is down');
          this.accepted.push({ place, notice: structuredClone(notice), wallMs: this.#now() });
        },
        close: () => receiver.close(),
      },
    }));
  }
}
