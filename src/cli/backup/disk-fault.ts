// Why nothing could be written, and what helps: for people, in place of the system's words.
import { messageOf } from '../../config/coded-error.ts';

const FULL = /^(ENOSPC|EDQUOT)$/;
/** SQLite's own words, which have no such code. */
const FULL_DATABASE = /disk is full/;
const REASONS: readonly (readonly [codes: RegExp, text: string])[] = [
  [/^EROFS$/, 'it is on a read-only file system; name a place that is not'],
  [/^(EACCES|EPERM)$/, 'this user may not write there; use one who may, or name another place'],
  [/^(ENOENT|ENOTDIR)$/, 'there is no such folder; make it first'],
];

export function isDiskFull(error: unknown): boolean {
  return FULL.test(codeOf(error)) || FULL_DATABASE.test(messageOf(error));
}

/** What is wrong, and what would be right where that is known. */
export function whyNotWritten(error: unknown): string {
  if (isDiskFull(error)) return 'no room is left on that disk; make some, or name a place on another';
  return REASONS.find(([codes]) => codes.test(codeOf(error)))?.[1] ?? messageOf(error);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
