// The journal of one resolver thread: hits on disk before their answers are sent, one write a batch.
//
// Runs in the resolver thread, called by events/event-writer.ts. What a `kill -9` leaves is whole: the octets are the kernel's
// when `commit` returns. When the disk takes nothing, `commit` says so, takes back what was half written, and tries again
// with the next batch; the hits themselves are in the ring then.
import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { COUNTS_MAX, type HitJournal } from '../events/event-writer.ts';
import { HIT_AT } from '../events/hit-record.ts';
import { getU16, getU32, putNumber, putU32, RECORD } from '../events/record.ts';
import type { AnswerTexts } from '../policy/answer-texts.ts';
import { meaningOf, type RuleFaces } from '../policy/rule-meaning.ts';
import { copyOctets } from '../wire/octets.ts';
import {
  BODY_OCTETS_MAX,
  COUNT_OCTETS,
  FRAME_OCTETS,
  JOURNAL_MAGIC,
  journalPath,
  KIND,
  sealFrame,
} from './frame.ts';
import { findJournals } from './journal-reader.ts';

export interface JournalOptions {
  /** `events.dir`/journal. */
  readonly dir: string;
  /** ULID of this start of the daemon. */
  readonly boot: string;
  readonly worker: number;
  /** Monotonic, ms. */
  readonly now: () => number;
  /** Told when writing begins to fail (with the error) and when it works again (null). */
  readonly report: (error: Error | null) => void;
  readonly segmentOctetsMax?: number;
}

const BATCH_OCTETS = 256 * 1024;
const COUNTS_IN_FRAME = Math.floor(BODY_OCTETS_MAX / COUNT_OCTETS);
const COUNTS_OCTETS = COUNTS_MAX * COUNT_OCTETS + Math.ceil(COUNTS_MAX / COUNTS_IN_FRAME) * FRAME_OCTETS;
/** Kept free for what may follow a record: counts, and what explains the record. */
const RESERVED_OCTETS = COUNTS_OCTETS + 2 * (BODY_OCTETS_MAX + FRAME_OCTETS);
const SEGMENT_OCTETS_MAX = 8 * 1024 * 1024;
/** More than a thread can have given since it last noted a number, or since it began its last file. */
const GAP_AFTER_DEATH = 10_000_000;
/** How often it is asked whether the file still has a name: writing to one that was removed fails nowhere, and nobody ever reads it. */
const LOOK_MS = 1000;
/** A directory that could not be opened is not tried with every batch. */
const REOPEN_MS = 500;

export class Journal implements HitJournal {
  readonly #options: JournalOptions;
  readonly #batch = Buffer.alloc(BATCH_OCTETS);
  /** Rules and groups this file already explains. */
  readonly #explained = new Set<number>();
  #batchEnd = 0;
  /** Counts in the frame that is open at #countsAt. */
  #counts = 0;
  #countsAt = 0;
  #sequence = 1;
  #batchFirst = 1;
  #descriptor = -1;
  #size = 0;
  #triedMs = Number.NEGATIVE_INFINITY;
  #lookedMs = 0;
  #failing = false;
  #rules: RuleFaces | null = null;
  #groups: readonly string[] = [];
  #answer: AnswerTexts | null = null;
  #isAnswerExplained = false;

  constructor(options: JournalOptions) {
    this.#options = options;
  }

  /**
   * A resolver thread that was replaced has left files, and numbers that only its ring knows. Numbers are never given twice:
   * the reader takes a second one for a repetition, and a gap for nothing at all.
   * @returns the number before the next
   */
  resume(last: number): number {
    const { dir, boot, worker } = this.#options;
    const own = findJournals(dir).filter((file) => file.boot === boot && file.worker === worker);
    const newest = own.at(-1);
    if (last > 0 || newest !== undefined)
      this.#sequence = Math.max(last, newest?.firstSequence ?? 0) + GAP_AFTER_DEATH;
    return this.#sequence - 1;
  }

  /** What rule and group numbers mean from now on, and what a sinkholed question is answered with. */
  explain(rules: RuleFaces, groups: readonly string[], answer: AnswerTexts | null = null): void {
    this.#answer = answer;
    this.#rules = rules;
    this.#groups = groups;
    this.#explainAnew();
  }

  /** @returns the record's number, −1 when the batch has no room: commit first */
  add(bytes: Uint8Array, offset: number, length: number): number {
    this.#sealCounts();
    if (this.#batchEnd + length + RESERVED_OCTETS > BATCH_OCTETS) return -1;
    if (this.#batchEnd === 0) this.#batchFirst = this.#sequence;
    this.#explainAnswer();
    this.#explainRule(bytes, offset);
    this.#explainGroup(getU16(bytes, offset + HIT_AT.group));
    const sequence = this.#sequence;
    this.#sequence += 1;
    const batch = this.#batch;
    const at = this.#batchEnd + FRAME_OCTETS;
    batch[at - 1] = KIND.hit;
    copyOctets(bytes, offset, batch, at, length);
    putNumber(batch, at + RECORD.sequence, sequence);
    this.#batchEnd = sealFrame(batch, this.#batchEnd, length + 1);
    return sequence;
  }

  /** Says how often the hit of that number, whose record is in this file, has come by now. */
  count(sequence: number, count: number): void {
    if (this.#counts === COUNTS_IN_FRAME) this.#sealCounts();
    if (this.#counts === 0) {
      this.#countsAt = this.#batchEnd;
      this.#batch[this.#countsAt + 8] = KIND.counts;
      this.#batchEnd += FRAME_OCTETS;
    }
    putNumber(this.#batch, this.#batchEnd, sequence);
    putU32(this.#batch, this.#batchEnd + 8, count);
    this.#batchEnd += COUNT_OCTETS;
    this.#counts += 1;
  }

  /** Whether the file is long enough. */
  get isFull(): boolean {
    return this.#size >= (this.#options.segmentOctetsMax ?? SEGMENT_OCTETS_MAX);
  }

  /** Writes the batch; false when the disk did not take it, and then nothing of it is in the file. */
  commit(): boolean {
    if (this.#batchEnd === 0) return true;
    this.#sealCounts();
    const end = this.#batchEnd;
    this.#batchEnd = 0;
    if (!this.#open()) {
      this.#explainAnew();
      return false;
    }
    try {
      let at = 0;
      while (at < end) at += writeSync(this.#descriptor, this.#batch, at, end - at, this.#size + at);
      this.#size += end;
    } catch (error) {
      this.#takeBack(error);
      return false;
    }
    if (this.#failing) {
      this.#failing = false;
      this.#options.report(null);
    }
    if (this.#options.now() - this.#lookedMs >= LOOK_MS) this.#lookAfterFile();
    return true;
  }

  /** What was written to a file that is gone is in the ring; the next batch begins another. */
  #lookAfterFile(): void {
    this.#lookedMs = this.#options.now();
    try {
      if (fstatSync(this.#descriptor).nlink === 0) this.close();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Lets the file go; the next batch begins another. */
  close(): void {
    if (this.#descriptor < 0) return;
    const descriptor = this.#descriptor;
    this.#descriptor = -1;
    this.#size = 0;
    this.#explainAnew();
    try {
      closeSync(descriptor);
    } catch {
      // Every write was synchronous: nothing of ours is left in it.
    }
  }

  #open(): boolean {
    if (this.#descriptor >= 0) return true;
    const { dir, boot, worker, now } = this.#options;
    if (this.#failing && now() - this.#triedMs < REOPEN_MS) return false;
    this.#triedMs = now();
    const path = journalPath(dir, { boot, worker, firstSequence: this.#batchFirst });
    try {
      mkdirSync(dir, { recursive: true, mode: 0o700 });
      const descriptor = openSync(path, 'wx', 0o600);
      this.#descriptor = descriptor;
      this.#size = 0;
      this.#size = writeSync(descriptor, JOURNAL_MAGIC, 0, JOURNAL_MAGIC.length, 0);
      if (this.#size === JOURNAL_MAGIC.length) return true;
      throw new Error('the journal file takes no octets');
    } catch (error) {
      if (this.#descriptor >= 0) rmSync(path, { force: true });
      this.close();
      this.#fail(error);
      return false;
    }
  }

  #takeBack(error: unknown): void {
    this.#explainAnew();
    try {
      ftruncateSync(this.#descriptor, this.#size);
    } catch {
      this.close(); // the next batch begins a file of its own; a reader cuts this one's tail
    }
    this.#fail(error);
  }

  #fail(error: unknown): void {
    if (this.#failing) return;
    this.#failing = true;
    this.#options.report(error instanceof Error ? error : new Error(String(error)));
  }

  #sealCounts(): void {
    if (this.#counts === 0) return;
    sealFrame(this.#batch, this.#countsAt, this.#counts * COUNT_OCTETS + 1);
    this.#counts = 0;
  }

  #explainAnew(): void {
    this.#explained.clear();
    this.#isAnswerExplained = false;
  }

  #explainAnswer(): void {
    if (this.#isAnswerExplained || this.#answer === null) return;
    this.#isAnswerExplained = true;
    this.#addText(KIND.answer, JSON.stringify(this.#answer));
  }

  #explainRule(bytes: Uint8Array, offset: number): void {
    const rule = getU32(bytes, offset + HIT_AT.rule) | 0;
    const pattern = getU32(bytes, offset + HIT_AT.pattern) | 0;
    const key = (pattern + 1) * 0x1000000 + rule + 1;
    if (this.#explained.has(key)) return;
    const revision = getU32(bytes, offset + HIT_AT.revision);
    if (this.#rules === null || this.#rules.revision !== revision) return;
    this.#explained.add(key);
    const meaning = meaningOf(this.#rules, rule, pattern);
    if (meaning !== null) this.#addText(KIND.meaning, JSON.stringify({ revision, rule, pattern, meaning }));
  }

  #explainGroup(group: number): void {
    const key = -1 - group;
    if (this.#explained.has(key)) return;
    this.#explained.add(key);
    const name = this.#groups[group];
    if (name !== undefined) this.#addText(KIND.group, JSON.stringify({ group, name }));
  }

  #addText(kind: number, text: string): void {
    const length = Buffer.byteLength(text);
    if (length > BODY_OCTETS_MAX) return; // a hit without its provenance is still a hit
    this.#batch[this.#batchEnd + 8] = kind;
    this.#batch.write(text, this.#batchEnd + FRAME_OCTETS);
    this.#batchEnd = sealFrame(this.#batch, this.#batchEnd, length + 1);
  }
}
