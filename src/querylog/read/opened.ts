// The log as another thread or process reads it: at one moment, beside the thread that writes it.
import { DatabaseSync } from 'node:sqlite';
import { OctetTable } from '../../events/octet-table.ts';
import { type AskerFacts, factsOf } from '../../hits/store/askers.ts';
import { numberIn, type Row, textIn } from '../../hits/store/row.ts';
import { decodeBatch } from '../batch.ts';
import { Database } from '../log-file.ts';
import { Rows } from '../rows.ts';
import { NameTexts } from './name-texts.ts';

const BUSY_MS = 5000;
const ASKERS_MAX = 65_536;

const NOBODY: AskerFacts = { machine: 'unknown', ip: 'unknown', name: null, mac: null, group: null };

/** Rows of batches that are in no block yet. */
export interface HotRows {
  readonly rows: Rows;
  readonly names: OctetTable;
  /** First row of each batch, with the batch's number. */
  readonly batches: { readonly id: number; readonly from: number }[];
  /** Batches that cannot be decoded. */
  readonly damaged: number[];
}

export class OpenedLog {
  readonly texts = new NameTexts(this);
  readonly #database: Database;
  readonly #askers = new Map<number, AskerFacts>();
  #hot: HotRows = nothingHot();
  #unread = 0;
  #readTo = 0;

  /** @throws Error when it cannot be opened */
  constructor(path: string) {
    this.#database = new Database(new DatabaseSync(path, { readOnly: true, timeout: BUSY_MS }));
    this.#database.exec('PRAGMA cache_size = -8192; PRAGMA temp_store = MEMORY;');
  }

  /** Whether it has its tables, which are made at once. */
  get isBegun(): boolean {
    return this.get("SELECT 1 FROM sqlite_master WHERE name = 'runs'") !== undefined;
  }

  /** Queries of blocks that could not be read in this look, and of batches. */
  get unread(): number {
    // The next start of the writer sets such a batch aside, and counts it as lost.
    const rowsOf = (id: number): number =>
      numberIn(this.get('SELECT rows FROM hot WHERE id = ?', id), 'rows');
    return this.#hot.damaged.reduce((sum, id) => sum + rowsOf(id), this.#unread);
  }

  /** Reads something of a block; one that is damaged costs its own queries, and no answer. @param queries of the block */
  readBlock(queries: number, work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.#unread += queries;
    }
  }

  /** Does it all in one view of the file. */
  look<T>(work: () => T): T {
    this.#unread = 0;
    this.#database.run('BEGIN');
    try {
      return work();
    } finally {
      if (this.#database.isInTransaction) this.#database.run('COMMIT');
    }
  }

  close(): void {
    this.#database.close();
  }

  all(sql: string, ...values: (number | string)[]): Row[] {
    return this.#database.prepare(sql).all(...values);
  }

  get(sql: string, ...values: (number | string)[]): Row | undefined {
    return this.#database.prepare(sql).get(...values);
  }

  iterate(sql: string, ...values: (number | string)[]): IterableIterator<Row> {
    return this.#database.prepare(sql).iterate(...values);
  }

  asker(id: number): AskerFacts {
    let asker = this.#askers.get(id);
    if (asker === undefined) {
      const row = this.get('SELECT machine, ip, name, mac, inGroup FROM askers WHERE id = ?', id);
      asker = row === undefined ? NOBODY : factsOf(row);
      if (this.#askers.size >= ASKERS_MAX) this.#askers.clear();
      this.#askers.set(id, asker);
    }
    return asker;
  }

  /** Numbers of those who are one of these machines, or asked from one of these addresses. */
  askersOf({
    machines,
    ips,
  }: {
    readonly machines: readonly string[];
    readonly ips: readonly string[];
  }): Set<number> {
    const ids = (column: string, value: string): number[] =>
      this.all(`SELECT id FROM askers WHERE ${column} = ?`, value).map((row) => numberIn(row, 'id'));
    return new Set([
      ...machines.flatMap((machine) => ids('machine', machine)),
      ...ips.flatMap((ip) => ids('ip', ip)),
    ]);
  }

  /** Numbers of a list or upstream, by name; null: it is in no row. */
  sourceOf(what: string, name: string): number | null {
    const row = this.get('SELECT id FROM sources WHERE what = ? AND name = ?', what, name);
    return row === undefined ? null : numberIn(row, 'id');
  }

  source(id: number): { readonly what: string; readonly name: string } | null {
    if (id === 0) return null;
    const row = this.get('SELECT what, name FROM sources WHERE id = ?', id);
    return row === undefined ? null : { what: textIn(row, 'what'), name: textIn(row, 'name') };
  }

  readonly rule = (id: number): string | null => {
    const row = this.get('SELECT text FROM rules WHERE id = ?', id);
    return row === undefined ? null : textIn(row, 'text');
  };

  /** Call inside `look`. What was read before is not read again. */
  hot(): HotRows {
    const oldest = numberIn(this.get('SELECT min(id) AS id FROM hot'), 'id');
    if (oldest === 0 || oldest !== this.#hot.batches[0]?.id) {
      this.#hot = nothingHot();
      this.#readTo = 0;
    }
    const { rows, names, batches } = this.#hot;
    const numberOf = (name: Uint8Array): number => names.numberOf(name, 0, name.length);
    for (const row of this.iterate('SELECT id, rows, body FROM hot WHERE id > ? ORDER BY id', this.#readTo)) {
      this.#readTo = numberIn(row, 'id');
      batches.push({ id: this.#readTo, from: rows.size });
      if (!decodeBatch(row['body'] as Uint8Array, rows, numberOf)) this.#hot.damaged.push(this.#readTo);
    }
    return this.#hot;
  }
}

const nothingHot = (): HotRows => ({ rows: new Rows(), names: new OctetTable(), batches: [], damaged: [] });

/** Octets that do not unpack, or not to what they should. */
const isDamage = (error: unknown): boolean =>
  error instanceof RangeError ||
  (error instanceof Error && 'code' in error && String(error.code).startsWith('ZSTD_'));
