// Follows the hits of one resolver thread without missing a number: from its ring, and where the ring had no room, from
// the journal.
//
// Invariant: numbers are accepted in order, each once. A gap is looked up in the journal only when the resolver thread has
// noted that it committed past it; what is not there then, it has counted as lost itself.

import { existsSync } from 'node:fs';
import { messageOf } from '../../config/coded-error.ts';
import { counted } from '../../config/values/grouped.ts';
import { HitReader, type HitRecord } from '../../events/hit-record.ts';
import { getNumber, RECORD } from '../../events/record.ts';
import { RingReader } from '../../events/ring.ts';
import { JournalCursor } from '../../journal/journal-cursor.ts';
import { findJournals, type JournalFile } from '../../journal/journal-reader.ts';

export interface RingTailOptions {
  readonly ring: SharedArrayBuffer;
  /** Whose journal; null when hits are not journaled, and then numbers mean nothing. */
  readonly journal: { readonly dir: string; readonly boot: string; readonly worker: number } | null;
  /** Number of the last hit that is stored already: not 0 when this thread was started anew. */
  readonly stored?: number;
  /** What it keeps of the record's octets it must copy. */
  readonly accept: (record: HitRecord) => void;
  /** Whether a record is better accepted at the next drain, with all behind it. */
  readonly waits?: (record: HitRecord) => boolean;
  /** Told of a journal that could not be read, or not wholly. */
  readonly report: (problem: string) => void;
}

/** What becomes of them stands in memory until it is stored; the rest stays in ring and journal until the next drain. */
const HITS_A_DRAIN = 1000;
const MORE = -1;

export class RingTail {
  readonly #options: RingTailOptions;
  readonly #reader: RingReader;
  readonly #hits = new HitReader();
  #next = 1;
  /** Hits handed on by this object. */
  #accepted = 0;
  #lost = 0;
  /** The file that a gap was looked up in last. */
  #cursor: JournalCursor | null = null;
  /** Of #cursor's file: octets that were told to be damaged, and hits counted as lost with them. */
  #damagedOctets = 0;
  #damagedHits = 0;

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

  /** Hands on what is there now, up to a bound. In a flood ring and journal have turns of a few hits each. @returns whether there may be more */
  drain(): boolean {
    for (let left = HITS_A_DRAIN; left > 0; ) {
      const [accepted, next] = [this.#accepted, this.#next];
      if (!this.#drainOnce(left) || (this.#accepted === accepted && this.#next === next))
        return left <= this.#accepted - accepted;
      left -= this.#accepted - accepted;
    }
    return true;
  }

  /** What the ring has up to a gap, and what the journal has of the gap. @returns whether to look again */
  #drainOnce(limit: number): boolean {
    const noted = this.#reader.noted;
    const before = this.#accepted;
    const gapEnd = this.#drainRing(limit);
    // The rest waits in the ring: what was noted does not say that it is missing.
    if (gapEnd === MORE) return true;
    // Without a record behind the gap it is the tail that is missing: known from the note alone.
    const end = gapEnd > 0 ? gapEnd : noted + 1;
    if (this.#options.journal === null || this.#next >= end || noted < end - 1) return false;
    return this.#readGap(end, limit - (this.#accepted - before));
  }

  /** @returns the number that came after a gap, 0 when there was none, MORE when the ring may hold more */
  #drainRing(limit: number): number {
    let gapEnd = 0;
    let isWaiting = false;
    const drained = this.#reader.drain((bytes, offset, length) => {
      const sequence = getNumber(bytes, offset + RECORD.sequence);
      if (this.#options.journal !== null) {
        if (sequence > this.#next) {
          gapEnd = sequence;
          return false;
        }
        if (sequence < this.#next) return true; // read from the journal already
      }
      const record = this.#hits.read(bytes, offset, length);
      if (record === null) this.#options.report('a record in the ring is garbled');
      else if (this.#options.waits?.(record) === true) {
        isWaiting = true;
        return false;
      } else this.#accept(record);
      if (this.#options.journal !== null) this.#next = sequence + 1;
      return true;
    }, limit);
    return isWaiting || (gapEnd === 0 && drained >= limit) ? MORE : gapEnd;
  }

  #accept(record: HitRecord): void {
    this.#accepted += 1;
    this.#options.accept(record);
  }

  /** @returns whether the gap is closed, so far as the journal can */
  #readGap(end: number, limit: number): boolean {
    const before = this.#accepted;
    // In a flood the next gap is a few hits on in the same file: no need to look which files there are.
    if (
      this.#cursor !== null &&
      this.#cursor.file.firstSequence <= this.#next &&
      existsSync(this.#cursor.file.path)
    ) {
      if (!this.#tryFrom(this.#cursor.file, end, limit)) return false;
      if (this.#next >= end) return true;
    }
    const files = this.#filesBefore(end);
    const at = Math.max(
      0,
      files.findLastIndex((file) => file.firstSequence <= this.#next),
    );
    const file = files[at];
    if (file !== undefined && !this.#tryFrom(file, end, limit - (this.#accepted - before))) return false;
    // Between files there may be numbers that no hit has: batches the disk did not take, a thread that was replaced.
    this.#next = Math.max(this.#next, files[at + 1]?.firstSequence ?? end);
    return true;
  }

  /** @returns false when there may be more of it at the next drain */
  #tryFrom(file: JournalFile, end: number, limit: number): boolean {
    try {
      return this.#acceptFrom(file, end, limit);
    } catch (error) {
      this.#options.report(`cannot read ${file.path}: ${messageOf(error)}`);
      return false;
    }
  }

  /** @returns false when the file may have more of what is below `end` */
  #acceptFrom(file: JournalFile, end: number, limit: number): boolean {
    if (this.#cursor?.file.path !== file.path) {
      this.#cursor = new JournalCursor(file);
      this.#damagedOctets = 0;
      this.#damagedHits = 0;
    }
    const cursor = this.#cursor;
    const isDone = cursor.read({ from: this.#next, end, limit }, ({ record }) => {
      this.#accept(record);
      this.#next = record.sequence + 1;
    });
    const { damagedOctets, lost } = cursor;
    if (damagedOctets > this.#damagedOctets) {
      this.#lost += lost - this.#damagedHits;
      if (this.#damagedOctets === 0)
        this.#options.report(
          `${damagedOctets} octets are damaged (${file.path}): lost are up to ${counted(lost, 'hit')}`,
        );
      this.#damagedOctets = damagedOctets;
      this.#damagedHits = lost;
    }
    return isDone;
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
