// One run of the log: from when to when it was written, and what it lost; so that an answer can say of which time it speaks.
import type { Database } from './log-file.ts';

/** How a run ended; `no`: it goes on, or was killed and nobody has looked since; `torn`: it was killed. */
export const ENDED = { no: 0, inOrder: 1, torn: 2 } as const;

/**
 * What a query's row may come later than it was asked: it waits for upstreams (3.5 s), a thread holds it for two seconds, and passes it on
 * a few times a second. Before the newest row that a kill left, rows of so long may be missing.
 */
const HELD_MS = 7000;
/** How often it is noted while nobody asks anything. */
const NOTE_MS = 30_000;

/** Up to when nothing is missing of one that was killed. */
export const wholeToMs = ({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }): number =>
  Math.max(fromMs, toMs - HELD_MS);

export class Run {
  readonly #id: number;
  readonly #fromMs: number;
  #notedMs: number;
  #lost = 0;

  constructor(database: Database, nowMs: number) {
    this.#fromMs = nowMs;
    this.#notedMs = nowMs;
    const sql = 'INSERT INTO runs (fromMs, toMs, lost, isClosed) VALUES (?, ?, 0, 0)';
    this.#id = Number(database.prepare(sql).run(nowMs, nowMs).lastInsertRowid);
  }

  /**
   * Up to when the last run was written, and whether it ended without closing; null: there was none. What was noted of one that
   * did is some seconds old: its end is what its rows say, and it is kept as that, so that later answers tell the same gap.
   */
  static settleLast(
    database: Database,
  ): { readonly fromMs: number; readonly toMs: number; readonly isTorn: boolean } | null {
    const last = database
      .prepare('SELECT id, fromMs, toMs, isClosed FROM runs ORDER BY id DESC LIMIT 1')
      .get();
    if (last === undefined) return null;
    const rows = database
      .prepare('SELECT (SELECT max(toMs) FROM hot) AS hot, (SELECT max(toMs) FROM blocks) AS blocks')
      .get();
    const toMs = Math.max(Number(last['toMs']), Number(rows?.['hot'] ?? 0), Number(rows?.['blocks'] ?? 0));
    const isTorn = last['isClosed'] === ENDED.no;
    if (isTorn)
      database
        .prepare('UPDATE runs SET toMs = ?, isClosed = ? WHERE id = ?')
        .run(toMs, ENDED.torn, Number(last['id']));
    return { fromMs: Number(last['fromMs']), toMs, isTorn };
  }

  /** Whether it should be noted how far it has come. */
  isDue(nowMs: number, lost: number): boolean {
    return Math.abs(nowMs - this.#notedMs) >= NOTE_MS || lost !== this.#lost;
  }

  /** Call in a transaction. */
  write(database: Database, nowMs: number, lost: number, isClosed: boolean): void {
    this.#notedMs = nowMs;
    this.#lost = lost;
    database
      .prepare('UPDATE runs SET toMs = ?, lost = ?, isClosed = ? WHERE id = ?')
      .run(Math.max(this.#fromMs, nowMs), lost, isClosed ? ENDED.inOrder : ENDED.no, this.#id);
  }
}
