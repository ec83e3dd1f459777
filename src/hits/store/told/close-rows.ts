// Marks rows of history as told as found in the past: those that were told, and of what.
import { isElsewhere, isFind, tellingsIn, toldAs } from '../../standing.ts';
import { visitsIn } from '../day-source.ts';
import type { DayRow } from '../history.ts';
import { numberIn } from '../row.ts';
import { DAY_MS, dayOf, dayTable } from '../schema.ts';
import type { Tables } from '../store.ts';
import type { ToldOf } from './tellings-table.ts';

/** Askings of one asker for one name that were told. */
export interface ToldRows {
  /** Numbers in the store. */
  readonly name: number;
  readonly asker: number;
  readonly firstMs: number;
  readonly lastMs: number;
  /** Null: all of that time, of which none was told before. */
  readonly rows: readonly DayRow[] | null;
  /** Whether it was those that another group's lists had then. */
  readonly isElsewhere: boolean;
}

/** Rows that were marked since a search read them: key as it read them → the number now. */
type Marked = Map<string, number>;

/** Closes what one search found; a row that several of its findings tell of is marked by each. */
export class RowCloser {
  readonly #tables: Tables;
  readonly #marked: Marked = new Map();
  readonly #days: Set<string>;

  constructor(tables: Tables) {
    this.#tables = tables;
    this.#days = new Set(tables.history.days().map(dayTable));
  }

  close(told: ToldRows, of: readonly ToldOf[]): void {
    for (const row of told.rows ?? this.#rowsOf(told))
      if (this.#days.has(dayTable(row.day))) this.#mark(row, of);
  }

  /** What was asked for since it was read, and told of nothing yet, stays a row of its own. */
  #mark(row: DayRow, of: readonly ToldOf[]): void {
    const { day, name, asker } = row;
    const table = dayTable(day);
    const { database, history, tellings } = this.#tables;
    const got = this.#gotNow(row);
    const now = database
      .prepare(`SELECT first, span, count, visits FROM ${table} WHERE name = ? AND asker = ? AND got = ?`)
      .get(name, asker, got);
    if (now === undefined) return;
    const marked = toldAs(got, tellings.with(tellingsIn(got), of, day));
    if (marked === got) return;
    this.#marked.set(keyOf(row, got), marked);
    database.prepare(`DELETE FROM ${table} WHERE name = ? AND asker = ? AND got = ?`).run(name, asker, got);
    const first = numberIn(now, 'first');
    const end = first + numberIn(now, 'span');
    const count = numberIn(now, 'count');
    const tried = visitsIn(numberIn(now, 'visits'));
    const further = count - row.count;
    const at = { day, name, asker };
    if (further <= 0) {
      history.add({ ...at, got: marked, firstSecond: first, spanSeconds: end - first, count, ...tried });
      return;
    }
    const toldTo = Math.min(end, row.firstSecond + row.spanSeconds);
    const visits = Math.min(tried.visits, row.visits);
    const own = { ...at, got: marked, firstSecond: first, spanSeconds: toldTo - first };
    history.add({ ...own, count: row.count, visits, types: row.types });
    const rest = { ...at, got, firstSecond: toldTo, spanSeconds: end - toldTo, count: further };
    history.add({ ...rest, visits: tried.visits - visits, types: tried.types });
  }

  #gotNow(row: DayRow): number {
    let { got } = row;
    for (let next = this.#marked.get(keyOf(row, got)); next !== undefined; ) {
      got = next;
      next = this.#marked.get(keyOf(row, got));
    }
    return got;
  }

  *#rowsOf({ name, asker, firstMs, lastMs, isElsewhere: areElsewhere }: ToldRows): Generator<DayRow> {
    for (let day = dayOf(firstMs); day <= dayOf(lastMs); day += 1) {
      const table = dayTable(day);
      if (!this.#days.has(table)) continue;
      const rows = this.#tables.database
        .prepare(
          `SELECT got, first, span, count, visits FROM ${table} WHERE name = ? AND asker = ? AND first + span <= ?`,
        )
        .all(name, asker, Math.ceil((lastMs - day * DAY_MS) / 1000));
      for (const row of rows) {
        const got = numberIn(row, 'got');
        if (!(areElsewhere ? isElsewhere : isFind)(got)) continue;
        const [firstSecond, spanSeconds] = [numberIn(row, 'first'), numberIn(row, 'span')];
        const counted = { count: numberIn(row, 'count'), ...visitsIn(numberIn(row, 'visits')) };
        yield { day, name, asker, got, firstSecond, spanSeconds, ...counted };
      }
    }
  }
}

const keyOf = ({ day, name, asker }: DayRow, got: number): string => `${day} ${name} ${asker} ${got}`;
