// Hits that came many at once, as one row: columns of JSON, packed. A hit costs a tenth of what a row of its own does.
//
//   names    {"name": [...], "via": [...]}: read alone when hits are searched by name
//   content  {"id": [...], "time": ms from the one before, "count", "client", "kind", "rule", "matches", "visit"}
//
// A column of which every value is null is left out. Which clients a batch has is in hitClientLists, its kinds beside it.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { HitColumns, JsonColumn } from '../hit-pile.ts';
import type { HitRow } from './hit-row.ts';
import { numberIn, textIn } from './row.ts';

/** Hits are told apart by when, and among those of one moment by their number: the order they were stored in. */
export interface NumberedRow {
  readonly number: number;
  readonly row: HitRow;
}

export interface Wanted {
  readonly sinceMs: number;
  readonly untilMs: number;
  /** Numbers; null: whoever. */
  readonly clients: ReadonlySet<number> | null;
  readonly kinds: ReadonlySet<number> | null;
  readonly limit: number;
}

/** The columns of a batch, by place. */
interface Opened {
  readonly names: { readonly name: readonly string[]; readonly via?: readonly (string | null)[] };
  readonly content: {
    readonly id: readonly string[];
    readonly time: readonly number[];
    readonly count: readonly number[];
    readonly client: readonly number[];
    readonly kind: readonly number[];
    readonly rule: readonly (string | number)[];
    readonly matches?: readonly (string | number | null)[];
    readonly visit?: readonly (string | null)[];
  };
}

/** More is smaller, and costs more time than it is worth. */
const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
const BATCHES_REMOVED_A_STEP = 64;

export class HitBatches {
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #enter: StatementSync;
  readonly #clientsOf: StatementSync;
  /** That hits are read from in their order, some at a time. */
  #lastOpened: { readonly first: number; readonly rows: number; readonly opened: Opened } | null = null;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#insert = database.prepare('INSERT INTO hitBatches VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
    this.#enter = database.prepare('INSERT INTO hitClientLists (batch, clients) VALUES (?, ?)');
    this.#clientsOf = database.prepare('SELECT clients FROM hitClientLists WHERE batch = ?');
  }

  /**
   * @param first number of the first
   * @param clients numbers of the columns' clients, by place; `kinds` likewise
   */
  write(first: number, columns: HitColumns, clients: readonly number[], kinds: readonly number[]): void {
    let [fromMs, toMs, beforeMs] = [Number.POSITIVE_INFINITY, 0, 0];
    const time = columns.timeMs.map((timeMs) => {
      if (timeMs < fromMs) fromMs = timeMs;
      if (timeMs > toMs) toMs = timeMs;
      const passedMs = timeMs - beforeMs;
      beforeMs = timeMs;
      return passedMs;
    });
    const queries = columns.count.reduce((sum, count) => sum + count, 0);
    const names = { name: columns.name, via: columns.via };
    const content = {
      id: columns.id,
      time,
      count: columns.count,
      client: columns.client.map((place) => clients[place] ?? 0),
      kind: columns.kind.map((place) => kinds[place] ?? 0),
      rule: columns.rule,
      matches: columns.matches,
      visit: columns.visit,
    };
    const own = JSON.stringify([...new Set(kinds)]);
    this.#insert.run(first, fromMs, toMs, columns.size, queries, own, packed(names), packed(content));
    this.#enter.run(first, JSON.stringify([...new Set(clients)]));
  }

  /** The number behind the last hit. */
  get end(): number {
    const row = this.#database
      .prepare('SELECT first + rows AS end FROM hitBatches ORDER BY first DESC LIMIT 1')
      .get();
    return numberIn(row, 'end');
  }

  /** The number of the first hit; null: there is none. */
  get begin(): number | null {
    const row = this.#database.prepare('SELECT min(first) AS first FROM hitBatches').get();
    return (row?.['first'] ?? null) === null ? null : numberIn(row, 'first');
  }

  /** In the order they were stored. */
  after(number: number, limit: number): NumberedRow[] {
    const batches = this.#database
      .prepare(
        `SELECT first, rows FROM hitBatches
         WHERE first >= coalesce((SELECT max(first) FROM hitBatches WHERE first <= ?1 + 1), 0) AND first + rows > ?1 + 1
         ORDER BY first`,
      )
      .iterate(number);
    const found: NumberedRow[] = [];
    for (const batch of batches) {
      if (found.length >= limit) break;
      const [first, rows] = [numberIn(batch, 'first'), numberIn(batch, 'rows')];
      if (this.#lastOpened?.first !== first || this.#lastOpened.rows !== rows)
        this.#lastOpened = { first, rows, opened: this.#open(first) };
      const from = Math.max(0, number + 1 - first);
      const until = from + limit - found.length;
      found.push(...rowsOf(first, this.#lastOpened.opened, (i) => i >= from && i < until));
    }
    return found;
  }

  /** Newest first. */
  newest({ sinceMs, untilMs, clients, kinds, limit }: Wanted): NumberedRow[] {
    const batches = this.#database
      .prepare('SELECT first, toMs, kinds FROM hitBatches WHERE toMs >= ? AND fromMs <= ? ORDER BY toMs DESC')
      .iterate(sinceMs, untilMs);
    let found: NumberedRow[] = [];
    for (const batch of batches) {
      const last = found[limit - 1];
      if (last !== undefined && last.row.timeMs > numberIn(batch, 'toMs')) break;
      if (kinds !== null && !numbersIn(textIn(batch, 'kinds')).some((kind) => kinds.has(kind))) continue;
      const first = numberIn(batch, 'first');
      if (clients !== null && !this.#hasAny(first, clients)) continue;
      const opened = this.#open(first);
      const { client, kind } = opened.content;
      const own = rowsOf(first, opened, (i, timeMs) => {
        if (timeMs < sinceMs || timeMs > untilMs) return false;
        return clients?.has(client[i]!) !== false && kinds?.has(kind[i]!) !== false;
      });
      found = [...found, ...own].sort(newestFirst).slice(0, limit);
    }
    return found;
  }

  /** Those since a moment whose name, or what stood behind it, is taken, in the order they were stored. */
  *each(sinceMs: number, takes: (name: string, via: string | null) => boolean): Generator<HitRow> {
    const batches = this.#database
      .prepare('SELECT first, names FROM hitBatches WHERE toMs >= ? ORDER BY first')
      .iterate(sinceMs);
    for (const batch of batches) {
      const { name, via } = opened<Opened['names']>(batch['names']);
      const places = new Set<number>();
      name.forEach((one, i) => {
        if (takes(one, via?.[i] ?? null)) places.add(i);
      });
      if (places.size === 0) continue;
      const first = numberIn(batch, 'first');
      const own = rowsOf(first, this.#open(first), (i, timeMs) => places.has(i) && timeMs >= sinceMs);
      for (const { row } of own) yield row;
    }
  }

  /** All hits of these kinds, in the order they were stored. */
  *ofKinds(kinds: ReadonlySet<number>): Generator<HitRow> {
    for (const batch of this.#database
      .prepare('SELECT first, kinds FROM hitBatches ORDER BY first')
      .iterate()) {
      if (!numbersIn(textIn(batch, 'kinds')).some((kind) => kinds.has(kind))) continue;
      const first = numberIn(batch, 'first');
      const opened = this.#open(first);
      for (const { row } of rowsOf(first, opened, (i) => kinds.has(opened.content.kind[i]!))) yield row;
    }
  }

  count(): { readonly rows: number; readonly hits: number } {
    const row = this.#database
      .prepare('SELECT coalesce(sum(rows), 0) AS rows, coalesce(sum(queries), 0) AS hits FROM hitBatches')
      .get();
    return { rows: numberIn(row, 'rows'), hits: numberIn(row, 'hits') };
  }

  /** Removes the oldest, a few at most, each when all of it is older. @returns whether more may be left */
  removeBefore(timeMs: number): boolean {
    const { changes } = this.#database
      .prepare('DELETE FROM hitBatches WHERE first IN (SELECT first FROM hitBatches WHERE toMs < ? LIMIT ?)')
      .run(timeMs, BATCHES_REMOVED_A_STEP);
    if (Number(changes) > 0)
      this.#database.exec('DELETE FROM hitClientLists WHERE batch NOT IN (SELECT first FROM hitBatches)');
    return Number(changes) >= BATCHES_REMOVED_A_STEP;
  }

  #hasAny(first: number, clients: ReadonlySet<number>): boolean {
    return numbersIn(textIn(this.#clientsOf.get(first), 'clients')).some((client) => clients.has(client));
  }

  #open(first: number): Opened {
    const batch = this.#database.prepare('SELECT names, content FROM hitBatches WHERE first = ?').get(first);
    return { names: opened(batch?.['names']), content: opened(batch?.['content']) };
  }
}

export function newestFirst(a: NumberedRow, b: NumberedRow): number {
  return b.row.timeMs - a.row.timeMs || b.number - a.number;
}

/** Of a batch those that are taken, by place and time: of the others no object is made. */
function rowsOf(
  first: number,
  { names, content }: Opened,
  takes: (place: number, timeMs: number) => boolean,
): NumberedRow[] {
  const rows: NumberedRow[] = [];
  let timeMs = 0;
  for (let i = 0; i < content.id.length; i += 1) {
    timeMs += content.time[i]!;
    if (!takes(i, timeMs)) continue;
    const row: HitRow = {
      id: content.id[i]!,
      timeMs,
      count: content.count[i]!,
      client: content.client[i]!,
      kind: content.kind[i]!,
      name: names.name[i]!,
      rule: content.rule[i]!,
      via: names.via?.[i] ?? null,
      matches: content.matches?.[i] ?? null,
      visit: content.visit?.[i] ?? null,
    };
    rows.push({ number: first + i, row });
  }
  return rows;
}

const numbersIn = (text: string): readonly number[] => JSON.parse(text);

/** What is kept already as JSON, or numbers. */
type Column = readonly number[] | Pick<JsonColumn<string | number | null>, 'json' | 'hasValue'>;

/** An object of the columns in which there is anything. */
function packed(columns: Readonly<Record<string, Column>>): Uint8Array {
  const pieces: Buffer[] = [];
  for (const [name, column] of Object.entries(columns)) {
    if ('hasValue' in column && !column.hasValue) continue;
    pieces.push(Buffer.from(`${pieces.length === 0 ? '{' : ','}"${name}":`));
    pieces.push('json' in column ? column.json() : Buffer.from(JSON.stringify(column)));
  }
  pieces.push(Buffer.from('}'));
  return zstdCompressSync(Buffer.concat(pieces), LEVEL);
}

function opened<T>(octets: unknown): T {
  if (!(octets instanceof Uint8Array)) throw new Error('a batch of hits in the store has no content');
  return JSON.parse(zstdDecompressSync(octets).toString());
}
