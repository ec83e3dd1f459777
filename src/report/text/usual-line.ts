// A line that is a web address or a name in its usual form and nothing else, plain or defanged as most writers do it, perhaps as an item
// of a list, as nearly all of a list of names are: what `extract` makes of it, without looking around. Twin: `extract` itself, in the tests.
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
  /** The host as it is written, with the scheme before it. */
  readonly printed: string;
  readonly isAddress: boolean;
  readonly isDefanged: boolean;
}

const LINE = /^(?:h(?:tt|xx)ps?:\/\/)?[a-z0-9.[\]-]{4,400}(?::\d{1,5})?(?:[/?][a-zA-Z0-9/_.=&?+~%@#-]*)?$/;
const SCHEME = /^h(?:tt|xx)ps?:\/\//;
const ITEM = /^ {0,20}(?:[-*] )?/;
const INDENT_MAX = 20;
/** A URL inside the path, however it is written. */
const MAY_NEST = /\/\/|__|%25|%3a/i;
/** What speaks of the name also where it stands in a path. */
const MAY_SAY = /kill[- ]?switch/i;
const PART = '(?:\\d|[1-9]\\d|1\\d\\d|2[0-4]\\d|25[0-5])';
const ADDRESS = new RegExp(`^${PART}(?:\\.${PART}){3}$`);
/** What a domain that is turned round begins with: `com.example.app`. */
const PACKAGE = /^(?:com|org|net|io|edu|gov)\./;

/** Where the value of a line begins that may be an item of a list. */
export function itemBegin(line: string): number {
  const first = line.charCodeAt(0);
  return first === SPACE || first === 0x2d || first === 0x2a ? ITEM.exec(line)![0].length : 0;
}

/** @returns null where it is anything else, or perhaps is */
export function usualLine(line: string): UsualLine | null {
  if (!LINE.test(line)) return null;
  const scheme = line.startsWith('h') ? (SCHEME.exec(line)?.[0] ?? '') : '';
  const end = hostEnd(line, scheme.length);
  if (end < line.length) {
    const behind = line.slice(end);
    if (MAY_NEST.test(behind) || MAY_SAY.test(behind)) return null;
  }
  const written = line.slice(scheme.length, end);
  const isMarked = written.includes('[.]');
  const host = isMarked ? written.replaceAll('[.]', '.') : written;
  const isDefanged = isMarked || scheme.startsWith('hx');
  const printed = line.slice(0, end);
  if (isUsualName(host)) {
    const top = host.slice(host.lastIndexOf('.') + 1);
    // In a field what no list knows may be newer than the list; in a text it is a word.
    if (!isKnownTop(top)) return null;
    const isSure =
      scheme !== '' || !(PACKAGE.test(host) || isFieldOfLog(host) || (end === line.length && mayBeFile(top)));
    return isSure ? { host, printed, isAddress: false, isDefanged } : null;
  }
  return (scheme !== '' || isMarked) && ADDRESS.test(host)
    ? { host, printed, isAddress: true, isDefanged }
    : null;
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
  let at = end + 1;
  while (at - end <= INDENT_MAX && text.codeAt(at) === SPACE) at += 1;
  const next = text.codeAt(at);
  return next !== SPACE && next !== NEWLINE && !isOpener(next);
}

/** The same for the value of a field that holds names and URLs; null for an address, too. */
export function usualValue(value: string): UsualLine | null {
  if (isUsualName(value)) return { host: value, printed: value, isAddress: false, isDefanged: false };
  const usual = value.startsWith('http') && !value.includes('[') ? usualLine(value) : null;
  return usual?.isAddress === true ? null : usual;
}
