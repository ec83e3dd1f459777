// The partitions of hits: one a month, made before the first hit of that month is stored.
//
// Only months that a right clock can speak of have one: others share the partition without bounds. What lies there of a month that
// comes to have its own moves into it first, since PostgreSQL refuses a partition whose rows lie elsewhere.
import type { Connection } from './statement.ts';

/** Months from now on that have a partition of their own. */
const MONTHS_BACK = 60;
const MONTHS_AHEAD = 1;
const LOCK = 0x63656e70;

/** Months since year 0. */
function monthOf(timeMs: number): number {
  const date = new Date(timeMs);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

const beginOf = (month: number): Date => new Date(Date.UTC(Math.floor(month / 12), month % 12, 1));

function tableOf(month: number): string {
  return `hits_${Math.floor(month / 12)}_${String((month % 12) + 1).padStart(2, '0')}`;
}

/** The month of a partition's name; null for the one without bounds. */
function monthIn(table: string): number | null {
  const found = /^hits_(\d{4})_(\d{2})$/.exec(table);
  return found === null ? null : Number(found[1]) * 12 + Number(found[2]) - 1;
}

export class Partitions {
  readonly #now: () => number;
  /** Known to be there. */
  readonly #known = new Set<number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Months that these moments need and may have, and are not known to be there. */
  missing(timesMs: readonly number[]): readonly number[] {
    const now = monthOf(this.#now());
    const months = new Set(timesMs.map(monthOf));
    return [...months]
      .filter((month) => month >= now - MONTHS_BACK && month <= now + MONTHS_AHEAD && !this.#known.has(month))
      .sort((a, b) => a - b);
  }

  /** Makes them, in a transaction of its own. */
  async make(months: readonly number[], connection: Connection): Promise<void> {
    await connection.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    for (const month of months) await makeOne(connection, month);
  }

  made(months: readonly number[]): void {
    for (const month of months) this.#known.add(month);
  }

  /** Removes hits before a moment: whole months at once, the rest by row. */
  async removeBefore(timeMs: number, connection: Connection): Promise<void> {
    for (const row of await connection.query(
      `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
       WHERE i.inhparent = 'cenote.hits'::regclass`,
    )) {
      const month = monthIn(String(row['name']));
      if (month === null || beginOf(month + 1).getTime() > timeMs) continue;
      await connection.query(`DROP TABLE cenote.${tableOf(month)}`);
      this.#known.delete(month);
    }
    await connection.query('DELETE FROM cenote.hits WHERE time < $1', [new Date(timeMs)]);
  }
}

async function makeOne(connection: Connection, month: number): Promise<void> {
  const table = `cenote.${tableOf(month)}`;
  const [there] = await connection.query('SELECT to_regclass($1) AS oid', [table]);
  if (there?.['oid'] !== null) return;
  const [from, to] = [beginOf(month).toISOString(), beginOf(month + 1).toISOString()];
  await connection.query(`CREATE TABLE ${table} (LIKE cenote.hits INCLUDING DEFAULTS INCLUDING CONSTRAINTS)`);
  await connection.query(
    `WITH moved AS (DELETE FROM cenote.hits_other WHERE time >= '${from}' AND time < '${to}' RETURNING *)
     INSERT INTO ${table} SELECT * FROM moved`,
  );
  await connection.query(
    `ALTER TABLE cenote.hits ATTACH PARTITION ${table} FOR VALUES FROM ('${from}') TO ('${to}')`,
  );
}
