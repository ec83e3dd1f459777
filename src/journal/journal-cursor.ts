// Reads one journal file on and on, while its thread may still write to it: what was checked once is not checked again, and
// no more of it stands in memory than a window and what is said of hits that were not handed on yet.
//
// Two walks over the octets. The first checks frames and gathers counts, as far as the file goes at present; the second hands
// hits on, each with the last count that the first has seen. Frames that are damaged are passed over until a good one follows.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { HitReader, type HitRecord } from '../events/hit-record.ts';
import { getNumber, getU32, RECORD } from '../events/record.ts';
import type { AnswerTexts } from '../policy/answer-texts.ts';
import type { RuleMeaning } from '../policy/rule-meaning.ts';
import { Damage } from './damage.ts';
import {
  BODY_OCTETS_MAX,
  COUNT_OCTETS,
  FRAME_OCTETS,
  frameLength,
  goodFrame,
  isCutShort,
  JOURNAL_MAGIC,
  KIND,
} from './frame.ts';
import type { JournalFile } from './journal-reader.ts';

/** A hit as its file explains it, which is looked up where it is asked for: numbers of another start of the daemon mean nothing today. */
export interface JournaledHit {
  readonly record: HitRecord;
  readonly meaning: RuleMeaning | null;
  readonly group: string | null;
  /** What a sinkholed question was answered with then. */
  readonly answer: AnswerTexts | null;
}

export interface Span {
  /** Number of the first hit that is wanted. */
  readonly from: number;
  /** The hit of this number and those behind it stay. */
  readonly end: number;
  /** At most so many. */
  readonly limit: number;
}

const WINDOW_OCTETS = 262_144;
const LONGEST_FRAME = FRAME_OCTETS + BODY_OCTETS_MAX;
const MAGIC_OCTETS = JOURNAL_MAGIC.length;

export class JournalCursor {
  readonly file: JournalFile;
  readonly #damage: Damage;
  readonly #hits = new HitReader();
  /** The file from #windowAt on; a plain array, so that slices of it are copies. */
  readonly #window = new Uint8Array(WINDOW_OCTETS);
  #windowAt = 0;
  #windowEnd = 0;
  /** Octets checked; those behind are a write that did not end, or has not yet. */
  #checked = 0;
  #size = 0;
  /** Where damage begins whose end was not found yet; −1 for none. */
  #badAt = -1;
  /** From, to: octets to pass over. */
  readonly #gaps: [number, number][] = [];
  readonly #counts = new Map<number, number>();
  /** How far hits were handed on. */
  #at = MAGIC_OCTETS;
  readonly #meanings = new Map<string, RuleMeaning>();
  readonly #groups = new Map<number, string>();
  #answer: AnswerTexts | null = null;
  /** One for all, as its record is. */
  #hit: JournaledHit | null = null;

  constructor(file: JournalFile) {
    this.file = file;
    this.#damage = new Damage(file.firstSequence);
  }

  /** Octets at the end of a write that was cut short: no answer of its hits was sent. */
  get tornOctets(): number {
    return this.#checked === 0 ? 0 : this.#size - this.#checked;
  }

  /** Octets that were whole once and are not. */
  get damagedOctets(): number {
    if (this.#checked === 0) return this.#size;
    return this.#damage.octets + (this.#badAt < 0 ? 0 : this.#checked - this.#badAt);
  }

  /** Hits whose records were in them, as far as the numbers of their neighbours say; a damaged end counts as one. */
  get lost(): number {
    if (this.#checked === 0) return this.#size > MAGIC_OCTETS ? 1 : 0;
    return this.#damage.lost(this.#badAt >= 0);
  }

  /**
   * Hands on what the file has of a span at present; each hit holds until the next.
   * @returns false when there may be more of it
   * @throws as node:fs does
   */
  read(span: Span, each: (hit: JournaledHit) => void): boolean {
    const descriptor = openSync(this.file.path, 'r');
    try {
      this.#check(descriptor);
      return this.#handOn(descriptor, span, each);
    } finally {
      closeSync(descriptor);
    }
  }

  /** Has octets from `at` on in the window, a whole frame if the file has it. @returns their place in the window */
  #see(descriptor: number, at: number): number {
    const isIn = at >= this.#windowAt && at <= this.#windowEnd;
    if (!isIn || (this.#windowEnd - at < LONGEST_FRAME && this.#windowEnd < this.#size)) {
      this.#windowAt = at;
      this.#windowEnd = at;
      while (this.#windowEnd < this.#size && this.#windowEnd - at < WINDOW_OCTETS) {
        const had = this.#windowEnd - at;
        const got = readSync(descriptor, this.#window, had, WINDOW_OCTETS - had, this.#windowEnd);
        if (got === 0) break;
        this.#windowEnd = Math.min(this.#windowEnd + got, this.#size);
      }
    }
    return at - this.#windowAt;
  }

  #check(descriptor: number): void {
    const { size } = fstatSync(descriptor);
    if (size === this.#size && size === this.#checked) return;
    this.#size = size;
    // What was cut short may have been taken back and written anew.
    this.#windowEnd = Math.min(this.#windowEnd, Math.max(this.#windowAt, this.#checked));
    if (this.#checked === 0 && !this.#isJournal(descriptor)) return;
    while (this.#checked < this.#size) {
      const at = this.#see(descriptor, this.#checked);
      const end = this.#windowEnd - this.#windowAt;
      const length = goodFrame(this.#window, at, end);
      if (length > 0) {
        this.#closeGap();
        this.#note(at, length);
        this.#checked += 8 + length;
      } else if (this.#badAt >= 0) this.#checked += 1;
      else if (isCutShort(this.#window, at, end) && !this.#isFollowed(at, end)) return;
      else this.#badAt = this.#checked;
    }
  }

  #isJournal(descriptor: number): boolean {
    const at = this.#see(descriptor, 0);
    const isGood = JOURNAL_MAGIC.equals(this.#window.subarray(at, at + MAGIC_OCTETS));
    if (this.#size < MAGIC_OCTETS || !isGood) return false;
    this.#checked = MAGIC_OCTETS;
    return true;
  }

  /** Whether a good frame follows behind what looks like a write that was cut short. */
  #isFollowed(at: number, end: number): boolean {
    for (let next = at + 1; next < end; next += 1) if (goodFrame(this.#window, next, end) > 0) return true;
    return false;
  }

  #closeGap(): void {
    if (this.#badAt < 0) return;
    this.#gaps.push([this.#badAt, this.#checked]);
    this.#damage.passedOver(this.#checked - this.#badAt);
    this.#badAt = -1;
  }

  /** A good frame. */
  #note(at: number, length: number): void {
    const bytes = this.#window;
    const body = at + FRAME_OCTETS;
    const kind = bytes[at + 8];
    if (kind === KIND.hit) this.#damage.passed(getNumber(bytes, body + RECORD.sequence));
    else if (kind === KIND.counts)
      for (let each = body; each < at + 8 + length; each += COUNT_OCTETS)
        this.#counts.set(getNumber(bytes, each), getU32(bytes, each + 8));
  }

  #handOn(descriptor: number, { from, end, limit }: Span, each: (hit: JournaledHit) => void): boolean {
    let left = limit;
    const until = this.#badAt < 0 ? this.#checked : this.#badAt;
    while (this.#at < until) {
      if (this.#gaps[0]?.[0] === this.#at) {
        this.#at = this.#gaps.shift()?.[1] ?? this.#at;
        continue;
      }
      const at = this.#see(descriptor, this.#at);
      const length = frameLength(this.#window, at);
      const body = at + FRAME_OCTETS;
      if (this.#window[at + 8] !== KIND.hit) this.#explain(at, length);
      else {
        const sequence = getNumber(this.#window, body + RECORD.sequence);
        if (sequence >= end) return true;
        if (sequence >= from) {
          if (left === 0) return false;
          left -= 1;
          this.#handOnHit(body, length - 1, each);
        }
        this.#counts.delete(sequence);
      }
      this.#at += 8 + length;
    }
    return true;
  }

  #handOnHit(body: number, length: number, each: (hit: JournaledHit) => void): void {
    const record = this.#hits.read(this.#window, body, length);
    if (record === null) return;
    const count = this.#counts.get(record.sequence);
    if (count !== undefined) record.count = count;
    this.#hit ??= this.#explained(record);
    each(this.#hit);
  }

  #explained(record: HitRecord): JournaledHit {
    const [meanings, groups, answer] = [this.#meanings, this.#groups, () => this.#answer];
    return {
      record,
      get meaning() {
        return meanings.get(`${record.revision} ${record.rule} ${record.pattern}`) ?? null;
      },
      get group() {
        return groups.get(record.group) ?? null;
      },
      get answer() {
        return answer();
      },
    };
  }

  #explain(at: number, length: number): void {
    const kind = this.#window[at + 8];
    if (kind === KIND.counts) return;
    const text = Buffer.from(this.#window.buffer, at + FRAME_OCTETS, length - 1).toString('utf8');
    const said = JSON.parse(text);
    if (kind === KIND.meaning)
      this.#meanings.set(`${said.revision} ${said.rule} ${said.pattern}`, said.meaning);
    else if (kind === KIND.group) this.#groups.set(said.group, said.name);
    else if (kind === KIND.answer) this.#answer = said;
  }
}
