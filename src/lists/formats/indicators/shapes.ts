// What is said of entries, one object for all that say the same.
import type { Indicator } from '../../../policy/rule.ts';
import { type Shape, shape } from '../../format.ts';
import type { IndicatorEntry, IndicatorList } from './indicator-list.ts';

/** What an entry says with what the list says of all of them. */
export function indicatorOf(list: IndicatorList, said: Partial<Indicator>): Indicator {
  return {
    campaign: list.campaign,
    source: list.title ?? list.url ?? list.source ?? list.name,
    firstPublished: list.published,
    confidence: list.confidence,
    note: null,
    ...(list.expires !== null && { expires: list.expires }),
    ...said,
  };
}

/** One shape for all entries that say the same. */
export class ShapePool {
  readonly #list: IndicatorList;
  readonly #known = new Map<string, Shape>();
  #last: { readonly entry: IndicatorEntry; readonly shape: Shape } | null = null;

  constructor(list: IndicatorList) {
    this.#list = list;
  }

  of(entry: IndicatorEntry): Shape {
    // Of a long list most entries say the same, and then by the same object.
    if (this.#last !== null && isSaidAlike(this.#last.entry, entry)) return this.#last.shape;
    const found = this.#find(entry);
    this.#last = { entry, shape: found };
    return found;
  }

  #find(entry: IndicatorEntry): Shape {
    const key = JSON.stringify([entry.isExact, entry.isBelow, entry.said]);
    let known = this.#known.get(key);
    if (known === undefined) {
      const scope = entry.isExact ? 'exact' : entry.isBelow === true ? 'below' : 'subtree';
      known = shape(scope, { indicator: indicatorOf(this.#list, entry.said) });
      this.#known.set(key, known);
    }
    return known;
  }
}

const isSaidAlike = (a: IndicatorEntry, b: IndicatorEntry): boolean =>
  a.said === b.said && a.isExact === b.isExact && a.isBelow === b.isBelow;
