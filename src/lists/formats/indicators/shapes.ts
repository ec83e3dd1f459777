// What is said of entries, one object for all that say the same.
import type { Indicator, Scope } from '../../../policy/rule.ts';
import { type Shape, shape } from '../../format.ts';
import type { IndicatorList } from './indicator-list.ts';

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

/** Shapes remembered; a list or a report has a handful of things to say. */
const SHAPES_MAX = 65_536;

/** One shape for all entries of which the same is said. */
export class ShapePool {
  readonly #list: IndicatorList;
  readonly #known = new Map<string, Shape>();
  #said: Partial<Indicator> | null = null;
  #last: Shape = shape('subtree');

  /** @param list what is said of all of them */
  constructor(list: IndicatorList) {
    this.#list = list;
  }

  of(said: Partial<Indicator>, scope: Scope): Shape {
    // Of a long list most entries say the same, and then by the same object.
    if (said === this.#said && scope === this.#last.scope) return this.#last;
    const key = `${scope} ${JSON.stringify(said)}`;
    let found = this.#known.get(key);
    if (found === undefined) {
      found = shape(scope, { indicator: indicatorOf(this.#list, said) });
      if (this.#known.size < SHAPES_MAX) this.#known.set(key, found);
    }
    this.#said = said;
    this.#last = found;
    return found;
  }
}
