// Hits in the store: written with the numbers of the journal they came from, read back as the same lines. A few at a time they are
// rows; many at a time they are batches (hit-batches.ts). Both are numbered in the order they are stored.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Who } from '../../clients/who.ts';
import type { Hit } from '../hit.ts';
import { type HitColumns, HitPile } from '../hit-pile.ts';
import { HitBatches, type NumberedRow, newestFirst } from './hit-batches.ts';
import { clientOf, type HitRow, hitOf, kindOf, type Shared } from './hit-row.ts';
import { SharedTexts } from './interner.ts';
import { isOf, numberIn, type Row, textIn, textOrNull } from './row.ts';
import { HITS_A_BLOCK } from './schema.ts';

/** How far the hits of one resolver thread, of one start of the daemon, are stored. */
export interface Watermark {
  readonly boot: string;
  readonly worker: number;
  readonly sequence: number;
}

export interface HitFilter {
  readonly sinceMs?: number;
  readonly untilMs?: number;
  readonly who?: Who;
  readonly list?: string;
  readonly limit?: number;
}

const LIMIT_DEFAULT = 1000;
const ROWS_REMOVED_A_STEP = 5000;
/** From so many on hits of one transaction are a batch: well before their values are octets (hit-pile.ts). */
const BATCH_MIN = 64;
export const HIT_COLUMNS = 'number, id, timeMs, count, client, kind, name, rule, via, matches, visit';

export class HitTable {
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #mark: StatementSync;
  readonly #enter: StatementSync;
  readonly #batches: HitBatches;
  /** Clients that are known to be in the block that is written. */
  readonly #inBlock = new Set<number>();
  #block = -1;
  /** Made for one search after another of a process that only reads. */
  #watched: ReadonlyMap<string, number> | null = null;
  readonly #kinds: SharedTexts;
  readonly #clients: SharedTexts;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#batches = new HitBatches(database);
    this.#kinds = new SharedTexts(database, { table: 'hitKinds', column: 'list' });
    this.#clients = new SharedTexts(database, { table: 'hitClients', column: 'ip' });
    this.#insert = database.prepare(
      `INSERT INTO hits (${HIT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#mark = database.prepare(`INSERT INTO watermarks (boot, worker, sequence) VALUES (?, ?, ?)
      ON CONFLICT DO UPDATE SET sequence = max(sequence, excluded.sequence)`);
    this.#enter = database.prepare('INSERT OR IGNORE INTO hitBlocks (client, block) VALUES (?, ?)');
  }

  /** All inside one transaction: the hits and how far the journal is stored with them belong together. */
  write(hits: HitPile | readonly Hit[], watermarks: readonly Watermark[]): void {
    const pile = hits instanceof HitPile ? hits : HitPile.of(hits);
    let number = pile.size === 0 ? 0 : this.#next();
    for (const columns of pile.pieces) {
      const clients = columns.clients.map((hit) => this.#clients.idOf(clientOf(hit), hit.client.ip));
      const kinds = columns.kinds.map((hit) => this.#kinds.idOf(kindOf(hit), hit.list));
      if (columns.size < BATCH_MIN) this.#writeRows(number, columns, clients, kinds);
      else this.#batches.write(number, columns, clients, kinds);
      number += columns.size;
    }
    for (const { boot, worker, sequence } of watermarks) this.#mark.run(boot, worker, sequence);
  }

  watermarks(): Watermark[] {
    return this.#database
      .prepare('SELECT boot, worker, sequence FROM watermarks')
      .all()
      .map((row) => ({
        boot: textIn(row, 'boot'),
        worker: numberIn(row, 'worker'),
        sequence: numberIn(row, 'sequence'),
      }));
  }

  /** Watermarks of other starts, whose journals are gone. */
  removeWatermarksExcept(boot: string): void {
    this.#database.prepare('DELETE FROM watermarks WHERE boot <> ?').run(boot);
  }

  /** What hits share, as JSON. */
  sharedOf({ client, kind }: Pick<HitRow, 'client' | 'kind'>): Shared {
    return { client: this.#clients.bodyOf(client), kind: this.#kinds.bodyOf(kind) };
  }

  /** Newest first. */
  find(filter: HitFilter): Hit[] {
    const { sinceMs = 0, untilMs = Number.MAX_SAFE_INTEGER, limit = LIMIT_DEFAULT } = filter;
    const clients = filter.who === undefined ? null : this.#clientsOf(filter.who);
    const kinds = filter.list === undefined ? null : this.#kindsOf('list = ?', filter.list);
    const where = ['timeMs >= ?', 'timeMs <= ?'];
    if (clients !== null) where.push(`client IN (${[...clients].join()})`);
    if (kinds !== null) where.push(`kind IN (${[...kinds].join()})`);
    const rows = this.#database
      .prepare(
        `SELECT hits.* FROM ${clients === null ? 'hits' : inBlocksOf(clients)} WHERE ${where.join(' AND ')}
         ORDER BY timeMs DESC, number DESC LIMIT ?`,
      )
      .all(sinceMs, untilMs, limit)
      .map((row): NumberedRow => ({ number: numberIn(row, 'number'), row: hitRowIn(row) }));
    const batched = this.#batches.newest({ sinceMs, untilMs, clients, kinds, limit });
    const all = batched.length === 0 ? rows : [...rows, ...batched].sort(newestFirst);
    return all.slice(0, limit).map(({ row }) => this.#hitOf(row));
  }

  /** Hits whose name, or what stood behind it, is taken: reads all of that time, so it is for a process of its own. */
  *each(sinceMs: number, takes: (name: string, via: string | null) => boolean): Generator<Hit> {
    const numbers: number[] = [];
    const select = this.#database.prepare('SELECT number, name, via FROM hits WHERE timeMs >= ?');
    for (const row of select.iterate(sinceMs))
      if (takes(textIn(row, 'name'), textOrNull(row, 'via'))) numbers.push(numberIn(row, 'number'));
    const one = this.#database.prepare(`SELECT ${HIT_COLUMNS} FROM hits WHERE number = ?`);
    for (const number of numbers) {
      const row = one.get(number);
      if (row !== undefined) yield this.#hitOf(hitRowIn(row));
    }
    for (const row of this.#batches.each(sinceMs, takes)) yield this.#hitOf(row);
  }

  /** When a client's asking for a name was first a hit that is a row, ms; null when it never was. */
  firstOf(ip: string, name: string): number | null {
    return this.#firstRow(ip, name, null);
  }

  /** When a client's asking for a name was first a hit of a list that only watches, ms; null when it never was. */
  firstWatched(ip: string, name: string): number | null {
    const row = this.#firstRow(ip, name, 'monitor');
    const batched = this.#watchedInBatches().get(watchedKey(ip, name)) ?? null;
    return row === null || batched === null ? (row ?? batched) : Math.min(row, batched);
  }

  #firstRow(ip: string, name: string, verdict: Hit['verdict'] | null): number | null {
    const clients = this.#clientsOf({ ips: [ip], machines: [] });
    const row = this.#database
      .prepare(
        `SELECT min(timeMs) AS first FROM ${inBlocksOf(clients)} WHERE client IN (${[...clients].join()})
         AND name = ? AND kind IN (SELECT id FROM hitKinds WHERE ? IS NULL OR ? = body ->> '$.verdict')`,
      )
      .get(name, verdict, verdict);
    return numberIn(row, 'first') || null;
  }

  /** Looked up for one find after another, so it is made at once. */
  #watchedInBatches(): ReadonlyMap<string, number> {
    if (this.#watched !== null) return this.#watched;
    const watched = new Map<string, number>();
    for (const row of this.#batches.ofKinds(this.#kindsOf("body ->> '$.verdict' = ?", 'monitor'))) {
      const key = watchedKey(JSON.parse(this.#clients.bodyOf(row.client)).ip, row.name);
      watched.set(key, Math.min(watched.get(key) ?? row.timeMs, row.timeMs));
    }
    this.#watched = watched;
    return watched;
  }

  /** Hits as they are told, and the queries they stand for. */
  count(): { readonly rows: number; readonly hits: number } {
    const row = this.#database
      .prepare('SELECT count(*) AS rows, coalesce(sum(count), 0) AS hits FROM hits')
      .get();
    const batched = this.#batches.count();
    return { rows: numberIn(row, 'rows') + batched.rows, hits: numberIn(row, 'hits') + batched.hits };
  }

  /** Removes the oldest, at most a few thousand. @returns whether more is left */
  removeBefore(timeMs: number): boolean {
    // A number is given once, also where all that have one are gone.
    this.#database.prepare('UPDATE numbering SET next = ?1 WHERE next <> ?1').run(this.#next());
    const { changes } = this.#database
      .prepare('DELETE FROM hits WHERE number IN (SELECT number FROM hits WHERE timeMs < ? LIMIT ?)')
      .run(timeMs, ROWS_REMOVED_A_STEP);
    if (Number(changes) > 0)
      this.#database.exec(
        `DELETE FROM hitBlocks WHERE block < (SELECT coalesce(min(number), 0) / ${HITS_A_BLOCK} FROM hits)`,
      );
    return this.#batches.removeBefore(timeMs) || Number(changes) >= ROWS_REMOVED_A_STEP;
  }

  forget(): void {
    this.#kinds.forget();
    this.#clients.forget();
    this.#inBlock.clear();
    this.#watched = null;
  }

  #clientsOf(who: Who): ReadonlySet<number> {
    const users = "coalesce(body -> '$.users', json_array(body ->> '$.user'))";
    const { sql, values } = isOf(who, { address: 'ip', machine: "body ->> '$.machine'", users });
    const rows = this.#database.prepare(`SELECT id FROM hitClients WHERE ${sql}`).all(...values);
    return new Set(rows.map((row) => numberIn(row, 'id')));
  }

  /** @param where SQL, with one value */
  #kindsOf(where: string, value: string): ReadonlySet<number> {
    const rows = this.#database.prepare(`SELECT id FROM hitKinds WHERE ${where}`).all(value);
    return new Set(rows.map((row) => numberIn(row, 'id')));
  }

  #hitOf(row: HitRow): Hit {
    return hitOf(row, this.sharedOf(row));
  }

  /** The number of the next hit. */
  #next(): number {
    const last = this.#database.prepare('SELECT max(number) AS number FROM hits').get();
    const given = this.#database.prepare('SELECT next FROM numbering').get();
    return Math.max(numberIn(last, 'number') + 1, this.#batches.end, numberIn(given, 'next'), 1);
  }

  #writeRows(first: number, columns: HitColumns, clients: readonly number[], kinds: readonly number[]): void {
    const { id, timeMs, count, client, kind, name, rule, via, matches, visit } = columns;
    for (let i = 0; i < columns.size; i += 1) {
      const [clientId = 0, kindId = 0] = [clients[client[i]!], kinds[kind[i]!]];
      this.#insert.run(
        first + i,
        id.values[i]!,
        timeMs[i]!,
        count[i]!,
        clientId,
        kindId,
        name.values[i]!,
        rule.values[i]!,
        via.values[i]!,
        matches.values[i]!,
        visit.values[i]!,
      );
      this.#noteBlock(clientId, first + i);
    }
  }

  #noteBlock(client: number, number: number): void {
    const block = Math.floor(number / HITS_A_BLOCK);
    if (block !== this.#block) {
      this.#block = block;
      this.#inBlock.clear();
    }
    if (this.#inBlock.has(client)) return;
    this.#inBlock.add(client);
    this.#enter.run(client, block);
  }
}

/** SQL: the blocks in which these clients have hits. */
function inBlocksOf(clients: ReadonlySet<number>): string {
  return `(SELECT DISTINCT block FROM hitBlocks WHERE client IN (${[...clients].join()})) b
    JOIN hits ON number BETWEEN b.block * ${HITS_A_BLOCK} AND b.block * ${HITS_A_BLOCK} + ${HITS_A_BLOCK - 1}`;
}

const watchedKey = (ip: string, name: string): string => `${ip} ${name}`;

export function hitRowIn(row: Row): HitRow {
  const { rule, matches } = row;
  return {
    id: textIn(row, 'id'),
    timeMs: numberIn(row, 'timeMs'),
    count: numberIn(row, 'count'),
    client: numberIn(row, 'client'),
    kind: numberIn(row, 'kind'),
    name: textIn(row, 'name'),
    rule: typeof rule === 'number' ? rule : String(rule),
    via: textOrNull(row, 'via'),
    matches: typeof matches === 'number' || matches === null ? matches : String(matches),
    visit: textOrNull(row, 'visit'),
  };
}
