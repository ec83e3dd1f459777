// What parts of a URL look like in running text: signs in percent-encoding, WebDAV's ports, the end of a path.
import { CLASS, classOf, SPACE } from '../characters.ts';
import type { Candidate } from '../report.ts';
import type { FoldedText } from './folded-text.ts';
import { readMark } from './refang.ts';
import { isMark, type Run, readRun } from './run.ts';
import { readScheme } from './scheme.ts';

/** A sign of a URL in percent-encoding, once or several times over. */
const ESCAPE = /^%(25){0,2}(2[0-9a-f]|3[a-f]|40|5[b-e]|7[b-d]|0[ad])/i;
const ESCAPED_SCHEME = /^(h[tx]{2}ps?|ftp)(%(25){0,2}3a|:)(%(25){0,2}2f|\/){2}/i;
const WEBDAV_PORT = /^(ssl|\d{2,5})(@\d{1,5})?[/\\]/i;

/** Past `%2F`, `%253A` and their kin, which stand for a sign and are no part of a label. */
export function escapeEnd(text: FoldedText, at: number): number {
  return at + (ESCAPE.exec(text.textOf(at, Math.min(at + 9, text.count)))?.[0].length ?? 1);
}

/** A scheme at `at` inside a path, written out or with `%3A%2F%2F`, and a host behind it. */
export function nestedHost(text: FoldedText, at: number): { host: number; isDefanged: boolean } | null {
  const scheme = readScheme(text, at);
  const escaped =
    scheme === null ? ESCAPED_SCHEME.exec(text.textOf(at, Math.min(at + 24, text.count))) : null;
  const host = scheme?.end ?? (escaped === null ? -1 : at + escaped[0].length);
  if (host < 0 || classOf(text.codeAt(host)) === CLASS.none) return null;
  return { host, isDefanged: scheme?.isDefanged ?? escaped?.[0].toLowerCase().startsWith('hx') ?? false };
}

export function isPortWord(text: FoldedText, at: number): boolean {
  return WEBDAV_PORT.test(text.textOf(at, Math.min(at + 12, text.count)));
}

/** A URL in running text ends at spaces, quotes, angle brackets, pipes, commas and whatever is not ASCII punctuation. */
export function endsPath(code: number): boolean {
  if (code <= SPACE || code === 0x22 || code === 0x27 || code === 0x60 || code === 0x7c) return true;
  if (code === 0x2c || code === 0x3b || code === 0x3c || code === 0x3e) return true;
  return code >= 0x80 && classOf(code) === CLASS.none;
}

/** The value of a field that is one URL, in which commas and semicolons stand for themselves: no second one begins behind them. */
export const isOneUrl = (value: string): boolean =>
  /^\s*h[tx]{2}ps?\W{1,6}\S+\s*$/i.test(value) && !/[,;]\s*(h[tx]{2}ps?\W|[^\s/]+\/)/i.test(value);

export const endsOneUrl = (code: number): boolean => code !== 0x2c && code !== 0x3b && endsPath(code);

/** A name straight after a slash is part of a path; after `//` or `:/` it is a host, after `\\` where a share follows. */
export function contextBefore(text: FoldedText, at: number): Candidate['context'] {
  const before = text.codeAt(at - 1);
  if (before !== 0x2f && before !== 0x5c) return 'host';
  const front = text.codeAt(at - 2);
  if (front !== before) return front === 0x3a ? 'host' : 'path';
  if (before === 0x2f) return 'host';
  // `C:\\Users\\name\\.dir` and `\\setup\\.sh` are paths as programs and expressions write them.
  const after = text.codeAt(readRun(text, at).end);
  const isShare = after === 0x5c || after === 0x40 || after === 0x2f;
  return isShare && classOf(text.codeAt(at - 3)) === CLASS.none ? 'host' : 'path';
}

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

/** Unit past a port, or `at`. */
export function skipPort(text: FoldedText, at: number): number {
  const mark = readMark(text, at);
  const first = text.codeAt(at) === 0x3a ? at + 1 : mark?.text === ':' ? mark.end : at;
  let end = first;
  while (end - first < 5 && isDigit(text.codeAt(end))) end += 1;
  return first > at && end > first ? end : at;
}

/** Whether a path, a query or a fragment begins. */
export function isPathStart(text: FoldedText, at: number): boolean {
  const code = text.codeAt(at);
  if (code === 0x2f || code === 0x3f || code === 0x23) return true;
  if (code === 0x5c) return readMark(text, at) === null && classOf(text.codeAt(at + 1)) !== CLASS.none;
  return code === 0x5b && readMark(text, at)?.text === '/';
}

/** An address, defanged, with a port and a space. */
const LEAD_UNITS_MAX = 32;

/** What stands in the line before `at`; null where that is too long to lead to a path. */
export function lineUntil(text: FoldedText, lineStart: number, at: number): string | null {
  const from = Math.max(0, lineStart);
  return at - from > LEAD_UNITS_MAX ? null : text.textOf(from, at);
}

/** A bracket that closes. */
export const isCloser = (code: number): boolean => code === 0x29 || code === 0x5d || code === 0x7d;

const PATH_UNITS_MAX = 300;

/** `evil[.]com/a/http://evil[.]net/b`: URLs that a page ran together, not where a query leads. @param at where its scheme begins */
export function isUrlBehindAnother(text: FoldedText, at: number, run: Run): boolean {
  if (text.codeAt(at - 1) !== 0x2f || text.codeAt(at - 2) === 0x2f || !run.joined.some(isMark)) return false;
  if (text.codeAt(run.starts[0]! - 1) !== 0x2f) return false;
  for (let before = at - 1; before >= 0 && at - before < PATH_UNITS_MAX; before -= 1) {
    const code = text.codeAt(before);
    if (code === 0x3f || code === 0x3d || code === 0x23) return false;
    if (endsPath(code)) break;
  }
  return true;
}
