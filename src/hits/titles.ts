// Names of lists and titles of campaigns as they change: one that is gone, and another that was not there before in its place, are
// one under another title. Told from a campaign that went when another came by what one change of the rules does at once. They are
// kept in the store: what was renamed while nothing ran, or just before a kill, is known by its new name at the next start.
import type { RuleSet } from '../policy/rule.ts';
import type { Tables } from './store/store.ts';
import type { Titled } from './store/told/titles-table.ts';

export interface Retitled {
  readonly from: string;
  readonly to: string;
}

export interface Renamed {
  readonly retitled: readonly Retitled[];
  /** Lists that go by another name. */
  readonly relisted: readonly Retitled[];
  /** Campaigns that a list has and had not: what it had without one may be of these now. */
  readonly entitled: readonly { readonly list: string; readonly title: string }[];
}

export const NOTHING_RENAMED: Renamed = { retitled: [], relisted: [], entitled: [] };

export class Titles {
  #lists = new Set<string>();
  /** Campaign → the lists that have it. */
  #campaigns = new Map<string, Set<string>>();
  #isUnsaved = true;
  /** Not all that goes by another name is in the store under it: that keeps what was before, by which a start after a kill renames the rest. */
  readonly #isHeld: () => boolean;

  constructor(ruleSet: RuleSet, isHeld: () => boolean = () => false) {
    this.#isHeld = isHeld;
    this.#note(ruleSet);
  }

  get hasUnsaved(): boolean {
    return this.#isUnsaved && !this.#isHeld();
  }

  /** What an earlier start kept is what was before. @returns what goes by another title or name since */
  resume(kept: readonly Titled[], ruleSet: RuleSet): Renamed {
    if (kept.length === 0) return NOTHING_RENAMED;
    this.#lists = new Set(kept.map(({ list }) => list));
    const titled = kept.filter(({ campaign }) => campaign !== '');
    const byCampaign = Map.groupBy(titled, ({ campaign }) => campaign);
    this.#campaigns = new Map(
      [...byCampaign].map(([title, own]) => [title, new Set(own.map(({ list }) => list))]),
    );
    return this.turn(ruleSet);
  }

  /** Call in the transaction that has what was renamed. */
  write({ titles }: Pick<Tables, 'titles'>): void {
    if (!this.hasUnsaved) return;
    const lists = [...this.#lists].map((list): Titled => ({ list, campaign: '' }));
    const titled = [...this.#campaigns].flatMap(([campaign, own]) =>
      [...own].map((list): Titled => ({ list, campaign })),
    );
    titles.write([...lists, ...titled]);
  }

  written(): void {
    if (!this.#isHeld()) this.#isUnsaved = false;
  }

  /** Other rules are in force. @returns what goes by another title or name */
  turn(ruleSet: RuleSet): Renamed {
    const listsBefore = this.#lists;
    const before = this.#campaigns;
    this.#note(ruleSet);
    const now = this.#campaigns;
    this.#isUnsaved = true;
    const gone = [...before.keys()].filter((title) => !now.has(title));
    const fresh = [...now.keys()].filter((title) => !before.has(title));
    const retitled = gone.flatMap((from): Retitled[] => {
      const lists = before.get(from);
      const there = fresh.filter((title) => [...(now.get(title) ?? [])].some((list) => lists?.has(list)));
      // Where its list has another name too, the only one that is new is it.
      const heirs = there.length === 0 && gone.length === 1 ? fresh : there;
      const [to] = heirs;
      return heirs.length === 1 && to !== undefined ? [{ from, to }] : [];
    });
    const [from, ...othersGone] = [...listsBefore].filter((list) => !this.#lists.has(list));
    const [to, ...othersFresh] = [...this.#lists].filter((list) => !listsBefore.has(list));
    const isOne = othersGone.length + othersFresh.length === 0;
    const relisted = isOne && from !== undefined && to !== undefined ? [{ from, to }] : [];
    const titleBefore = (title: string): string => retitled.find((one) => one.to === title)?.from ?? title;
    const listBefore = (list: string): string => relisted.find((one) => one.to === list)?.from ?? list;
    const had = (list: string, title: string): boolean =>
      before.get(titleBefore(title))?.has(listBefore(list)) === true;
    const entitled = [...now].flatMap(([title, lists]) =>
      [...lists].flatMap((list) => (had(list, title) ? [] : [{ list, title }])),
    );
    return { retitled, relisted, entitled };
  }

  #note({ lists, rules }: RuleSet): void {
    this.#lists = new Set(lists.map(({ name }) => name));
    this.#campaigns = new Map();
    for (const { list, indicator } of rules) {
      const title = indicator?.campaign ?? null;
      if (title === null) continue;
      const own = this.#campaigns.get(title) ?? new Set();
      own.add(lists[list]?.name ?? '');
      this.#campaigns.set(title, own);
    }
  }
}
