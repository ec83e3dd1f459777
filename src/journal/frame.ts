// How a journal file is laid out, for its writer in the resolver threads and its reader.
//
//   "CENOTEJ1" then frames:  ├ length (4) ┼ CRC-32 (4) ┼ kind (1) ┼ body ···┤   length counts kind and body
//
// The CRC is seeded with the length, so that a frame of zeros is never a good one. A file is named
// BOOT-WORKER-SEQUENCE.journal: which start of the daemon, which resolver thread, the first hit's number.
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { getU32, putU32 } from '../events/record.ts';

export const JOURNAL_MAGIC = Buffer.from('CENOTEJ1');
export const FRAME_OCTETS = 9;
/** Longest body: a rule's meaning with its provenance. */
export const BODY_OCTETS_MAX = 16 * 1024;
/**
 * `meaning`, `group` and `answer` come before the first hit that needs them in each file, and `counts` speaks of hits of its own
 * file, so that a file can be read alone. The last count that is said of a hit holds; its record says the first.
 */
export const KIND = { hit: 1, meaning: 2, group: 3, counts: 4, answer: 5 } as const;
/** In the body of `counts`: a hit's number (8, as records hold it) and how often it has come (4). */
export const COUNT_OCTETS = 12;

export interface JournalName {
  /** A ULID: later starts sort later. */
  readonly boot: string;
  readonly worker: number;
  readonly firstSequence: number;
}

export function journalPath(dir: string, { boot, worker, firstSequence }: JournalName): string {
  return join(dir, `${boot}-${worker}-${String(firstSequence).padStart(12, '0')}.journal`);
}

export function parseJournalName(fileName: string): JournalName | null {
  const found = /^([0-9A-Z]{26})-(\d{1,3})-(\d{12,16})\.journal$/.exec(fileName);
  if (found === null) return null;
  return { boot: found[1] ?? '', worker: Number(found[2]), firstSequence: Number(found[3]) };
}

/** Closes the frame at `offset` whose kind and body are in place. @returns where the next one begins */
export function sealFrame(bytes: Uint8Array, offset: number, length: number): number {
  putU32(bytes, offset, length);
  putU32(bytes, offset + 4, crc32(bytes.subarray(offset + 8, offset + 8 + length), length));
  return offset + 8 + length;
}

/** Whether the octets from `offset` to the file's end are a frame that was cut short: its writer never said that it was written. */
export function isCutShort(bytes: Uint8Array, offset: number, end: number): boolean {
  if (offset + FRAME_OCTETS > end) return true;
  const length = frameLength(bytes, offset);
  return length > 0 && length <= BODY_OCTETS_MAX + 1 && offset + 8 + length > end;
}

/** Of the kind and body of a frame that is known to be good. */
export function frameLength(bytes: Uint8Array, offset: number): number {
  return getU32(bytes, offset);
}

/** Length of a good frame's kind and body at `offset`, 0 when there is none. */
export function goodFrame(bytes: Uint8Array, offset: number, end: number): number {
  if (offset + FRAME_OCTETS > end) return 0;
  const length = frameLength(bytes, offset);
  if (length === 0 || length > BODY_OCTETS_MAX + 1 || offset + 8 + length > end) return 0;
  const sum = crc32(bytes.subarray(offset + 8, offset + 8 + length), length);
  return sum === getU32(bytes, offset + 4) ? length : 0;
}
