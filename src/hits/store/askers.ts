// Who asked, as rows of the history know it: a machine at one address, in one group, under the name it had then. A row is never
// changed but to complete it: what is learnt of a machine later does not say who had its address before.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { numberIn, type Row, textIn, textOrNull } from './row.ts';

export interface AskerFacts {
  /** Id of the machine. */
  readonly machine: string;
  readonly ip: string;
  readonly name: string | null;
  readonly mac: string | null;
  /** Null where it was not noted. */
  readonly group: string | null;
}

export class Askers {
  readonly #insert: StatementSync;
  readonly #find: StatementSync;
  readonly #touch: StatementSync;
  readonly #byId: StatementSync;
  readonly #byMachine: StatementSync;
  readonly #complete: StatementSync;
  #created = 0;

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare(
      'INSERT INTO askers (key, machine, ip, name, mac, inGroup, day) VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    this.#find = database.prepare('SELECT id, day FROM askers WHERE key = ?');
    this.#touch = database.prepare('UPDATE askers SET day = ? WHERE id = ?');
    this.#byId = database.prepare('SELECT machine, ip, name, mac, inGroup FROM askers WHERE id = ?');
    this.#byMachine = database.prepare('SELECT id FROM askers WHERE machine = ?');
    this.#complete = database.prepare('UPDATE askers SET name = ? WHERE machine = ? AND name IS NULL');
  }

  /** Rows that were made. */
  get created(): number {
    return this.#created;
  }

  /** The number of one that asks on this day; null when it has none and may not have one. Call inside a transaction. */
  idOf(asker: AskerFacts, day: number, mayCreate: boolean): number | null {
    const { machine, ip, name, mac, group } = asker;
    const key = JSON.stringify([machine, ip, name, mac, group]);
    const row = this.#find.get(key);
    if (row === undefined) {
      if (!mayCreate) return null;
      this.#created += 1;
      return Number(this.#insert.run(key, machine, ip, name, mac, group, day).lastInsertRowid);
    }
    const id = numberIn(row, 'id');
    if (numberIn(row, 'day') < day) this.#touch.run(day, id);
    return id;
  }

  byId(id: number): AskerFacts {
    return factsOf(this.#byId.get(id));
  }

  ofMachine(machine: string): number[] {
    return this.#byMachine.all(machine).map((row) => numberIn(row, 'id'));
  }

  /** A machine that had no name has one now. */
  complete(machine: string, name: string): void {
    this.#complete.run(name, machine);
  }
}

/** Of a row with these columns, in the history or the query log. */
export function factsOf(row: Row | undefined): AskerFacts {
  return {
    machine: textIn(row, 'machine'),
    ip: textIn(row, 'ip'),
    name: textOrNull(row, 'name'),
    mac: textOrNull(row, 'mac'),
    group: textOrNull(row, 'inGroup'),
  };
}
