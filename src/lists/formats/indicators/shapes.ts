// What is said of entries, one object for all that say the same.
import type { Indicator, Scope } from '../../../policy/rule.ts';
import { type Shape, shape } from '../../format.ts';
import { Repeated } from '../repeated.ts';
import type { IndicatorList } from './indicator-list.ts';

/** What an entry says with what the list says of all of them. */
export function indicatorOf(list: IndicatorList, said: Partial<Indicator>): Indicator {
  const indicator: Indicator = {
    campaign: list.campaign,
    source: list.title ?? list.url ?? list.source ?? list.name,
    firstPublished: list.published,
    confidence: list.confidence,
    note: null,
    ...(list.expires !== null && { expires: list.expires }),
    ...said,
  };
  const { campaign, source, note } = indicator;
  // It stands in sentences of notices, in chats, mails and logs: a feed's title could turn the rest of one round.
  return { ...indicator, campaign: plain(campaign), source: plain(source), note: plain(note) };
}

const plain = (text: string | null): string | null => (text === null ? null : oneLine(text) || null);

/** A stranger's text: no control or direction characters, no line ends. */
export const oneLine = (text: string): string => text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').trim();

/** Shapes remembered; a list or a report has a handful of things to say. As many as the interner of rules knows by themselves. */
const SHAPES_MAX = 4096;
/** One shape for all entries of which the same is said. */
export class ShapePool {
  readonly #list: IndicatorList;
  readonly #known = new Repeated<Shape>(SHAPES_MAX);
  #said: Partial<Indicator> | null = null;
  #last: Shape = shape('subtree');

  /** @param list what is said of all of them */
  constructor(list: IndicatorList) {
    this.#list = list;
  }

  of(said: Partial<Indicator>, scope: Scope): Shape {
    // Of a long list most entries say the same, and then by the same object.
    if (said === this.#said && scope === this.#last.scope) return this.#last;
    this.#last = this.#known.isWorth ? this.#find(said, scope) : this.#made(said, scope);
    this.#said = said;
    return this.#last;
  }

  #find(said: Partial<Indicator>, scope: Scope): Shape {
    const key = `${scope} ${JSON.stringify(said)}`;
    return this.#known.get(key) ?? this.#known.set(key, this.#made(said, scope));
  }

  #made(said: Partial<Indicator>, scope: Scope): Shape {
    return shape(scope, { indicator: indicatorOf(this.#list, said) });
  }
}
