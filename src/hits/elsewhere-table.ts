// Lists that had a name which was asked for by clients whose groups do not use them: when a list of their own has it later, that is news,
// and when their group begins to use such a list, it is the admin's doing and none.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { numberIn, textIn } from './store/row.ts';

export interface Elsewhere {
  readonly list: string;
  readonly campaign: string | null;
  readonly fromDay: number;
  readonly toDay: number;
}

const REMOVED_A_STEP = 5000;

export class ElsewhereTable {
  readonly #database: DatabaseSync;
  readonly #add: StatementSync;
  readonly #find: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#add =
      database.prepare(`INSERT INTO elsewhere (name, list, campaign, fromDay, toDay) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET fromDay = min(fromDay, excluded.fromDay), toDay = max(toDay, excluded.toDay)`);
    this.#find = database.prepare('SELECT list, campaign, fromDay, toDay FROM elsewhere WHERE name = ?');
  }

  /** @param name number of it */
  add(name: number, { list, campaign }: Pick<Elsewhere, 'list' | 'campaign'>, day: number): void {
    this.#add.run(name, list, campaign ?? '', day, day);
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
    this.#database.prepare('UPDATE OR REPLACE elsewhere SET campaign = ? WHERE campaign = ?').run(to, from);
  }

  /** A list has another name. */
  relist(from: string, to: string): void {
    this.#database.prepare('UPDATE OR REPLACE elsewhere SET list = ? WHERE list = ?').run(to, from);
  }

  /** @returns whether more is left */
  removeBefore(day: number): boolean {
    const { changes } = this.#database
      .prepare(
        `DELETE FROM elsewhere WHERE (name, list, campaign) IN
          (SELECT name, list, campaign FROM elsewhere WHERE toDay < ? LIMIT ?)`,
      )
      .run(day, REMOVED_A_STEP);
    return Number(changes) >= REMOVED_A_STEP;
  }
}
