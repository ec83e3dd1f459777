// The query log as it is written: rows come in, go to the file every second or two as a batch, and in blocks of 65,536 later.
//
// Nothing here takes long: what a block costs is done in steps of a few milliseconds, one or some a tick, and retention likewise.
// Invariant: queries taken in = queries in the file + queries in rows that wait here + `lost`. A kill costs the rows that wait:
// of some two seconds.
import type { DatabaseFileState } from '../hits/database-file.ts';
import { dayOf } from '../hits/store/schema.ts';
import { encodeBatch } from './batch.ts';
import { BLOCK_ROWS_MAX, encodeBlock } from './block.ts';
import { LogFile } from './log-file.ts';
import { Names, NEW_NAMES_MAX } from './names.ts';
import { NumberedTables } from './numbered.ts';
import { type Keep, removeSome } from './retention.ts';
import { latest, Rows } from './rows.ts';
import { Run, wholeToMs } from './run.ts';
import { nextHot, nextStretch, type Stretch, takeBatches, waitingIn, writeBlock } from './stretch.ts';
import { Summary } from './summary.ts';

export interface QueryLogOptions {
  readonly path: string;
  /** Wall clock, ms. */
  readonly now: () => number;
  /** Monotonic, ms. */
  readonly monotonic: () => number;
  readonly keep: Keep;
  readonly report: (state: DatabaseFileState) => void;
  /** A start before ended without closing the log. @param sinceMs from when on rows may be missing */
  readonly onTorn: (sinceMs: number) => void;
  /** Batches of an earlier start cannot be read, and are set aside. @param rows of them */
  readonly onDamaged: (rows: number) => void;
}

/** Rows wait this long for their batch. */
const BATCH_MS = 2000;
const BATCH_ROWS_MAX = 8192;
/** Whoever follows the log sees a batch for so long before it goes into a block. */
const SEAL_AFTER_MS = 3000;
/** Rows held while the file takes nothing, or blocks are not made as fast as rows come. */
const WAITING_MAX = 131_072;
/** Names of a stretch: some 60 octets of memory each. */
const STRETCH_NAMES_MAX = 130_000;
/** What a tick may take beyond the step it is in. */
const TICK_MS = 10;
/** After a block it is looked at once. */
const UPKEEP_MS = 600_000;
const RETRY_MS = 2000;

export class QueryLog {
  readonly tables = new NumberedTables();
  readonly #options: QueryLogOptions;
  readonly #file: LogFile;
  #keep: Keep;
  #filling: Stretch;
  /** Of a block that was made: arrays that are made anew for each are garbage for long. */
  #spare: Rows | null = null;
  /** A step says whether the next one must wait for another tick. */
  #sealing: { readonly steps: Generator<boolean, void> } | null = null;
  #run: Run | null = null;
  #generation = 0;
  #lost = 0;
  /** Number of the next batch: none is given twice. */
  #nextHot = 1;
  #committedMs = Number.NEGATIVE_INFINITY;
  #retryMs = Number.NEGATIVE_INFINITY;
  #upkeepMs = Number.NEGATIVE_INFINITY;
  #isClean = false;
  #keptUntilMs = 0;

  constructor(options: QueryLogOptions) {
    this.#options = options;
    this.#keep = options.keep;
    this.#filling = this.#stretch(0);
    const { path, now, report } = options;
    this.#file = new LogFile({ path, now, report });
    this.#begin();
  }

  /** Queries that are not in the log for want of room, or because the file could not be written. */
  get lost(): number {
    return this.#lost;
  }

  /** What was asked until then is in the log of the starts before this one; 0 when there were none. */
  get keptUntilMs(): number {
    return this.#keptUntilMs;
  }

  get failing(): Error | null {
    return this.#file.failing;
  }

  /** Rows wait for the file, or a block or a removal is not done yet. */
  get isOwed(): boolean {
    return this.#filling.committed < this.#filling.rows.size || this.#sealing !== null || !this.#isClean;
  }

  useKeep(keep: Keep): void {
    this.#keep = keep;
    this.#isClean = false;
    this.#upkeepMs = Number.NEGATIVE_INFINITY;
  }

  /** Whether `add` would take a row: otherwise count what it would have held as lost. */
  get hasRoom(): boolean {
    return this.#run !== null && this.#filling.rows.size < WAITING_MAX;
  }

  lose(queries: number): void {
    this.#lost += queries;
  }

  /** @param name in wire form, in lower case; ask `hasRoom` first */
  add(
    timeMs: number,
    octets: Uint8Array,
    offset: number,
    length: number,
    row: { asker: number; kind: number; count: number; wait: number; rule: number },
  ): void {
    const { rows, names } = this.#filling;
    const name = names.numberInTable(octets, offset, length);
    rows.add(timeMs, name, row.asker, row.kind, row.count, row.wait, row.rule);
  }

  /** Call a few times a second. */
  tick(): void {
    const { monotonic } = this.#options;
    const tickMs = monotonic();
    const untilMs = tickMs + TICK_MS;
    if (this.#run === null && !this.#begin()) return;
    while (this.#isBatchDue(tickMs)) {
      if (!this.#commit()) return;
      if (monotonic() > untilMs && this.#filling.rows.size < WAITING_MAX / 2) return;
    }
    this.#turn();
    while (this.#sealing !== null) {
      const { done, value } = this.#sealing.steps.next();
      if (done === true) this.#sealing = null;
      if (value === true || monotonic() > untilMs) return;
    }
    if (!this.#isClean || tickMs - this.#upkeepMs >= UPKEEP_MS) this.#cleanUp();
  }

  /** Writes all that waits, and says that nothing is missing. @returns whether it is in the file */
  close(): boolean {
    const { now } = this.#options;
    while (this.#run !== null && this.#filling.committed < this.#filling.rows.size)
      if (!this.#commit()) break;
    const isWhole = this.#run !== null && this.#filling.committed === this.#filling.rows.size;
    if (!isWhole) this.#lost += waitingIn(this.#filling);
    const run = this.#run;
    if (run !== null) this.#file.write((database) => run.write(database, now(), this.#lost, true));
    this.#run = null;
    this.#file.close();
    return isWhole;
  }

  /** Opens the file, and takes in what an earlier start left in batches. */
  #begin(): boolean {
    const { monotonic, now, onTorn, onDamaged } = this.#options;
    if (monotonic() < this.#retryMs) return false;
    this.#retryMs = monotonic() + RETRY_MS;
    return this.#file.attempt((database) => {
      this.#generation = this.#file.generation;
      this.tables.open(database);
      const before = Run.settleLast(database);
      this.#keptUntilMs = before?.toMs ?? 0;
      this.#sealing = null;
      this.#filling = this.#stretch(nextStretch(database));
      const damaged = takeBatches(database, this.#filling);
      this.#lost += damaged;
      if (damaged > 0) onDamaged(damaged);
      this.#nextHot = nextHot(database);
      this.#run = new Run(database, now());
      if (before?.isTorn === true) onTorn(wholeToMs(before));
    });
  }

  #stretch(number: number): Stretch {
    const day = dayOf(this.#options.now());
    const rows = this.#spare ?? new Rows();
    this.#spare = null;
    return { rows, names: new Names(), number, day, committed: 0, lastHot: 0 };
  }

  #isBatchDue(tickMs: number): boolean {
    const waiting = this.#filling.rows.size - this.#filling.committed;
    const sinceMs = tickMs - this.#committedMs;
    if (waiting >= BATCH_ROWS_MAX || (waiting > 0 && sinceMs >= BATCH_MS)) return true;
    return this.#run?.isDue(this.#options.now(), this.#lost) ?? false;
  }

  #commit(): boolean {
    const { monotonic, now } = this.#options;
    const run = this.#run;
    if (run === null || monotonic() < this.#retryMs) return false;
    const { rows, names, committed } = this.#filling;
    const end = Math.min(rows.size, committed + BATCH_ROWS_MAX);
    const hot = this.#nextHot;
    const isWritten = this.#file.write((database) => {
      if (this.#file.generation !== this.#generation) return;
      this.tables.write(database);
      if (end > committed) {
        const body = encodeBatch(rows, committed, end, names.table);
        database
          .prepare('INSERT INTO hot (id, toMs, rows, body) VALUES (?, ?, ?, ?)')
          .run(hot, latest(rows, committed, end), end - committed, body);
      }
      // Where more waits than goes into one batch, it has come as far as what is written.
      if (run.isDue(now(), this.#lost))
        run.write(database, end < rows.size ? latest(rows, committed, end) : now(), this.#lost, false);
    });
    if (!this.#isSameFile()) return false;
    this.#retryMs = isWritten ? Number.NEGATIVE_INFINITY : monotonic() + RETRY_MS;
    if (!isWritten) return false;
    this.tables.written();
    if (end > committed) {
      this.#filling.committed = end;
      this.#filling.lastHot = hot;
      this.#nextHot += 1;
    }
    this.#committedMs = monotonic();
    return true;
  }

  /** A file that was set aside, or removed under us, had what was written; what its numbers meant is gone with it. */
  #isSameFile(): boolean {
    if (this.#file.generation === this.#generation && this.#file.isOpen) return true;
    this.#lost += waitingIn(this.#filling);
    this.#run = null;
    this.#retryMs = Number.NEGATIVE_INFINITY;
    return false;
  }

  /** Begins to make a block of what there is, when it is enough or of another day than what comes now. */
  #turn(): void {
    const { rows, names, number, day } = this.#filling;
    if (this.#sealing !== null) return;
    if (rows.size === 0) {
      if (names.size > 0 && day !== dayOf(this.#options.now())) this.#filling = this.#stretch(number + 1);
      return;
    }
    const isOver = dayOf(rows.timesMs[0]!) !== dayOf(this.#options.now());
    if (rows.size < BLOCK_ROWS_MAX && names.fresh < NEW_NAMES_MAX && !isOver) return;
    if (this.#filling.committed < rows.size) return;
    const stretch = this.#filling;
    this.#sealing = { steps: this.#seal(stretch) };
    const isFull = isOver || names.size >= STRETCH_NAMES_MAX;
    this.#filling = isFull ? this.#stretch(number + 1) : { ...this.#stretch(number), names, day };
  }

  *#seal(stretch: Stretch): Generator<boolean, void> {
    const { monotonic } = this.#options;
    const sinceMs = monotonic();
    const piece = yield* byStep(stretch.names.number(stretch.rows));
    yield false;
    const block = yield* byStep(encodeBlock(stretch.rows, stretch.names));
    yield false;
    const summary = new Summary();
    summary.addRows(stretch.rows);
    const sum = summary.encode();
    yield false;
    while (monotonic() - sinceMs < SEAL_AFTER_MS && !this.#isPressed) yield true;
    let isWritten = false;
    while (!isWritten) {
      isWritten = this.#file.write((database) => {
        if (this.#file.generation === this.#generation) writeBlock(database, stretch, block, piece, sum);
      });
      if (!isWritten && !this.#isSameFile()) return;
      yield true;
    }
    this.#isClean = false;
    stretch.rows.clear();
    this.#spare = stretch.rows;
  }

  /** More comes than blocks are made of. */
  get #isPressed(): boolean {
    const { rows, names } = this.#filling;
    return rows.size > BLOCK_ROWS_MAX / 2 || names.fresh > NEW_NAMES_MAX / 2;
  }

  #cleanUp(): void {
    const { monotonic, now } = this.#options;
    this.#upkeepMs = monotonic();
    let isMore = false;
    this.#file.attempt((database) => {
      isMore = removeSome(database, this.#keep, now(), this.#filling.number);
    });
    this.#isClean = !isMore;
  }
}

/** None of these steps must wait for another tick. */
function* byStep<T>(steps: Generator<void, T>): Generator<boolean, T> {
  let step = steps.next();
  for (; step.done !== true; step = steps.next()) yield false;
  return step.value;
}
