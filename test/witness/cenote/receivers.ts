// Those who are told: what each accepted, and when it accepts nothing.
import type { Outlet } from '../../../src/alerts/delivery.ts';
import type { Notice } from '../../../src/alerts/receiver.ts';

export interface Accepted {
  /** Its place in the configuration: names and URLs may be corrected. */
  readonly place: number;
  readonly notice: Notice;
}

export class Receivers {
  readonly accepted: Accepted[] = [];
  /** By place: accepts nothing at present. */
  readonly failing = new Set<number>();

  /** The product's outlets with a receiver of ours behind each. @param life of the daemon that tells */
  inPlaceOf(outlets: readonly Outlet[], life: { readonly isOver: boolean }): readonly Outlet[] {
    return outlets.map(({ receiver, settings }, place) => ({
      settings,
      receiver: {
        name: receiver.name,
        ...(receiver.forgets === undefined ? {} : { forgets: receiver.forgets }),
        deliver: async (notice: Notice): Promise<void> => {
          if (life.isOver) return new Promise(() => undefined);
          if (this.failing.has(place)) throw new Error('the receiver is down');
          this.accepted.push({ place, notice: structuredClone(notice) });
        },
        close: () => receiver.close(),
      },
    }));
  }
}
