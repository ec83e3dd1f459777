// Which lists of other groups had a name when it was asked for: gathered until the store takes it, once a name, rules and day.
import type { QueryRecord } from '../../events/query-record.ts';
import type { ElsewhereTable } from '../../hits/elsewhere-table.ts';
import type { Matcher } from '../../hits/matches.ts';
import { dayOf } from '../../hits/store/schema.ts';

interface Noted {
  readonly name: number;
  readonly day: number;
  readonly list: string;
  readonly campaign: string | null;
}

/** What is remembered as noted; past it nothing new is noted until the store has what there is. */
const NOTED_MAX = 65_536;

export class ElsewhereNoted {
  #fresh: Noted[] = [];
  /** Name and type, and who asks where that matters → the day on which it was noted under #matcher. */
  readonly #days = new Map<string, number>();
  #matcher: Matcher | null = null;

  /** @param name number of it */
  note(matcher: Matcher, name: number, { qname, qtype, group, address, timeMs }: QueryRecord): void {
    if (matcher !== this.#matcher) this.#days.clear();
    this.#matcher = matcher;
    const day = dayOf(timeMs);
    const key = matcher.dependsOnClient ? `${name} ${qtype} ${address}` : `${name} ${qtype}`;
    if (this.#days.get(key) === day || this.#days.size >= NOTED_MAX) return;
    this.#days.set(key, day);
    for (const { list, indicator } of matcher.ofName(qname, qname.length, {
      qtype,
      group,
      address,
      timeMs,
      anyGroup: true,
    }))
      this.#fresh.push({ name, day, list, campaign: indicator?.campaign ?? null });
  }

  /** @param idOn the row of a name; 0 where it was not kept */
  writeTo(table: ElsewhereTable, idOn: (name: number, day: number) => number): void {
    for (const { name, day, ...match } of this.#fresh) {
      const id = idOn(name, day);
      if (id > 0) table.add(id, match, day);
    }
  }

  written(): void {
    this.#fresh = [];
    if (this.#days.size >= NOTED_MAX) this.forget();
  }

  forget(): void {
    this.#days.clear();
  }
}
