// Names of lists and titles of their campaigns as they were last, so that what is renamed while nothing runs is known by its new name.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { textIn } from '../row.ts';

/** A list, and a campaign that it has; '': the list itself. */
export interface Titled {
  readonly list: string;
  readonly campaign: string;
}

export class TitlesTable {
  readonly #database: DatabaseSync;
  readonly #add: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#add = database.prepare('INSERT OR IGNORE INTO titles (list, campaign) VALUES (?, ?)');
  }

  all(): Titled[] {
    return this.#database
      .prepare('SELECT list, campaign FROM titles')
      .all()
      .map((row) => ({ list: textIn(row, 'list'), campaign: textIn(row, 'campaign') }));
  }

  /** In place of what was there. */
  write(titles: Iterable<Titled>): void {
    this.#database.exec('DELETE FROM titles');
    for (const { list, campaign } of titles) this.#add.run(list, campaign);
  }
}
