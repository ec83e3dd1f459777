// Until when the askings of a machine for a name have been told as past, and for which list and campaign.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { numberIn, textIn } from '../row.ts';

export interface Told {
  readonly machine: string;
  readonly name: string;
  readonly list: string;
  readonly campaign: string | null;
}

export class ToldTable {
  readonly #database: DatabaseSync;
  readonly #write: StatementSync;
  readonly #find: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#write =
      database.prepare(`INSERT INTO told (machine, name, list, campaign, untilMs) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET untilMs = max(untilMs, excluded.untilMs)`);
    this.#find = database.prepare('SELECT list, campaign, untilMs FROM told WHERE machine = ? AND name = ?');
  }

  write({ machine, name, list, campaign }: Told, untilMs: number): void {
    this.#write.run(machine, name, list, campaign ?? '', untilMs);
  }

  /**
   * Until when it was told, 0 when never. For a campaign its title decides, whatever its lists are called; a list without one stands for
   * itself, and then also for the campaign that it turns out to be of.
   */
  untilMs({ machine, name, list, campaign }: Told): number {
    let untilMs = 0;
    for (const row of this.#find.all(machine, name)) {
      const told = textIn(row, 'campaign');
      if ((campaign !== null && told === campaign) || (told === '' && textIn(row, 'list') === list))
        untilMs = Math.max(untilMs, numberIn(row, 'untilMs'));
    }
    return untilMs;
  }

  /** A campaign has another title: what was told of it stays told. */
  retitle(from: string, to: string): void {
    this.#rename('machine, name, list, ?2, untilMs', 'campaign = ?1', from, to);
  }

  /** The same for a list without a campaign that has another name. */
  relist(from: string, to: string): void {
    this.#rename('machine, name, ?2, campaign, untilMs', "list = ?1 AND campaign = ''", from, to);
  }

  /** What was told under the new name already stays told. */
  #rename(renamed: string, which: string, from: string, to: string): void {
    this.#database
      .prepare(
        `INSERT INTO told SELECT ${renamed} FROM told WHERE ${which}
          ON CONFLICT DO UPDATE SET untilMs = max(untilMs, excluded.untilMs)`,
      )
      .run(from, to);
    this.#database.prepare(`DELETE FROM told WHERE ${which}`).run(from);
  }

  removeBefore(timeMs: number): void {
    this.#database.prepare('DELETE FROM told WHERE untilMs < ?').run(timeMs);
  }
}
