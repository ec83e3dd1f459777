// Hits of a site's store by their number: the order in which they were stored, whether as rows or many in one.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { HitBatches, type NumberedRow } from '../../hits/store/hit-batches.ts';
import { HIT_COLUMNS, hitRowIn } from '../../hits/store/hit-table.ts';
import { numberIn, textIn } from '../../hits/store/row.ts';

export class HitsInOrder {
  readonly #batches: HitBatches;
  readonly #bounds: StatementSync;
  readonly #after: StatementSync;
  readonly #numbering: StatementSync;

  constructor(database: DatabaseSync) {
    this.#batches = new HitBatches(database);
    // Each by itself is one look at an end of the table; both in one SELECT read all of it.
    this.#bounds = database.prepare(
      'SELECT (SELECT min(number) FROM hits) AS first, (SELECT max(number) FROM hits) AS last',
    );
    this.#after = database.prepare(
      `SELECT ${HIT_COLUMNS} FROM hits WHERE number > ? ORDER BY number LIMIT ?`,
    );
    this.#numbering = database.prepare('SELECT epoch, next FROM numbering');
  }

  /** What numbers mean: another text for a store that was begun anew. */
  get epoch(): string {
    return textIn(this.#numbering.get(), 'epoch');
  }

  /** Number of the hit that was stored last; 0: none was. */
  get last(): number {
    const stored = numberIn(this.#bounds.get(), 'last');
    return Math.max(stored, this.#batches.end - 1, numberIn(this.#numbering.get(), 'next') - 1);
  }

  /** Number of the first that is still there; behind the last when none is. */
  get first(): number {
    const rows = this.#bounds.get()?.['first'] ?? null;
    const numbers = [rows, this.#batches.begin].filter((number) => number !== null);
    return numbers.length === 0 ? this.last + 1 : Math.min(...numbers.map(Number));
  }

  after(number: number, limit: number): NumberedRow[] {
    const rows = this.#after
      .all(number, limit)
      .map((row): NumberedRow => ({ number: numberIn(row, 'number'), row: hitRowIn(row) }));
    const batched = this.#batches.after(number, limit);
    if (batched.length === 0) return rows;
    return [...rows, ...batched].sort((a, b) => a.number - b.number).slice(0, limit);
  }

  /** ULID of the hit of a number; null: it is not there. */
  idOf(number: number): string | null {
    const [found] = this.after(number - 1, 1);
    return found?.number === number ? found.row.id : null;
  }
}
