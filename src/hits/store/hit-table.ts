// Hits as rows: written with the numbers of the journal they came from, read back as the same lines.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Hit } from '../hit.ts';
import { Labels } from './interner.ts';
import { numberIn, type Row, textIn, textOrNull } from './row.ts';

/** How far the hits of one resolver thread, of one start of the daemon, are stored. */
export interface Watermark {
  readonly boot: string;
  readonly worker: number;
  readonly sequence: number;
}

export interface HitFilter {
  readonly sinceMs?: number;
  readonly untilMs?: number;
  readonly ip?: string;
  readonly list?: string;
  readonly limit?: number;
}

const LIMIT_DEFAULT = 1000;
const ROWS_REMOVED_A_STEP = 5000;

export class HitTable {
  readonly #database: DatabaseSync;
  readonly #labels: Labels;
  readonly #insert: StatementSync;
  readonly #mark: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#labels = new Labels(database);
    this.#insert = database.prepare(`INSERT INTO hits
      (id, timeMs, count, ip, clientName, mac, clientGroup, name, type, class, transport, verdict, rule, list, answer, via,
       indicator, worker) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
    this.#mark = database.prepare(`INSERT INTO watermarks (boot, worker, sequence) VALUES (?, ?, ?)
      ON CONFLICT DO UPDATE SET sequence = max(sequence, excluded.sequence)`);
  }

  /** Call inside one transaction: the hits and how far the journal is stored with them belong together. */
  write(hits: readonly Hit[], watermarks: readonly Watermark[]): void {
    for (const hit of hits) {
      const { client, question } = hit;
      this.#insert.run(
        hit.id,
        Date.parse(hit.time),
        hit.count,
        client.ip,
        this.#label(client.name),
        this.#label(client.mac),
        this.#labels.idOf(client.group),
        question.name,
        question.type,
        question.class,
        hit.transport,
        hit.verdict,
        hit.rule,
        this.#labels.idOf(hit.list),
        hit.answer.length === 0 ? null : this.#labels.idOf(JSON.stringify(hit.answer)),
        hit.via,
        hit.indicator === null ? null : this.#labels.idOf(JSON.stringify(hit.indicator)),
        hit.worker,
      );
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

  /** Newest first. */
  find(filter: HitFilter): Hit[] {
    const where = ['timeMs >= ?', 'timeMs <= ?'];
    const values: (string | number)[] = [filter.sinceMs ?? 0, filter.untilMs ?? Number.MAX_SAFE_INTEGER];
    if (filter.ip !== undefined) {
      where.push('ip = ?');
      values.push(filter.ip);
    }
    if (filter.list !== undefined) {
      where.push('list = (SELECT id FROM labels WHERE text = ?)');
      values.push(filter.list);
    }
    const label = (column: string) =>
      `(SELECT text FROM labels WHERE labels.id = hits.${column}) AS ${column}`;
    const labels = ['clientName', 'mac', 'clientGroup', 'list', 'answer', 'indicator'].map(label).join(', ');
    return this.#database
      .prepare(
        `SELECT id, timeMs, count, ip, name, type, class, transport, verdict, rule, via, worker, ${labels}
         FROM hits WHERE ${where.join(' AND ')} ORDER BY timeMs DESC, number DESC LIMIT ?`,
      )
      .all(...values, filter.limit ?? LIMIT_DEFAULT)
      .map(toHit);
  }

  /** When a client's asking for a name was first a hit, ms; null when it never was. */
  firstOf(ip: string, name: string): number | null {
    const row = this.#database
      .prepare('SELECT min(timeMs) AS first FROM hits WHERE ip = ? AND name = ?')
      .get(ip, name);
    const first = numberIn(row, 'first');
    return first === 0 ? null : first;
  }

  /** Rows and the hits they stand for. */
  count(): { readonly rows: number; readonly hits: number } {
    const row = this.#database
      .prepare('SELECT count(*) AS rows, coalesce(sum(count), 0) AS hits FROM hits')
      .get();
    return { rows: numberIn(row, 'rows'), hits: numberIn(row, 'hits') };
  }

  /** Removes the oldest, at most a few thousand. @returns whether more is left */
  removeBefore(timeMs: number): boolean {
    const { changes } = this.#database
      .prepare('DELETE FROM hits WHERE number IN (SELECT number FROM hits WHERE timeMs < ? LIMIT ?)')
      .run(timeMs, ROWS_REMOVED_A_STEP);
    return Number(changes) >= ROWS_REMOVED_A_STEP;
  }

  forget(): void {
    this.#labels.forget();
  }

  #label(text: string | null): number | null {
    return text === null ? null : this.#labels.idOf(text);
  }
}

function toHit(row: Row): Hit {
  const text = (column: string): string => textIn(row, column);
  const orNull = (column: string): string | null => textOrNull(row, column);
  const answer = orNull('answer');
  const indicator = orNull('indicator');
  return {
    event: 'hit',
    id: text('id'),
    time: new Date(numberIn(row, 'timeMs')).toISOString(),
    count: numberIn(row, 'count'),
    client: { ip: text('ip'), name: orNull('clientName'), mac: orNull('mac'), group: text('clientGroup') },
    question: { name: text('name'), type: text('type'), class: text('class') },
    transport: text('transport') as Hit['transport'],
    verdict: text('verdict') as Hit['verdict'],
    rule: text('rule'),
    list: text('list'),
    answer: answer === null ? [] : JSON.parse(answer),
    via: orNull('via'),
    indicator: indicator === null ? null : JSON.parse(indicator),
    worker: numberIn(row, 'worker'),
  };
}
