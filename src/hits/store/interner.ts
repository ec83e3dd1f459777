// Texts that repeat are stored once and meant by number.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { numberIn, textIn } from './row.ts';

const TEXTS_REMEMBERED = 16_384;
/** Names that one statement enters: what a statement costs beside its rows is half of what a name does. */
export const NAMES_AT_ONCE = 64;
/** Of those who are read back. */
const BODIES_REMEMBERED = 1024;

/**
 * Numbers of names: rows that also say on which day they were last in use, so that they can go. Remembers nothing: whoever
 * asks a million times does.
 */
export class Interner {
  readonly #insert: StatementSync;
  readonly #find: StatementSync;
  readonly #touch: StatementSync;
  readonly #enter: StatementSync;
  readonly #keyOf: (text: string) => string;
  #created = 0;
  /** Names in a row that were new. */
  #newInRow = 0;

  /** @param keyOf the form that is stored */
  constructor(database: DatabaseSync, table: 'names', keyOf: (text: string) => string) {
    const column = 'name';
    this.#keyOf = keyOf;
    this.#insert = database.prepare(`INSERT INTO ${table} (${column}, day) VALUES (?, ?)`);
    this.#find = database.prepare(`SELECT id, day FROM ${table} WHERE ${column} = ?`);
    this.#touch = database.prepare(`UPDATE ${table} SET day = ? WHERE id = ?`);
    this.#find.setReturnArrays(true);
    const values = Array.from({ length: NAMES_AT_ONCE }, (_, i) => `(?${i + 2}, ?1)`);
    this.#enter = database.prepare(`INSERT OR IGNORE INTO ${table} (${column}, day) VALUES ${values.join()}`);
  }

  /** Rows that were made, for the daily bound on new names. */
  get created(): number {
    return this.#created;
  }

  /** Whether the next are likely to be new too. */
  get areNew(): boolean {
    return this.#newInRow >= NAMES_AT_ONCE;
  }

  /**
   * Enters NAMES_AT_ONCE different names, by their keys, of which most are new.
   * @returns by place: the number of each, below 0 where it had it before
   */
  enter(keys: readonly string[], day: number): number[] {
    const { changes, lastInsertRowid } = this.#enter.run(day, ...keys);
    const made = Number(changes);
    const first = Number(lastInsertRowid) - made + 1;
    this.#created += made;
    // Rows get the numbers behind the greatest that there is, one after the other.
    if (made === keys.length) return keys.map((_, i) => first + i);
    this.#newInRow = 0;
    return keys.map((key) => {
      const id = this.#idOf(key, day);
      return made > 0 && id >= first ? id : -id;
    });
  }

  /** The number of a text that is in use on this day, made when there is none. */
  idOf(text: string, day: number): number {
    return this.#idOf(this.#keyOf(text), day);
  }

  #idOf(key: string, day: number): number {
    const row = this.#find.get(key) as unknown as [id: number, day: number] | undefined;
    if (row === undefined) {
      this.#created += 1;
      this.#newInRow += 1;
      return Number(this.#insert.run(key, day).lastInsertRowid);
    }
    this.#newInRow = 0;
    if (row[1] < day) this.#touch.run(day, row[0]);
    return row[0];
  }

  /** Its number if it has one. */
  find(text: string): number | null {
    const row = this.#find.get(this.#keyOf(text)) as unknown as [id: number] | undefined;
    return row?.[0] ?? null;
  }
}

export interface SharedTextsPlace {
  readonly table: 'hitKinds' | 'hitClients';
  /** What rows are searched by. */
  readonly column: 'list' | 'ip';
}

/** Numbers of texts (JSON) that many hits share and that stay for as long as the store. */
export class SharedTexts {
  readonly #insert: StatementSync;
  readonly #find: StatementSync;
  readonly #read: StatementSync;
  readonly #known = new Map<string, number>();
  readonly #bodies = new Map<number, string>();

  constructor(database: DatabaseSync, { table, column }: SharedTextsPlace) {
    this.#insert = database.prepare(
      `INSERT INTO ${table} (body, ${column}) VALUES (?, ?) ON CONFLICT DO NOTHING RETURNING id`,
    );
    this.#find = database.prepare(`SELECT id FROM ${table} WHERE body = ?`);
    this.#read = database.prepare(`SELECT body FROM ${table} WHERE id = ?`);
  }

  bodyOf(id: number): string {
    let body = this.#bodies.get(id);
    if (body === undefined) {
      body = textIn(this.#read.get(id), 'body');
      if (this.#bodies.size >= BODIES_REMEMBERED) this.#bodies.clear();
      this.#bodies.set(id, body);
    }
    return body;
  }

  idOf(body: string, key: string): number {
    const known = this.#known.get(body);
    if (known !== undefined) return known;
    const id = numberIn(this.#insert.get(body, key) ?? this.#find.get(body), 'id');
    if (this.#known.size >= TEXTS_REMEMBERED) this.#known.clear();
    this.#known.set(body, id);
    return id;
  }

  forget(): void {
    this.#bodies.clear();
    this.#known.clear();
  }
}

/** Removes what no hit shares any more: addresses that asked once, rules of lists that are gone. Numbers that were remembered are void. */
export function removeUnshared(database: DatabaseSync): void {
  database.exec(`DELETE FROM hitClients WHERE id NOT IN (SELECT client FROM hits UNION SELECT value FROM hitClientLists, json_each(clients));
    DELETE FROM hitKinds WHERE id NOT IN (SELECT kind FROM hits UNION SELECT value FROM hitBatches, json_each(kinds));`);
}
