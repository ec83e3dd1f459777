// The connections to PostgreSQL, made when they are needed and again when they broke.
import pg from 'pg';
import { MIGRATIONS } from './schema.ts';

export interface Connection {
  /** @throws Error when the database cannot be reached or refuses */
  query(text: string, values?: readonly unknown[], name?: string): Promise<readonly Row[]>;
}

interface Migrated extends Connection {
  /** Statements that may take as long as they do. */
  migrate(sql: string): Promise<void>;
}

/** Whether the database was asked for what it cannot hold (SQLSTATE 22, 54): asked again, it says the same. */
export const isOfValues = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /^(22|54)...$/.test(String(error.code));

export type Row = Readonly<Record<string, unknown>>;

export interface DatabaseOptions {
  /** postgres://… */
  readonly url: string;
  readonly connectionsMax?: number;
}

/** A database that takes connections and does not answer is as one that is not there. */
const CONNECT_MS = 10_000;
const STATEMENT_MS = 120_000;
/** An index of many millions of hits takes minutes; given up, it would be begun anew for ever. */
const MIGRATION_MS: number = 12 * 3_600_000;
/** One number for all heads: they bring the schema forward one after the other. */
const MIGRATION_LOCK = 0x63656e6f;

export class Database implements Connection {
  readonly #pool: pg.Pool;
  #ready: Promise<void> | null = null;

  constructor({ url, connectionsMax = 6 }: DatabaseOptions) {
    this.#pool = new pg.Pool({
      connectionString: url,
      max: connectionsMax,
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: STATEMENT_MS,
      keepAlive: true,
      application_name: 'cenote',
    });
    // Of one that nobody uses at the moment: it is gone from the pool, and the next query makes another.
    this.#pool.on('error', () => undefined);
  }

  async query(text: string, values: readonly unknown[] = [], name?: string): Promise<readonly Row[]> {
    await this.#prepare();
    return rowsOf(this.#pool, text, values, name);
  }

  /**
   * Does it all in one transaction, on one connection.
   * @throws Error nothing of it is stored, or, when the connection broke at its end, it is not known whether it is
   */
  async transaction<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    await this.#prepare();
    return this.#alone(work);
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #alone<T>(work: (connection: Migrated) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    let broken: Error | null = null;
    const onError = (error: Error): void => {
      broken = error;
    };
    client.on('error', onError);
    try {
      await client.query('BEGIN');
      const result = await work({
        query: (text, values = [], name) => rowsOf(client, text, values, name),
        migrate: async (sql) =>
          void (await client.query(Object.assign({ text: sql }, { query_timeout: MIGRATION_MS }))),
      });
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch((failed: Error) => {
        broken = failed;
      });
      throw error;
    } finally {
      client.off('error', onError);
      client.release(broken ?? undefined);
    }
  }

  /** The schema as this release needs it; once it was seen to be, it is not looked at again. */
  #prepare(): Promise<void> {
    this.#ready ??= this.#migrate().catch((error) => {
      this.#ready = null;
      throw error;
    });
    return this.#ready;
  }

  async #migrate(): Promise<void> {
    await this.#alone(async (connection) => {
      await connection.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
      await connection.query('CREATE SCHEMA IF NOT EXISTS cenote');
      await connection.query('CREATE TABLE IF NOT EXISTS cenote.migrations (version int PRIMARY KEY)');
      const [row] = await connection.query(
        'SELECT coalesce(max(version), 0)::int AS version FROM cenote.migrations',
      );
      const version = Number(row?.['version']);
      if (version > MIGRATIONS.length)
        throw new Error(
          `the central store is of a later release (its schema is ${version}, this release knows ${MIGRATIONS.length}); run that release at the head`,
        );
      for (const [step, sql] of MIGRATIONS.entries()) {
        if (step < version) continue;
        await connection.migrate(sql);
        await connection.query('INSERT INTO cenote.migrations VALUES ($1)', [step + 1]);
      }
    });
  }
}

async function rowsOf(
  on: pg.Pool | pg.PoolClient,
  text: string,
  values: readonly unknown[],
  name: string | undefined,
): Promise<readonly Row[]> {
  const query = { text, values: [...values], ...(name === undefined ? {} : { name }) };
  const { rows } = await on.query<Record<string, unknown>>(values.length === 0 ? query.text : query);
  return rows;
}
