// What is still to be told, kept until it was: one row a notice or a gathering, in the order of their identifiers.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { textIn } from './row.ts';

export interface OutboxRow {
  readonly id: string;
  /** Name of the receiver it waits for. */
  readonly receiver: string;
  /** JSON; null removes the row. */
  readonly body: string | null;
}

export class OutboxTable {
  readonly #database: DatabaseSync;
  readonly #upsert: StatementSync;
  readonly #remove: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#upsert = database.prepare(
      'INSERT INTO outbox (id, sink, body) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET sink = excluded.sink, body = excluded.body',
    );
    this.#remove = database.prepare('DELETE FROM outbox WHERE id = ?');
  }

  write(rows: readonly OutboxRow[]): void {
    for (const { id, receiver, body } of rows) {
      if (body === null) this.#remove.run(id);
      else this.#upsert.run(id, receiver, body);
    }
  }

  all(): OutboxRow[] {
    return this.#database
      .prepare('SELECT id, sink, body FROM outbox ORDER BY id')
      .all()
      .map((row) => ({ id: textIn(row, 'id'), receiver: textIn(row, 'sink'), body: textIn(row, 'body') }));
  }
}
