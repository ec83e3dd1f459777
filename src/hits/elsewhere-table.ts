// Lists that had a name which was asked for by clients whose groups do not use them: when a list of their own has it later, that is news,
// and when their group begins to use such a list, it is the admin's doing and none.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { numberIn, OldRows, textIn } from './store/row.ts';

/** Days in a row on which it was noted. */
export interface Elsewhere {
  readonly list: string;
  readonly campaign: string | null;
  readonly fromDay: number;
  readonly toDay: number;
}

export class ElsewhereTable {
  readonly #database: DatabaseSync;
  readonly #extend: StatementSync;
  readonly #add: StatementSync;
  readonly #find: StatementSync;
  readonly #old: OldRows;

  constructor(database: DatabaseSync) {
    this.#database = database;
    // A day without a note between two is a day on which the list may not have had it.
    this.#extend = database.prepare(`UPDATE elsewhereOn SET toDay = max(toDay, ?4)
      WHERE name = ?1 AND list = ?2 AND campaign = ?3 AND fromDay <= ?4 AND toDay >= ?4 - 1`);
    this.#add = database.prepare(
      'INSERT INTO elsewhereOn (name, list, campaign, fromDay, toDay) VALUES (?1, ?2, ?3, ?4, ?4)',
    );
    this.#find = database.prepare('SELECT list, campaign, fromDay, toDay FROM elsewhereOn WHERE name = ?');
    this.#old = new OldRows(
      database,
      `DELETE FROM elsewhereOn WHERE (name, list, campaign, fromDay) IN
        (SELECT name, list, campaign, fromDay FROM elsewhereOn WHERE toDay < ?1 LIMIT ?2)`,
    );
  }

  /** @param name number of it */
  add(name: number, { list, campaign }: Pick<Elsewhere, 'list' | 'campaign'>, day: number): void {
    const { changes } = this.#extend.run(name, list, campaign ?? '', day);
    if (changes === 0) this.#add.run(name, list, campaign ?? '', day);
  }

  of(name: number): Elsewhere[] {
    return this.#find.all(name).map((row) => ({
      list: textIn(row, 'list'),
      campaign: textIn(row, 'campaign') || null,
      fromDay: numberIn(row, 'fromDay'),
      toDay: numberIn(row, 'toDay'),
    }));
  }

  /** A campaign has another title. */
  retitle(from: string, to: string): void {
    this.#rename('name, list, ?2, fromDay, toDay', 'campaign', from, to);
  }

  /** A list has another name. */
  relist(from: string, to: string): void {
    this.#rename('name, ?2, campaign, fromDay, toDay', 'list', from, to);
  }

  /** What is noted under the new name already keeps its days. */
  #rename(renamed: string, column: string, from: string, to: string): void {
    this.#database
      .prepare(
        `INSERT INTO elsewhereOn SELECT ${renamed} FROM elsewhereOn WHERE ${column} = ?1
          ON CONFLICT DO UPDATE SET toDay = max(toDay, excluded.toDay)`,
      )
      .run(from, to);
    this.#database.prepare(`DELETE FROM elsewhereOn WHERE ${column} = ?`).run(from);
  }

  /** @returns whether more is left */
  removeBefore(day: number): boolean {
    return this.#old.removeBefore(day);
  }
}
