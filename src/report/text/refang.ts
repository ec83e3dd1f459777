// Reads defang marks: what a writer puts in place of a dot, an at sign, a colon or a slash so that nobody clicks by accident.
//
// Every function looks at a bounded number of units from where it stands and allocates at most a short string.

import {
  CLASS,
  classOf,
  FULL_WIDTH_DOT,
  isAsciiAlphanumeric,
  isAsciiLetter,
  isDotLike,
  NEWLINE,
  SPACE,
} from '../characters.ts';
import { FLAG_ENTITY, type FoldedText } from './folded-text.ts';

type MarkKind = 'dot' | 'at' | 'separator';

export interface Mark {
  readonly kind: MarkKind;
  /** What it stands for: `.`, `@`, or a string of `:` and `/`. */
  readonly text: string;
  /** Unit just past it. */
  readonly end: number;
  /** It is in brackets, so spaces around it are not the end of the name. */
  readonly bracketed: boolean;
}

/** How report writers of several languages spell the dot and the at sign in brackets. */
const DOT_WORDS = new Set(
  'dot d0t dt d punto ponto punkt point punct punkti kropka piste tocka točka titik nokta dấu τελεία точка крапка кропка тчк 点 點 ドット 점 닷 نقطة נקודה จุด'.split(
    ' ',
  ),
);
const AT_WORDS = new Set(
  'at et arroba chiocciola arobase klammeraffe собака 艾特 アットマーク 골뱅이'.split(' '),
);

const WORD_UNITS_MAX = 12;
const BRACKETS_MAX = 3;
const SPACES_MAX = 3;
const INDENT_UNITS_MAX = 40;
export const SEPARATOR_UNITS_MAX = 4;

export const isOpener = (code: number): boolean =>
  code === 0x5b || code === 0x28 || code === 0x7b || code === 0x3c;
const isCloser = (code: number): boolean => code === 0x5d || code === 0x29 || code === 0x7d || code === 0x3e;
export const isSlash = (code: number): boolean => code === 0x2f || code === 0x5c;

/** Past at most SPACES_MAX spaces and one line end. */
function skipSpaces(text: FoldedText, from: number): number {
  let at = from;
  let lines = 0;
  while (at - from < SPACES_MAX) {
    const code = text.codeAt(at);
    if (code === NEWLINE && lines === 0) lines += 1;
    else if (code !== SPACE) break;
    at += 1;
  }
  return at;
}

/** The mark that begins at `at`, or null. A plain dot is none. */
export function readMark(text: FoldedText, at: number): Mark | null {
  const code = text.codeAt(at);
  if (isOpener(code)) return readBracketed(text, at);
  if (code === 0x5c)
    return isOpener(text.codeAt(at + 1)) ? readBracketed(text, at + 1) : readEscapedDot(text, at);
  if (!isDotLike(code)) return null;
  if (code === 0x2e) return readOddDot(text, at);
  return isDotBetween(text, at) ? { kind: 'dot', text: '.', end: at + 1, bracketed: false } : null;
}

/** `[.]`, `( dot )`, `{.}`, `[[.]]`, `[@]`, `(at)`, `[:]`, `[://]`, `[/]`, and `[.com` without its other half. */
export function readBracketed(text: FoldedText, from: number): Mark | null {
  let at = from;
  while (at - from < BRACKETS_MAX && isOpener(text.codeAt(at))) at += 1;
  const opened = at - from;
  at = skipSpaces(text, at);
  const content = readContent(text, at);
  if (content === null) return null;
  const past = skipSpaces(text, content.end);
  let end = past;
  for (let closed = 0; closed < opened; closed += 1) {
    // Markdown writes `\[.\]` for brackets that begin no link.
    const closer = text.codeAt(end) === 0x5c ? end + 1 : end;
    if (!isCloser(text.codeAt(closer))) break;
    end = closer + 1;
  }
  if (end > past) {
    // `[.].com` and `.[.]com` are one dot whose brackets were put beside it.
    if (content.kind === 'dot' && text.codeAt(end) === 0x2e && isAsciiLetter(text.codeAt(end + 1))) end += 1;
    // A comma that nothing follows directly parts two names: `a[.]com[,] b[.]org`.
    if (text.codeAt(at) === 0x2c && classOf(text.codeAt(end)) === CLASS.none) return null;
    return { ...content, end, bracketed: true };
  }
  const isHalf = text.codeAt(at) === 0x2e && content.kind === 'dot' && at === from + 1;
  if (!isHalf || text.codeAt(from) !== 0x5b || !isAsciiLetter(text.codeAt(content.end))) return null;
  if (text.codeAt(from - 1) === SPACE && (isLinkText(text, content.end) || isPlatform(text, content.end)))
    return null;
  return { ...content, bracketed: true };
}

const LINK_UNITS_MAX = 100;

/** `a version of [.net reactor](https://…)` */
function isLinkText(text: FoldedText, from: number): boolean {
  let at = from;
  while (at - from < LINK_UNITS_MAX && at < text.count && text.codeAt(at) !== 0x5d) at += 1;
  return text.codeAt(at) === 0x5d && text.codeAt(at + 1) === 0x28;
}

/** `3 layers of protection [.NET]` */
const isPlatform = (text: FoldedText, from: number): boolean =>
  text.textOf(from, Math.min(from + 3, text.count)) === 'NET';

type Content = Pick<Mark, 'kind' | 'text' | 'end'>;

function readContent(text: FoldedText, from: number): Content | null {
  const code = text.codeAt(from);
  // `[,]` is a slip of the finger, but in brackets it stands for nothing else.
  if (isDotLike(code) || code === 0x2c) return { kind: 'dot', text: '.', end: from + 1 };
  if (code === 0x40) return { kind: 'at', text: '@', end: from + 1 };
  if (code === 0x3a || isSlash(code)) return readSlashes(text, from);
  return readWord(text, from);
}

function readSlashes(text: FoldedText, from: number): Content {
  let end = from;
  let written = '';
  while (end - from < SEPARATOR_UNITS_MAX) {
    const code = text.codeAt(end);
    if (code !== 0x3a && !isSlash(code)) break;
    written += code === 0x3a ? ':' : '/';
    end += 1;
  }
  return { kind: 'separator', text: written, end };
}

function readWord(text: FoldedText, from: number): Content | null {
  let word = '';
  let end = from;
  while (end - from <= WORD_UNITS_MAX && classOf(text.codeAt(end)) !== CLASS.none) {
    word += String.fromCodePoint(text.codeAt(end));
    end += 1;
  }
  const lower = word.toLowerCase();
  if (DOT_WORDS.has(lower)) return { kind: 'dot', text: '.', end };
  return AT_WORDS.has(lower) ? { kind: 'at', text: '@', end } : null;
}

/** ` DOT ` in capitals: in small letters it is a word like others. */
export function readSpelledDot(text: FoldedText, at: number): Mark | null {
  if (text.codeAt(at) !== SPACE || text.textOf(at + 1, Math.min(at + 5, text.count)) !== 'DOT ') return null;
  return { kind: 'dot', text: '.', end: at + 4, bracketed: true };
}

/** `\.` as in a regular expression; `\\.` when it was escaped twice. */
function readEscapedDot(text: FoldedText, at: number): Mark | null {
  const end = text.codeAt(at + 1) === 0x5c ? at + 2 : at + 1;
  return text.codeAt(end) === 0x2e ? { kind: 'dot', text: '.', end: end + 1, bracketed: false } : null;
}

/** A plain dot that is more than one: written as an entity, half bracketed (`.]com`), or before a bracketed label (`.[com]`). */
function readOddDot(text: FoldedText, at: number): Mark | null {
  const next = text.codeAt(at + 1);
  if ((text.flags[at]! & FLAG_ENTITY) !== 0) return { kind: 'dot', text: '.', end: at + 1, bracketed: false };
  if (next === 0x5d && isAsciiLetter(text.codeAt(at + 2)))
    return { kind: 'dot', text: '.', end: at + 2, bracketed: false };
  if (next !== 0x5b) return null;
  const bracketed = readBracketed(text, at + 1);
  // `.[D]` is no dot beside a dot but a script's letters.
  if (bracketed?.kind === 'dot' && !isLetterAlone(text, at + 2)) return bracketed;
  let end = at + 2;
  // `Backdoor.HTTP.Name.[POST]` names a detection.
  while (end - at < WORD_UNITS_MAX && isSmallLetter(text.codeAt(end))) end += 1;
  if (end - at < 4 || text.codeAt(end) !== 0x5d) return null;
  return { kind: 'dot', text: '.', end: at + 2, bracketed: false };
}

export const isLetterAlone = (text: FoldedText, at: number): boolean =>
  isAsciiLetter(text.codeAt(at)) && isCloser(text.codeAt(at + 1));

const isSmallLetter = (code: number): boolean => code >= 0x61 && code <= 0x7a;

/** An odd dot in prose ends a sentence or parts words, unless ASCII stands on both sides or it is the full-width form of `.`. */
function isDotBetween(text: FoldedText, at: number): boolean {
  const before = text.codeAt(at - 1);
  const after = text.codeAt(at + 1);
  if (isAsciiAlphanumeric(before) && isAsciiAlphanumeric(after)) return true;
  return (
    text.codeAt(at) === FULL_WIDTH_DOT && classOf(before) !== CLASS.none && classOf(after) !== CLASS.none
  );
}

/** Unit past an at sign in any guise at `at`, spaces around a bracketed one included; or `at`. */
export function skipAt(text: FoldedText, at: number): number {
  if (text.codeAt(at) === 0x40) return at + 1;
  const bracketAt = skipSpaces(text, at);
  if (!isOpener(text.codeAt(bracketAt))) return at;
  const mark = readBracketed(text, bracketAt);
  return mark?.kind === 'at' ? skipSpaces(text, mark.end) : at;
}

/** Unit where the label after a mark begins: spaces, one line end and its indent may stand between; or −1. */
export function labelAfter(text: FoldedText, mark: Mark): number {
  let at = mark.end;
  let lines = 0;
  while (at - mark.end < INDENT_UNITS_MAX) {
    const code = text.codeAt(at);
    if (code === NEWLINE && lines === 0) lines += 1;
    else if (code !== SPACE || (lines === 0 && at - mark.end >= SPACES_MAX)) break;
    at += 1;
  }
  return classOf(text.codeAt(at)) === CLASS.none ? -1 : at;
}

/** Unit where a bracketed mark begins after at most two spaces from `at`, or −1. */
export function spacedMarkAt(text: FoldedText, at: number): number {
  let found = at;
  while (found - at < 2 && text.codeAt(found) === SPACE) found += 1;
  return found > at && isOpener(text.codeAt(found)) ? found : -1;
}
