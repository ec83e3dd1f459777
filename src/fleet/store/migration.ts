// Brings the central store to the schema of this release, once. A step may take as long as it does, and nobody waits for it without a word:
// what is asked of the store meanwhile fails with what it is busy with.
import { messageOf } from '../../config/coded-error.ts';
import { MIGRATIONS } from './schema.ts';
import type { Connection } from './statement.ts';

/** A transaction of its own, on one connection. */
export interface Migrated extends Connection {
  /** Statements that may take as long as they do. */
  unhurried(sql: string): Promise<void>;
}

export interface MigrationOptions {
  readonly alone: (work: (connection: Migrated) => Promise<void>) => Promise<void>;
  /** On another connection. */
  readonly query: Connection['query'];
  /** Monotonic, ms. */
  readonly now: () => number;
  readonly patienceMs?: number | undefined;
}

/** Longer than a connection takes to be made. */
const PATIENCE_MS = 15_000;
/** Each try of a step that fails, of one that fills the disk say, writes as much anew. */
const AGAIN_MS = 5 * 60_000;
/** PostgreSQL 14 or newer. */
const GONE_SEEN_MS = 2_000;
/** One number for all heads: they bring the schema forward one after the other. */
const MIGRATION_LOCK = 0x63656e6f;

export class Migration {
  readonly #options: MigrationOptions;
  #running: Promise<void> | null = null;
  #isDone = false;
  /** Of the connection, while it is at work. */
  #pid: number | null = null;
  #failed: { readonly error: Error; readonly atMs: number } | null = null;

  constructor(options: MigrationOptions) {
    this.#options = options;
  }

  /** Once it was seen to be done, it is not looked at again. @throws Error why the store cannot be used yet */
  async ready(): Promise<void> {
    if (this.#isDone) return;
    const { alone, now, patienceMs = PATIENCE_MS } = this.#options;
    if (this.#failed !== null && now() - this.#failed.atMs < AGAIN_MS) throw this.#failed.error;
    this.#failed = null;
    this.#running ??= alone((connection) => this.#bring(connection))
      .then(() => {
        this.#isDone = true;
      })
      .finally(() => {
        this.#running = null;
        this.#pid = null;
      });
    const { promise, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      if (this.#pid !== null)
        reject(
          new Error(
            'its schema is being brought to that of this release, which takes minutes where there are many millions of hits',
          ),
        );
    }, patienceMs);
    await Promise.race([this.#running, promise]).finally(() => clearTimeout(timer));
  }

  /** Tables that were seen are not there: the database is another. */
  lookAgain(): void {
    this.#isDone = false;
  }

  /** Ends what is under way, which leaves the schema as it was. */
  async stop(): Promise<void> {
    if (this.#pid === null) return;
    await this.#options.query('SELECT pg_cancel_backend($1)', [this.#pid]).catch(() => undefined);
  }

  async #bring(connection: Migrated): Promise<void> {
    const [own] = await connection.query('SELECT pg_backend_pid() AS pid');
    this.#pid = Number(own?.['pid']);
    // A server that is at work does not notice that the head is gone, and works on for minutes at what it will then take back.
    await connection.query(
      `SELECT set_config(name, '${GONE_SEEN_MS}', true) FROM pg_settings WHERE name = 'client_connection_check_interval'`,
    );
    await connection.unhurried(`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`);
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
      await connection.unhurried(sql).catch((error) => {
        throw this.#failing(error);
      });
      await connection.query('INSERT INTO cenote.migrations VALUES ($1)', [step + 1]);
    }
  }

  #failing(cause: unknown): Error {
    const why = `its schema could not be brought to that of this release: ${messageOf(cause)}; it is tried again in ${AGAIN_MS / 60_000} minutes`;
    const error = new Error(why, { cause });
    this.#failed = { error, atMs: this.#options.now() };
    return error;
  }
}
