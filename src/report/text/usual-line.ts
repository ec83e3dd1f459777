// A line that is a web address or a name in its usual form and nothing else, as nearly all of a list of URLs are: what `extract`
// makes of it, without folding marks and looking around. Twin: `extract` itself, in the tests.
import { NEWLINE, SPACE } from '../characters.ts';
import { mayBeFile } from '../known/file-names.ts';
import { isFieldOfLog } from '../known/log-fields.ts';
import { isKnownTop } from '../known/suffix.ts';
import { isUsualName } from '../known/usual-name.ts';
import type { FoldedText } from './folded-text.ts';
import { isOpener } from './refang.ts';

/** What is met of a line, nothing of it in need of a rule. */
export interface UsualLine {
  /** A name that every rule takes, or an IPv4 address. */
  readonly host: string;
  /** `https://`, `http://` or nothing. */
  readonly scheme: string;
  readonly isAddress: boolean;
}

const LINE = /^(?:https?:\/\/)?[a-z0-9.-]{4,253}(?::\d{1,5})?(?:[/?][a-zA-Z0-9/_.=&?+~%@#-]*)?$/;
/** A URL inside the path, however it is written. */
const MAY_NEST = /\/\/|__|%25|%3a/i;
const PART = '(?:\\d|[1-9]\\d|1\\d\\d|2[0-4]\\d|25[0-5])';
const ADDRESS = new RegExp(`^${PART}(?:\\.${PART}){3}$`);
/** What a domain that is turned round begins with: `com.example.app`. */
const PACKAGE = /^(?:com|org|net|io|edu|gov)\./;

/** @returns null where it is anything else, or perhaps is */
export function usualLine(line: string): UsualLine | null {
  if (!LINE.test(line)) return null;
  const scheme = line.startsWith('https://') ? 'https://' : line.startsWith('http://') ? 'http://' : '';
  const end = hostEnd(line, scheme.length);
  if (end < line.length && MAY_NEST.test(line.slice(end))) return null;
  const host = line.slice(scheme.length, end);
  if (isUsualName(host)) {
    const top = host.slice(host.lastIndexOf('.') + 1);
    // In a field what no list knows may be newer than the list; in a text it is a word.
    if (!isKnownTop(top)) return null;
    const isSure =
      scheme !== '' || !(PACKAGE.test(host) || isFieldOfLog(host) || (end === line.length && mayBeFile(top)));
    return isSure ? { host, scheme, isAddress: false } : null;
  }
  return scheme !== '' && ADDRESS.test(host) ? { host, scheme, isAddress: true } : null;
}

/** Where a port, a path or a query begins. */
function hostEnd(line: string, from: number): number {
  let at = from;
  for (; at < line.length; at += 1) {
    const code = line.charCodeAt(at);
    if (code === 0x3a || code === 0x2f || code === 0x3f) break;
  }
  return at;
}

/** After a hyphen a name may go on. */
export const isLineStart = (text: FoldedText, at: number): boolean =>
  at === 0 ? true : text.codeAt(at - 1) === NEWLINE && text.codeAt(at - 2) !== 0x2d;

/** What stands below in brackets may belong to a name. */
export function isLineOver(text: FoldedText, end: number): boolean {
  if (text.codeAt(end) !== NEWLINE) return text.isComplete && end === text.count;
  const next = text.codeAt(end + 1);
  return next !== SPACE && next !== NEWLINE && !isOpener(next);
}

/** The same for the value of a field that holds names and URLs; null for an address, too. */
export function usualValue(value: string): UsualLine | null {
  if (isUsualName(value)) return { host: value, scheme: '', isAddress: false };
  const usual = value.startsWith('http') ? usualLine(value) : null;
  return usual?.isAddress === true ? null : usual;
}
