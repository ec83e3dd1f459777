// When the entries of a list stop blocking: what each says itself, else what the list's setting `expires` makes of it.
import type { ListConfig, Milliseconds } from '../../config/config.ts';
import type { ListExpiry } from '../../config/values/list-words.ts';
import { expiryMsOf } from '../../policy/expiry.ts';
import type { Indicator } from '../../policy/rule.ts';
import type { Shape } from '../format.ts';

/** Distinct times that are counted exactly; more of them count as of the midnight after. */
const EXACT_MAX = 1000;
const DAY_MS = 86_400_000;

/** The midnight UTC at which the day of a time is over; a midnight is its own. */
export const midnightAfter = (ms: Milliseconds): Milliseconds => Math.ceil(ms / DAY_MS) * DAY_MS;

/** How many entries end when. */
export interface ListEnds {
  /** The earliest first; `atMs` is the calendar's. */
  readonly ends: readonly { readonly atMs: Milliseconds; readonly count: number }[];
  /** Entries that the setting would end, if they said since when they are known. */
  readonly undated: number;
}

export const NO_ENDS: ListEnds = { ends: [], undated: 0 };

/** The indicator with the time that a setting of so long gives it; what it says itself goes before. */
export function withExpiry(indicator: Indicator | null, setting: ListExpiry | null): Indicator | null {
  if (indicator === null || indicator.expires != null || setting === null || !('afterMs' in setting))
    return indicator;
  const knownMs = Date.parse(indicator.firstPublished ?? '');
  if (Number.isNaN(knownMs)) return indicator;
  const end = new Date(knownMs + setting.afterMs);
  if (Number.isNaN(end.getTime())) return indicator;
  return { ...indicator, expires: end.toISOString().replace('T00:00:00.000Z', '') };
}

/** Counts the entries of one list by their end. */
export class Expiries {
  readonly #setting: ListExpiry | null;
  readonly #counts = new Map<Milliseconds, number>();
  #undated = 0;
  #lastShape: Shape | null = null;
  #lastMs: Milliseconds = Number.POSITIVE_INFINITY;

  constructor({ expires }: Pick<ListConfig, 'expires'>) {
    this.#setting = expires ?? null;
  }

  count(shape: Shape): void {
    if (shape !== this.#lastShape) {
      this.#lastShape = shape;
      this.#lastMs = this.#endOf(shape);
    }
    if (this.#lastMs === Number.POSITIVE_INFINITY) {
      if (this.#setting !== null && 'afterMs' in this.#setting) this.#undated += 1;
      return;
    }
    const isKnown = this.#counts.has(this.#lastMs) || this.#counts.size < EXACT_MAX;
    const at = isKnown ? this.#lastMs : midnightAfter(this.#lastMs);
    this.#counts.set(at, (this.#counts.get(at) ?? 0) + 1);
  }

  report(): ListEnds {
    const ends = [...this.#counts].map(([atMs, count]) => ({ atMs, count }));
    return { ends: ends.sort((a, b) => a.atMs - b.atMs), undated: this.#undated };
  }

  #endOf({ indicator }: Shape): Milliseconds {
    const own = withExpiry(indicator, this.#setting)?.expires ?? null;
    const ofList = this.#setting !== null && 'at' in this.#setting ? this.#setting.at : null;
    return expiryMsOf(own ?? ofList);
  }
}
