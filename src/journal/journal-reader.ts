// Reads journals back: after a crash all that was not stored, while running what a full ring had to leave out.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { decodeHit, type HitRecord } from '../events/hit-record.ts';
import { getNumber, getU32, RECORD } from '../events/record.ts';
import type { RuleMeaning } from '../policy/rule-meaning.ts';
import {
  COUNT_OCTETS,
  FRAME_OCTETS,
  goodFrame,
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
}

export interface JournalContent {
  readonly hits: readonly JournaledHit[];
  /** Octets that are no good frames: a torn tail, or damage. */
  readonly damagedOctets: number;
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
 * Frames that are damaged are passed over until a good one follows: a torn tail costs only itself.
 */
export function readJournal(path: string, from = 0): JournalContent {
  const bytes = readFileSync(path);
  const hits: JournaledHit[] = [];
  const meanings = new Map<string, RuleMeaning>();
  const groups = new Map<number, string>();
  const counts = new Map<number, number>();
  let damagedOctets = 0;
  let at = JOURNAL_MAGIC.length;
  if (bytes.length < at || !bytes.subarray(0, at).equals(JOURNAL_MAGIC))
    return { hits, damagedOctets: bytes.length };
  while (at < bytes.length) {
    const length = goodFrame(bytes, at, bytes.length);
    if (length === 0) {
      damagedOctets += 1;
      at += 1;
      continue;
    }
    const body = at + FRAME_OCTETS;
    const kind = bytes[at + 8];
    at += 8 + length;
    if (kind === KIND.meaning) {
      const said = JSON.parse(bytes.toString('utf8', body, at));
      meanings.set(`${said.revision} ${said.rule} ${said.pattern}`, said.meaning);
    } else if (kind === KIND.group) {
      const said = JSON.parse(bytes.toString('utf8', body, at));
      groups.set(said.group, said.name);
    } else if (kind === KIND.counts) {
      for (let each = body; each < at; each += COUNT_OCTETS)
        counts.set(getNumber(bytes, each), getU32(bytes, each + 8));
    } else if (kind === KIND.hit && getNumber(bytes, body + RECORD.sequence) >= from) {
      const record = decodeHit(bytes, body, length - 1);
      if (record === null) continue;
      const meaning = meanings.get(`${record.revision} ${record.rule} ${record.pattern}`) ?? null;
      hits.push({ record, meaning, group: groups.get(record.group) ?? null });
    }
  }
  return { hits: hits.map((hit) => withCount(hit, counts)), damagedOctets };
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

/** Removes a file whose hits are stored and that nobody writes to any more. */
export function removeJournal(file: JournalFile): void {
  rmSync(file.path, { force: true });
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
