// Follows the hits of one resolver thread without missing a number: from its ring, and where the ring had no room, from
// the journal.
//
// Invariant: numbers are taken in order, each once. A gap is looked up in the journal only when the resolver thread has
// noted that it committed past it; what is not there then, it has counted as lost itself.
import { decodeHit, type HitRecord } from '../events/hit-record.ts';
import { getNumber, RECORD } from '../events/record.ts';
import { RingReader } from '../events/ring.ts';
import { findJournals, type JournalFile, readJournal } from '../journal/journal-reader.ts';

export interface RingTailOptions {
  readonly ring: SharedArrayBuffer;
  /** Whose journal; null when hits are not journaled, and then numbers mean nothing. */
  readonly journal: { readonly dir: string; readonly boot: string; readonly worker: number } | null;
  /** Number of the last hit that is stored already: not 0 when this thread was started anew. */
  readonly stored?: number;
  readonly take: (record: HitRecord) => void;
  /** Told of a journal that could not be read, or not wholly. */
  readonly report: (problem: string) => void;
}

/** What becomes of them stands in memory until it is stored; the rest stays in ring and journal until the next drain. */
const HITS_A_DRAIN = 5000;
const MORE = -1;

export class RingTail {
  readonly #options: RingTailOptions;
  readonly #reader: RingReader;
  #next = 1;
  #lost = 0;
  /** Files that were told to be damaged. */
  readonly #damaged = new Set<string>();

  constructor(options: RingTailOptions) {
    this.#options = options;
    this.#reader = new RingReader(options.ring);
    this.#next = (options.stored ?? 0) + 1;
  }

  /** Number of the last hit that was handed on. */
  get through(): number {
    return this.#next - 1;
  }

  get lost(): number {
    return this.#reader.lost + this.#lost;
  }

  /** Hands on what is there now; at most one journal file a call. */
  drain(): void {
    const noted = this.#reader.noted;
    const gapEnd = this.#drainRing();
    // The rest waits in the ring: what was noted does not say that it is missing.
    if (gapEnd === MORE) return;
    // Without a record behind the gap it is the tail that is missing: known from the note alone.
    const end = gapEnd > 0 ? gapEnd : noted + 1;
    if (this.#options.journal !== null && this.#next < end && noted >= end - 1) {
      this.#readGap(end);
      if (gapEnd > 0 && this.#next >= end) this.#drainRing();
    }
  }

  /** @returns the number that came after a gap, 0 when there was none, MORE when the ring may hold more */
  #drainRing(): number {
    let gapEnd = 0;
    const drained = this.#reader.drain((bytes, offset, length) => {
      const sequence = getNumber(bytes, offset + RECORD.sequence);
      if (this.#options.journal !== null) {
        if (sequence > this.#next) {
          gapEnd = sequence;
          return false;
        }
        if (sequence < this.#next) return true; // read from the journal already
      }
      const record = decodeHit(bytes, offset, length);
      if (record === null) this.#options.report('a record in the ring is garbled');
      else this.#options.take(record);
      if (this.#options.journal !== null) this.#next = sequence + 1;
      return true;
    }, HITS_A_DRAIN);
    return gapEnd === 0 && drained >= HITS_A_DRAIN ? MORE : gapEnd;
  }

  #readGap(end: number): void {
    const files = this.#filesBefore(end);
    const at = Math.max(
      0,
      files.findLastIndex((file) => file.firstSequence <= this.#next),
    );
    const file = files[at];
    if (file === undefined) {
      this.#next = end;
      return;
    }
    try {
      const { hits, damagedOctets, lost } = readJournal(file.path, this.#next);
      if (damagedOctets > 0 && !this.#damaged.has(file.path)) {
        this.#damaged.add(file.path);
        this.#lost += lost;
        this.#options.report(
          `${damagedOctets} octets are damaged (${file.path}): up to ${lost} hits are lost`,
        );
      }
      for (const { record } of hits) {
        if (record.sequence >= end) break;
        this.#options.take(record);
        this.#next = record.sequence + 1;
      }
    } catch (error) {
      this.#options.report(
        `cannot read ${file.path}: ${error instanceof Error ? error.message : String(error)}`,
      );
      return; // again at the next drain
    }
    // Between files there may be numbers that no hit has: batches the disk did not take, a thread that was replaced.
    this.#next = Math.max(this.#next, files[at + 1]?.firstSequence ?? end);
  }

  /** This thread's files that may hold numbers below `end`, in order. */
  #filesBefore(end: number): JournalFile[] {
    const { journal } = this.#options;
    if (journal === null) return [];
    return findJournals(journal.dir).filter(
      (file) => file.boot === journal.boot && file.worker === journal.worker && file.firstSequence < end,
    );
  }
}
