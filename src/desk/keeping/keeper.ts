// Keeps hits: from the rings to the log, the incidents and the store, in one transaction with what has to be sent about them,
// and lets the journal go when they are stored.
//
// Invariant: hits answered = hits stored + hits pending here, in rings and journals + hits counted as lost. While the store
// takes nothing, hits pend here up to a bound, then stay in ring and journal; those that are in no journal are lost to the store,
// and told all the same.
import type { HitRecord } from '../../events/hit-record.ts';
import { type Hit, type HitContext, toHit } from '../../hits/hit.ts';
import type { KnownContext } from '../../hits/hit-context.ts';
import { HitPile } from '../../hits/hit-pile.ts';
import type { Waiting } from '../../hits/incidents/unsaved-incidents.ts';
import type { HitLog } from '../../hits/log/hit-log.ts';
import type { Watermark } from '../../hits/store/hit-table.ts';
import type { Store, Tables } from '../../hits/store/store.ts';
import { type When, WritePace } from '../../hits/store/write-pace.ts';
import { findJournals, removeJournal, removeStored } from '../../journal/journal-reader.ts';
import { JournalSync, type syncJournals } from '../../journal/journal-sync.ts';
import { HitCounts } from './hit-counts.ts';
import { Recovery } from './recovery.ts';
import { RingTail } from './ring-tail.ts';

export interface KeeperOptions {
  /** One a resolver thread, in their order. */
  readonly rings: readonly SharedArrayBuffer[];
  readonly boot: string; // ULID of this start
  /** Null: hits are not journaled. */
  readonly journalDir: string | null;
  readonly context: KnownContext;
  readonly log: HitLog;
  readonly store: Store;
  /** Told of each hit once, as it comes in. */
  readonly onHit: (hit: Hit, record: HitRecord | null) => void;
  /** Gets each hit once, several at a time, before they are stored. */
  readonly onHits: (hits: readonly Hit[]) => void;
  /** After each piece that was taken in, stored or not. */
  readonly onPiece?: (() => void) | undefined;
  /** What else belongs into the transaction. */
  readonly alongside: {
    readonly write: (tables: Tables) => void;
    readonly written: () => void;
    /** Of a machine's first hit, one a receiver. */
    readonly waiting: () => Waiting;
  };
  readonly report: (problem: string) => void;
  /** The first hit since the store took something is lost to it. */
  readonly onLost: () => void;
  readonly monotonic: () => number; // ms
  readonly pendingMax?: number;
  /** Has this start's journals reach the disk. */
  readonly sync?: typeof syncJournals;
}

/** In a flood a tick stores several pieces, one after the other. */
const TICK_MS_MAX = 120;
/** Few enough that they are garbage while V8 still looks at the youngest objects alone. */
const LOGGED_AT_ONCE = 200;
/** Some 150 octets each. */
const PENDING_MAX = 20_000;

export class HitKeeper {
  /** Of this start: what an earlier one left in its journal is not among them. */
  readonly counts = new HitCounts();
  readonly #options: KeeperOptions;
  readonly #tails: readonly RingTail[];
  #pending = new HitPile();
  readonly #fresh: Hit[] = [];
  /** Those that `onHits` has not had yet. */
  #untold: Hit[] = [];
  /** Null: hits are not journaled. */
  readonly #recovery: Recovery | null;
  #stored: readonly number[];
  /** Queries whose hits neither store nor memory had room for: log and receivers have them. */
  #unstored = 0;
  #isLosing = false;
  readonly #pace: WritePace;
  /** Null: hits are not journaled. */
  readonly #sync: JournalSync | null;
  #isPaced = false;

  constructor(options: KeeperOptions) {
    this.#options = options;
    const { monotonic, journalDir, boot, report, sync, pendingMax: waitingMax = PENDING_MAX } = options;
    this.#sync =
      journalDir === null ? null : new JournalSync({ dir: journalDir, boot, monotonic, report, sync });
    this.#recovery =
      journalDir === null
        ? null
        : new Recovery({
            ...{ journalDir, boot, report, context: options.context, log: options.log, store: options.store },
            accept: (record, context, isFresh) => void this.#accept(record, context, isFresh),
          });
    this.#pace = new WritePace({ monotonic, waitingMax });
    const marks = options.store.read((tables) => tables.hits.watermarks(), []);
    const storedOf = (worker: number): number =>
      marks.find((mark) => mark.boot === options.boot && mark.worker === worker)?.sequence ?? 0;
    this.#tails = options.rings.map(
      (ring, worker) =>
        new RingTail({
          ring,
          journal: journalDir === null ? null : { dir: journalDir, boot, worker },
          stored: storedOf(worker),
          accept: (record) => this.counts.add(this.#accept(record, options.context)),
          waits: (record) => this.#isPaced && options.context.isSoonKnown(record, Date.now()),
          report: options.report,
        }),
    );
    this.#stored = this.#tails.map((_, worker) => storedOf(worker));
  }

  get pending(): number {
    return this.#pending.size;
  }

  /** Queries of an earlier start whose hits were found in its journal. */
  get recovered(): number {
    return this.#recovery?.queries ?? 0;
  }

  get lost(): number {
    return this.#tails.reduce((sum, tail) => sum + tail.lost, this.#recovery?.lost ?? 0);
  }

  /** Queries whose hits the store will not have; they were logged and told. */
  get unstored(): number {
    return this.#unstored;
  }

  /**
   * Takes in what is there and stores it; call it a few times a second.
   * @param when `paced`: hits that come in a flood are stored many at a time; `forced`: tries a store that has just failed @returns whether all is stored
   */
  tick(when: When = 'now'): boolean {
    if (this.#pending.size === 0) this.#recovery?.tick(); // first what we have must go in
    this.#isPaced = when === 'paced';
    const { monotonic, onPiece, pendingMax = PENDING_MAX } = this.#options;
    const untilMs = monotonic() + TICK_MS_MAX;
    let [isMore, isStored] = [false, false];
    do {
      isMore = this.#tails.map((tail) => this.#pending.size < pendingMax && tail.drain()).includes(true);
      this.#writeLog();
      this.#tell();
      isStored = this.#save(when);
      onPiece?.();
    } while (isMore && this.#pending.size < pendingMax && monotonic() < untilMs);
    return isStored;
  }

  /** Takes a hit that is in no journal: the desk made it of a query. It is logged and told also where it cannot be stored. */
  add(hit: Hit): void {
    const { onHit, onLost, pendingMax = PENDING_MAX } = this.#options;
    this.#pace.hurry();
    this.counts.add(hit);
    if (this.#pending.unjournalled < pendingMax || this.#save('now')) this.#pending.add(hit, false);
    else {
      this.#unstored += hit.count;
      if (!this.#isLosing) onLost();
      this.#isLosing = true;
    }
    if (this.#fresh.push(hit) >= LOGGED_AT_ONCE) this.#writeLog();
    onHit(hit, null);
    this.#untold.push(hit);
    this.#tell();
  }

  /** Takes in the last, when the resolver threads have ended. @returns what is not stored; null: all is */
  finish(): HitPile | null {
    for (let round = 0; round < 1000; round += 1) {
      const before = this.#tails.map((tail) => tail.through).join();
      if (!this.tick('forced')) return this.#pending;
      if (this.#pending.size === 0 && before === this.#tails.map((tail) => tail.through).join()) break;
    }
    const { journalDir, boot } = this.#options;
    if (journalDir !== null)
      for (const file of findJournals(journalDir)) if (file.boot === boot) removeJournal(file);
    return null;
  }

  #accept(record: HitRecord, context: HitContext, isFresh = true): Hit {
    const hit = toHit(record, context);
    this.#pending.add(hit, this.#options.journalDir !== null);
    if (isFresh && this.#fresh.push(hit) >= LOGGED_AT_ONCE) this.#writeLog();
    this.#options.onHit(hit, record);
    this.#untold.push(hit);
    return hit;
  }

  #tell(): void {
    if (this.#untold.length > 0) this.#options.onHits(this.#untold);
    this.#untold = [];
  }

  #writeLog(): void {
    if (this.#fresh.length > 0) this.#options.log.write(this.#fresh.splice(0));
  }

  #save(when: When): boolean {
    const { store, boot, alongside } = this.#options;
    const marks = this.#recovery?.marks ?? [];
    const { rows, isNews } = alongside.waiting();
    if (this.#pending.size + rows + marks.length === 0 && !isNews) return true;
    if (this.#pace.isResting(when)) {
      this.#sync?.tick();
      return false;
    }
    if (isNews || this.#sync === null) this.#pace.hurry();
    if (this.#pace.mayWait(when, this.#pending.size + rows)) return false;
    const through = this.#tails.map((tail) => tail.through);
    const own = through.map((sequence, worker): Watermark => ({ boot, worker, sequence }));
    const stored = store.write((tables) => {
      tables.hits.write(this.#pending, [...own, ...marks]);
      alongside.write(tables);
    });
    if (!stored) {
      this.#pace.failed();
      this.#sync?.tick();
      return false;
    }
    this.#pace.stored();
    this.#pending = new HitPile();
    this.#isLosing = false;
    alongside.written();
    this.#recovery?.stored();
    this.#removeJournals(through);
    this.#stored = through;
    return true;
  }

  #removeJournals(through: readonly number[]): void {
    const { journalDir, boot } = this.#options;
    if (journalDir === null || through.every((sequence, worker) => sequence === this.#stored[worker])) return;
    const own = findJournals(journalDir).filter((file) => file.boot === boot);
    through.forEach((sequence, worker) => {
      const files = own.filter((file) => file.worker === worker);
      if (files.length > 1) removeStored(files, sequence);
    });
  }
}
