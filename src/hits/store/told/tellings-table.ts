// Of what rows of history have been told as found in the past: each row has the number of a set of campaigns, and of lists without one.
// So that a row is told once for each, whatever was told of other rows of its name: of another group's machines, other types, other days.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { TOLD_OF } from '../../standing.ts';
import { numberIn, textIn } from '../row.ts';

/** A campaign, or a list without one. */
export interface ToldOf {
  readonly list: string;
  readonly campaign: string | null;
}

const campaignKey = (campaign: string): string => `campaign ${campaign}`;
const listKey = (list: string): string => `list ${list}`;

export class TellingsTable {
  readonly #database: DatabaseSync;
  readonly #concerns: StatementSync;
  readonly #find: StatementSync;
  readonly #free: StatementSync;
  readonly #add: StatementSync;
  readonly #touch: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#concerns = database.prepare('SELECT concerns FROM tellings WHERE id = ?');
    this.#find = database.prepare('SELECT id FROM tellings WHERE concerns = ?');
    this.#free = database.prepare(`SELECT min(id) AS id FROM
      (SELECT ${TOLD_OF.first} AS id UNION ALL SELECT id + 1 FROM tellings) WHERE id NOT IN (SELECT id FROM tellings)`);
    this.#add = database.prepare('INSERT INTO tellings (id, concerns, day) VALUES (?, ?, ?)');
    this.#touch = database.prepare('UPDATE tellings SET day = max(day, ?) WHERE id = ?');
  }

  /** For a campaign its title decides; a list without one stands for itself, and then also for the campaign that it turns out to be of. */
  has(tellings: number, { list, campaign }: ToldOf): boolean {
    const concerns = this.#of(tellings);
    return (
      concerns.includes(listKey(list)) || (campaign !== null && concerns.includes(campaignKey(campaign)))
    );
  }

  /** The number of what rows were told of and of these; by time, where there is no number left. @param day the latest of the rows */
  with(tellings: number, told: readonly ToldOf[], day: number): number {
    if (tellings === TOLD_OF.byTime) return tellings;
    const added = told.map(({ list, campaign }) =>
      campaign === null ? listKey(list) : campaignKey(campaign),
    );
    const concerns = textOf([...this.#of(tellings), ...added]);
    const known = this.#find.get(concerns);
    const id = numberIn(known ?? this.#free.get(), 'id');
    if (id > TOLD_OF.last) return TOLD_OF.byTime;
    if (known === undefined) this.#add.run(id, concerns, day);
    else this.#touch.run(day, id);
    return id;
  }

  /** A campaign has another title: what was told of it stays told. */
  retitle(from: string, to: string): void {
    this.#rename(campaignKey(from), campaignKey(to));
  }

  /** The same for a list that has another name. */
  relist(from: string, to: string): void {
    this.#rename(listKey(from), listKey(to));
  }

  /** Those of rows that are there no more. */
  removeBefore(day: number): void {
    this.#database.prepare('DELETE FROM tellings WHERE day < ?').run(day);
  }

  #of(tellings: number): readonly string[] {
    const row = this.#concerns.get(tellings);
    return row === undefined ? [] : (JSON.parse(textIn(row, 'concerns')) as string[]);
  }

  #rename(from: string, to: string): void {
    const update = this.#database.prepare('UPDATE tellings SET concerns = ? WHERE id = ?');
    for (const row of this.#database.prepare('SELECT id, concerns FROM tellings').all()) {
      const concerns = JSON.parse(textIn(row, 'concerns')) as string[];
      if (!concerns.includes(from)) continue;
      update.run(textOf(concerns.map((one) => (one === from ? to : one))), numberIn(row, 'id'));
    }
  }
}

const textOf = (concerns: readonly string[]): string => JSON.stringify([...new Set(concerns)].sort());
