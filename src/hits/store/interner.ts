// Texts that repeat are stored once and meant by number; the busiest numbers are remembered here.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { numberIn } from './row.ts';

const LABELS_REMEMBERED = 4096;

interface Interned {
  readonly id: number;
  readonly day: number;
}

/** Numbers of names, or of clients: rows that also say on which day they were last in use, so that they can go. */
export class Interner {
  readonly #upsert: StatementSync;
  readonly #find: StatementSync;
  readonly #known = new Map<string, Interned>();
  readonly #keyOf: (text: string) => string;
  readonly #remembered: number;
  #created = 0;

  /**
   * @param keyOf the form that is stored
   * @param remembered texts whose numbers are kept in memory; past it all are forgotten and looked up again
   */
  constructor(
    database: DatabaseSync,
    table: 'names' | 'clients',
    { keyOf, remembered }: { readonly keyOf: (text: string) => string; readonly remembered: number },
  ) {
    const column = table === 'names' ? 'name' : 'ip';
    this.#keyOf = keyOf;
    this.#remembered = remembered;
    this.#upsert = database.prepare(
      `INSERT INTO ${table} (${column}, day) VALUES (?, ?)
       ON CONFLICT (${column}) DO UPDATE SET day = max(day, excluded.day) RETURNING id`,
    );
    this.#find = database.prepare(`SELECT id FROM ${table} WHERE ${column} = ?`);
  }

  /** Rows that had to be made or looked up, for the daily bound on new names. */
  get created(): number {
    return this.#created;
  }

  /** The number of a text that is in use on this day, made when there is none. */
  idOf(text: string, day: number): number {
    const known = this.#known.get(text);
    if (known !== undefined && known.day >= day) return known.id;
    const id = numberIn(this.#upsert.get(this.#keyOf(text), day), 'id');
    if (known === undefined) this.#created += 1;
    if (this.#known.size >= this.#remembered) this.#known.clear();
    this.#known.set(text, { id, day });
    return id;
  }

  /** Its number if it has one. */
  find(text: string): number | null {
    const known = this.#known.get(text);
    if (known !== undefined) return known.id;
    const row = this.#find.get(this.#keyOf(text));
    return row === undefined ? null : numberIn(row, 'id');
  }

  /** After a rollback or a removal the numbers may mean nothing. */
  forget(): void {
    this.#known.clear();
  }
}

/** Numbers of short texts that stay for ever: list names, groups, indicators. */
export class Labels {
  readonly #insert: StatementSync;
  readonly #find: StatementSync;
  readonly #known = new Map<string, number>();

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare(
      'INSERT INTO labels (text) VALUES (?) ON CONFLICT DO NOTHING RETURNING id',
    );
    this.#find = database.prepare('SELECT id FROM labels WHERE text = ?');
  }

  idOf(text: string): number {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const id = numberIn(this.#insert.get(text) ?? this.#find.get(text), 'id');
    if (this.#known.size >= LABELS_REMEMBERED) this.#known.clear();
    this.#known.set(text, id);
    return id;
  }

  find(text: string): number | null {
    const row = this.#find.get(text);
    return row === undefined ? null : numberIn(row, 'id');
  }

  forget(): void {
    this.#known.clear();
  }
}
