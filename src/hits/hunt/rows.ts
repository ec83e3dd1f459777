// The rows of the history behind the sums of a search: of one asker and name, where they do not all count alike.
import type { StatementSync } from 'node:sqlite';
import { type DayRow, type DaySource, dayRowOf } from '../store/day-source.ts';
import type { History } from '../store/history.ts';
import { DAY_MS, dayOf } from '../store/schema.ts';
import type { Asked, Within } from './past.ts';
import { type Summed, Tallies } from './tallies.ts';

/** Of one search: what it sees of the store does not change. */
export class RowReader {
  readonly #history: History;
  readonly #selects = new Map<number, readonly StatementSync[]>();

  constructor(history: History) {
    this.#history = history;
  }

  of(asked: Asked, { days, sinceMs, takes, takesName }: Within): DayRow[] {
    const { askerId: asker, nameId: name } = asked;
    const found: DayRow[] = [];
    // A row may hang over the end of its day.
    const [from, to] = [dayOf(asked.firstMs) - 1, dayOf(asked.lastMs)];
    for (const day of days) {
      if (day < from || day > to) continue;
      for (const select of this.#selectsOf(day))
        for (const row of select.all(name, asker)) {
          const read = dayRowOf({ day, name, asker }, row);
          if (takes?.(read.got) === false || lastMsOf(read) < sinceMs) continue;
          if (takesName?.(name, day, read.types) === false) continue;
          found.push(read);
        }
    }
    return found;
  }

  #selectsOf(day: number): readonly StatementSync[] {
    const known = this.#selects.get(day);
    if (known !== undefined) return known;
    const { database } = this.#history;
    const selects = this.#history.sourcesOf(day).map((source) => database.prepare(selectIn(source)));
    this.#selects.set(day, selects);
    return selects;
  }
}

const selectIn = ({ name, asker, got, visits }: DaySource): string =>
  `SELECT first, span, count, ${got} AS got, ${visits} AS visits FROM ${name} d WHERE name = ? AND ${asker} = ?`;

export const lastMsOf = ({
  day,
  firstSecond,
  spanSeconds,
}: Pick<DayRow, 'day' | 'firstSecond' | 'spanSeconds'>): number =>
  day * DAY_MS + (firstSecond + spanSeconds) * 1000;

/** Null when there are none. */
export function summedOf(rows: readonly DayRow[], sinceMs: number): Summed | null {
  if (rows.length === 0) return null;
  const tallies = new Tallies(1);
  for (const row of rows) {
    const firstMs = row.day * DAY_MS + row.firstSecond * 1000;
    tallies.add(0, { ...row, firstMs, lastMs: lastMsOf(row) }, sinceMs);
  }
  return tallies.at(0);
}
