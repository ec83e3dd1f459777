// How many hits there were of each list in each group, since this thread began: all that are kept and told, whether a rule decided them
// or nothing blocked (a pause). Lists and groups are the configuration's, so there are few of them.
import type { Hit } from '../../hits/hit.ts';

export interface HitCount {
  readonly list: string;
  readonly group: string;
  readonly count: number;
}

export class HitCounts {
  /** By list, then by group. */
  readonly #counts = new Map<string, Map<string, number>>();

  add({ list, client: { group }, count }: Hit): void {
    const groups = this.#counts.get(list) ?? new Map<string, number>();
    groups.set(group, (groups.get(group) ?? 0) + count);
    this.#counts.set(list, groups);
  }

  all(): HitCount[] {
    return [...this.#counts].flatMap(([list, groups]) =>
      [...groups].map(([group, count]) => ({ list, group, count })),
    );
  }
}
