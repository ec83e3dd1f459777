// Hits that earlier starts wrote to their journals and did not store. Each tick reads some of them; a journal is removed once all its hits are stored.
import { messageOf } from '../../config/coded-error.ts';
import type { HitRecord } from '../../events/hit-record.ts';
import type { HitContext } from '../../hits/hit.ts';
import { type KnownContext, recoveredContext } from '../../hits/hit-context.ts';
import type { HitLog } from '../../hits/log/hit-log.ts';
import type { LoggedHits } from '../../hits/log/logged-hits.ts';
import type { Watermark } from '../../hits/store/hit-table.ts';
import type { Store } from '../../hits/store/store.ts';
import { JournalCursor, type JournaledHit } from '../../journal/journal-cursor.ts';
import {
  asideOf,
  findJournals,
  type JournalFile,
  keepAside,
  removeJournal,
} from '../../journal/journal-reader.ts';

export interface RecoveryOptions {
  readonly journalDir: string;
  /** ULID of this start. */
  readonly boot: string;
  readonly context: KnownContext;
  readonly log: HitLog;
  readonly store: Store;
  /** @param isFresh it is not in the log yet */
  readonly accept: (record: HitRecord, context: HitContext, isFresh: boolean) => void;
  readonly report: (problem: string) => void;
}

/** Hits of one tick. */
const PIECE = 2000;

export class Recovery {
  readonly #options: RecoveryOptions;
  /** Journals that are not wholly stored yet; null before they were looked for. */
  #left: JournalFile[] | null = null;
  #cursor: JournalCursor | null = null;
  /** What earlier starts had logged; null while there is nothing to recover. */
  #logged: LoggedHits | null = null;
  /** How far was read what is not stored yet. */
  #marks: Watermark[] = [];
  /** They go once that is stored. */
  #read: { readonly file: JournalFile; readonly isDamaged: boolean }[] = [];
  #queries = 0;
  #lost = 0;

  constructor(options: RecoveryOptions) {
    this.#options = options;
  }

  /** Of the hits that were found. */
  get queries(): number {
    return this.#queries;
  }

  /** Hits whose records were damaged. */
  get lost(): number {
    return this.#lost;
  }

  /** To be stored with the hits. */
  get marks(): readonly Watermark[] {
    return this.#marks;
  }

  /** Call when all that was accepted before is stored. */
  tick(): void {
    const { journalDir, boot, store } = this.#options;
    if (this.#left?.length === 0) return;
    const marks = store.read((tables) => tables.hits.watermarks(), null);
    if (marks === null) return;
    this.#left ??= findJournals(journalDir).filter((file) => file.boot !== boot);
    const [file] = this.#left;
    if (file === undefined) {
      this.#logged = null;
      store.write((tables) => tables.hits.removeWatermarksExcept(boot));
      return;
    }
    const mark = marks.find((known) => known.boot === file.boot && known.worker === file.worker);
    this.#readFrom(file, mark?.sequence ?? 0);
  }

  /** Hits and marks are stored. */
  stored(): void {
    const read = this.#read;
    this.#marks = [];
    this.#read = [];
    for (const { file, isDamaged } of read) (isDamaged ? keepAside : removeJournal)(file);
  }

  #readFrom(file: JournalFile, stored: number): void {
    if (this.#cursor?.file !== file) this.#cursor = new JournalCursor(file);
    const cursor = this.#cursor;
    let [last, isDone] = [stored, false];
    try {
      const span = { from: stored + 1, end: Number.POSITIVE_INFINITY, limit: PIECE };
      isDone = cursor.read(span, (hit) => {
        this.#accept(hit);
        last = hit.record.sequence;
      });
    } catch (error) {
      this.#options.report(`cannot read ${file.path}: ${messageOf(error)}; left for the next start`);
      this.#left?.shift();
    }
    this.#marks.push({ boot: file.boot, worker: file.worker, sequence: last });
    if (isDone) this.#ended(cursor);
  }

  #accept(hit: JournaledHit): void {
    const { context, log, accept } = this.#options;
    this.#logged ??= log.logged();
    const id = this.#logged.idOf(hit.record);
    this.#queries += hit.record.count;
    accept(hit.record, recoveredContext(context, hit, id), id === null);
  }

  /** All of a file's hits were taken in. */
  #ended({ file, tornOctets, damagedOctets, lost }: JournalCursor): void {
    const { report } = this.#options;
    if (tornOctets > 0)
      report(
        `a torn tail of ${tornOctets} octets was cut (${file.path}): a write that did not end, before whose end no answer is sent`,
      );
    if (damagedOctets > 0) {
      this.#lost += lost;
      report(
        `${damagedOctets} octets are damaged (${file.path}): hits lost: at least ${lost}; counts of others may be too low; the file is kept as ${asideOf(file)}`,
      );
    }
    this.#read.push({ file, isDamaged: damagedOctets > 0 });
    this.#left?.shift();
    this.#cursor = null;
  }
}
