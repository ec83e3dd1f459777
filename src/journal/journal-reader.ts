// Reads journals back: after a crash all that was not stored, while running what a full ring had to leave out.
import { readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { decodeHit, type HitRecord } from '../events/hit-record.ts';
import { getNumber, getU32, RECORD } from '../events/record.ts';
import type { AnswerTexts } from '../policy/answer-texts.ts';
import type { RuleMeaning } from '../policy/rule-meaning.ts';
import {
  COUNT_OCTETS,
  FRAME_OCTETS,
  goodFrame,
  isCutShort,
  JOURNAL_MAGIC,
  type JournalName,
  KIND,
  parseJournalName,
} from './frame.ts';

export interface JournalFile extends JournalName {
  readonly path: string;
}

/** A hit as its file explains it: numbers of another start of the daemon mean nothing today. */
export interface JournaledHit {
  readonly record: HitRecord;
  readonly meaning: RuleMeaning | null;
  readonly group: string | null;
  /** What a sinkholed question was answered with then. */
  readonly answer: AnswerTexts | null;
}

export interface JournalContent {
  readonly hits: readonly JournaledHit[];
  /** Octets at the end of a write that was cut short: no answer of its hits was sent. */
  readonly tornOctets: number;
  /** Octets that were whole once and are not. */
  readonly damagedOctets: number;
  /** Hits whose records were in them, as far as the numbers of their neighbours say; a damaged end counts as one. */
  readonly lost: number;
}

/** All journals in the directory, oldest start first, each thread's in the order of its hits. */
export function findJournals(dir: string): JournalFile[] {
  let names: string[];
  try {
    names = readdirSync(dir);
  } catch {
    return [];
  }
  return names
    .flatMap((name) => {
      const parsed = parseJournalName(name);
      return parsed === null ? [] : [{ ...parsed, path: join(dir, name) }];
    })
    .sort((a, b) => compare(a.boot, b.boot) || a.worker - b.worker || a.firstSequence - b.firstSequence);
}

/**
 * Reads the hits of one file from number `from` on.
 * Frames that are damaged are passed over until a good one follows: damage, or a torn tail, costs only itself.
 */
export function readJournal(path: string, from = 0): JournalContent {
  const bytes = readFileSync(path);
  const hits: JournaledHit[] = [];
  const meanings = new Map<string, RuleMeaning>();
  const groups = new Map<number, string>();
  const counts = new Map<number, number>();
  let answer: AnswerTexts | null = null;
  const damage = new Damage(parseJournalName(basename(path))?.firstSequence ?? 1);
  let at = JOURNAL_MAGIC.length;
  if (bytes.length < at || !bytes.subarray(0, at).equals(JOURNAL_MAGIC))
    return { hits, tornOctets: 0, damagedOctets: bytes.length, lost: bytes.length > at ? 1 : 0 };
  while (at < bytes.length) {
    const length = goodFrame(bytes, at, bytes.length);
    if (length === 0) {
      if (damage.open === 0) damage.isCut = isCutShort(bytes, at);
      damage.open += 1;
      at += 1;
      continue;
    }
    const body = at + FRAME_OCTETS;
    const kind = bytes[at + 8];
    if (kind === KIND.hit) damage.passed(getNumber(bytes, body + RECORD.sequence));
    else damage.closed();
    at += 8 + length;
    if (kind === KIND.meaning) {
      const said = JSON.parse(bytes.toString('utf8', body, at));
      meanings.set(`${said.revision} ${said.rule} ${said.pattern}`, said.meaning);
    } else if (kind === KIND.group) {
      const said = JSON.parse(bytes.toString('utf8', body, at));
      groups.set(said.group, said.name);
    } else if (kind === KIND.answer) {
      answer = JSON.parse(bytes.toString('utf8', body, at));
    } else if (kind === KIND.counts) {
      for (let each = body; each < at; each += COUNT_OCTETS)
        counts.set(getNumber(bytes, each), getU32(bytes, each + 8));
    } else if (kind === KIND.hit && getNumber(bytes, body + RECORD.sequence) >= from) {
      const record = decodeHit(bytes, body, length - 1);
      if (record === null) continue;
      const meaning = meanings.get(`${record.revision} ${record.rule} ${record.pattern}`) ?? null;
      hits.push({ record, meaning, group: groups.get(record.group) ?? null, answer });
    }
  }
  const { tornOctets, damagedOctets, lost } = damage.ended();
  return { hits: hits.map((hit) => withCount(hit, counts)), tornOctets, damagedOctets, lost };
}

/** What was passed over on the way through a file. */
class Damage {
  /** Octets since the last good frame; whether they begin as a frame that was cut short. */
  open = 0;
  isCut = false;
  #octets = 0;
  /** Whether a hit's record may have been in what was passed over since the last hit. */
  #sinceHit = false;
  #next: number;
  #lost = 0;

  /** @param next number of the hit that comes next */
  constructor(next: number) {
    this.#next = next;
  }

  /** A good frame that is no hit. */
  closed(): void {
    if (this.open > 0) this.#sinceHit = true;
    this.#octets += this.open;
    this.open = 0;
    this.isCut = false;
  }

  /** A good hit of that number. */
  passed(sequence: number): void {
    this.closed();
    if (this.#sinceHit) this.#lost += Math.max(0, sequence - this.#next);
    this.#sinceHit = false;
    this.#next = sequence + 1;
  }

  ended(): { readonly tornOctets: number; readonly damagedOctets: number; readonly lost: number } {
    const tornOctets = this.isCut ? this.open : 0;
    const damagedEnd = this.isCut ? 0 : this.open;
    const lost = this.#lost + (damagedEnd > 0 || this.#sinceHit ? 1 : 0);
    return { tornOctets, damagedOctets: this.#octets + damagedEnd, lost };
  }
}

function withCount(hit: JournaledHit, counts: ReadonlyMap<number, number>): JournaledHit {
  const count = counts.get(hit.record.sequence);
  return count === undefined ? hit : { ...hit, record: { ...hit.record, count } };
}

/**
 * Removes one thread's files all of whose hits are stored. The file a thread writes to is never removed: it is its last.
 * @param through number of the last hit that is stored
 */
export function removeStored(files: readonly JournalFile[], through: number): number {
  let removed = 0;
  files.forEach((file, i) => {
    const next = files[i + 1];
    if (next === undefined || next.firstSequence > through + 1) return;
    rmSync(file.path, { force: true });
    removed += 1;
  });
  return removed;
}

/** Where a damaged file is kept: a name that nobody reads. */
export const asideOf = ({ path }: JournalFile): string => `${path}.damaged`;

/** A damaged file stays when the good hits of it are stored. */
export function keepAside(file: JournalFile): void {
  renameSync(file.path, asideOf(file));
}

/** Removes a file whose hits are stored and that nobody writes to any more. */
export function removeJournal(file: JournalFile): void {
  rmSync(file.path, { force: true });
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
