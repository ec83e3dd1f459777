// The connections to PostgreSQL, made when they are needed and again when they broke.
import pg from 'pg';
import { type Migrated, Migration } from './migration.ts';
import type { Connection, Row } from './statement.ts';

/** Whether the database was asked for what it cannot hold (SQLSTATE 22, 54): asked again, it says the same. */
export const isOfValues = (error: unknown): boolean => /^(22|54)...$/.test(sqlStateOf(error));

/** A table or the schema is not there (SQLSTATE 42P01, 3F000). */
const isOfSchema = (error: unknown): boolean => /^(42P01|3F000)$/.test(sqlStateOf(error));

/** Or the code of whatever else failed; empty where it has none. */
const sqlStateOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

export interface DatabaseOptions {
  /** postgres://… */
  readonly url: string;
  readonly connectionsMax?: number;
  /** Monotonic, ms; unset, that of this process. */
  readonly now?: () => number;
  /** How long the schema's way to this release's is waited for. */
  readonly patienceMs?: number;
}

/** A database that takes connections and does not answer is as one that is not there. */
const CONNECT_MS = 10_000;
const STATEMENT_MS = 120_000;
/** An index of many millions of hits takes minutes; given up, it would be begun anew for ever. */
const UNHURRIED_MS: number = 12 * 3_600_000;

const NO_PASSWORD = /password must be a string/;
const PASSWORD_TEXT =
  'PostgreSQL asks for a password, and `fleet.store` has none (postgres://USER:PASSWORD@HOST/DATABASE)';

type Then = ((error: Error) => void) | ((error: null, client: pg.Client) => void);

/** The client leaves a connection open that failed before it was there, one that wants a password which nobody wrote down say: one more at each try, until the server takes none of anybody. */
class Client extends pg.Client {
  override connect(): Promise<pg.Client>;
  override connect(then: Then): void;
  override connect(then?: Then): Promise<pg.Client> | undefined {
    if (then === undefined) return super.connect();
    super.connect((error: Error | null, client?: pg.Client) => {
      const failed = error as Error | null | undefined;
      if (failed != null) this.end().catch(() => undefined);
      const told = failed != null && NO_PASSWORD.test(failed.message) ? new Error(PASSWORD_TEXT) : error;
      (then as (error: Error | null, client?: pg.Client) => void)(told, client);
    });
  }
}

export class Database implements Connection {
  readonly #pool: pg.Pool;
  readonly #migration: Migration;

  constructor({ url, connectionsMax = 6, now = () => performance.now(), patienceMs }: DatabaseOptions) {
    this.#pool = new pg.Pool({
      Client,
      connectionString: url,
      max: connectionsMax,
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: STATEMENT_MS,
      keepAlive: true,
      application_name: 'cenote',
    });
    // Of one that nobody uses at the moment: it is gone from the pool, and the next query makes another.
    this.#pool.on('error', () => undefined);
    this.#migration = new Migration({
      ...{ now, patienceMs },
      alone: (work) => this.#alone(work),
      query: (text, values, name) => rowsOf(this.#pool, text, values ?? [], name),
    });
  }

  async query(text: string, values: readonly unknown[] = [], name?: string): Promise<readonly Row[]> {
    return this.#inOrder(() => rowsOf(this.#pool, text, values, name));
  }

  /**
   * Does it all in one transaction, on one connection.
   * @throws Error nothing of it is stored, or, when the connection broke at its end, it is not known whether it is
   */
  async transaction<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    return this.#inOrder(() => this.#alone(work));
  }

  async #inOrder<T>(work: () => Promise<T>): Promise<T> {
    await this.#migration.ready();
    try {
      return await work();
    } catch (error) {
      if (isOfSchema(error)) this.#migration.lookAgain();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#migration.stop();
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
        unhurried: async (sql) =>
          void (await client.query(Object.assign({ text: sql }, { query_timeout: UNHURRIED_MS }))),
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
