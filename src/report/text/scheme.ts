// Reads a URL's scheme with its `://` in any guise: `hxxps`, `http[:]//`, `h[tt]p`, `https[://]`.
import { CLASS, classOf, SPACE } from '../characters.ts';
import type { FoldedText } from './folded-text.ts';
import { isOpener, isSlash, readBracketed, SEPARATOR_UNITS_MAX } from './refang.ts';

export interface Scheme {
  /** Lower case, without brackets. */
  readonly word: string;
  /** Unit just past `://`. */
  readonly end: number;
  readonly isDefanged: boolean;
}

const SCHEME_UNITS_MAX = 16;
/** `hxxp`, `hXXps`, `h**p`, `hxtp`, `hzzps`, `fxp`, `wxs`, with a Latin or Cyrillic x; `meow`, which malware analysts write for http. */
const ODD_SCHEME =
  /^(?:h(?!ttps?$)[xхzt*_#+-]{1,3}[pxх][sxх]{0,2}|hxxxs?|xxxxs?|f[xх*]ps?|sf[xх]p|w[xх]s|meows?)$/u;
const PLAIN_SCHEME = /^[a-z][a-z0-9+-]*$/;

/** A scheme with its `://` in any guise, beginning at `from`. */
export function readScheme(text: FoldedText, from: number): Scheme | null {
  // `hxxps__evil`, as file names have it.
  const joined =
    (text.codeAt(from) | 0x20) === 0x68 && isTOrX(text.codeAt(from + 1))
      ? /^(h[tx]{2}ps?)_{2,3}(?=[a-z0-9])/i.exec(text.textOf(from, Math.min(from + 10, text.count)))
      : null;
  if (joined !== null)
    return { word: joined[1]!.toLowerCase(), end: from + joined[0].length, isDefanged: true };
  let at = from;
  let opened = 0;
  let closed = 0;
  while (at - from < SCHEME_UNITS_MAX) {
    const code = text.codeAt(at);
    if (code === 0x5b && !isSeparatorStart(text.codeAt(at + 1))) opened += 1;
    else if (code === 0x5d && opened > closed) closed += 1;
    else if (classOf(code) === CLASS.none && code !== 0x2a && code !== 0x2b && code !== 0x23) break;
    at += 1;
  }
  // Most words have no separator behind them, and need not be looked at.
  const next = text.codeAt(at);
  if (next !== 0x3a && !isOpener(next) && !isSlash(next)) return null;
  const word = text.textOf(from, at).replaceAll(/[[\]]/g, '').toLowerCase();
  if (word.length < 2 || opened !== closed || isTagOfForum(text, from)) return null;
  const separator = readSeparator(text, at);
  const isOdd = ODD_SCHEME.test(word) || /h[xх]{2}ps?$/.test(word);
  if (separator === null || (!isOdd && !PLAIN_SCHEME.test(word))) return null;
  // `http[s]` only says "with or without TLS"; `[http]` and `h[tt]p` are defanged.
  const isOptionalS = word === 'https' && text.codeAt(from + 4) === 0x5b;
  return {
    word,
    end: separator.end,
    isDefanged: isOdd || separator.isDefanged || (opened > 0 && !isOptionalS),
  };
}

/** `[url]http://…[/url]`, as forums write links. */
const isTagOfForum = (text: FoldedText, from: number): boolean =>
  text.codeAt(from) === 0x5b && /^\[(url|img)\]/i.test(text.textOf(from, Math.min(from + 5, text.count)));

const isTOrX = (code: number): boolean => (code | 0x20) === 0x74 || (code | 0x20) === 0x78;

const isSeparatorStart = (code: number): boolean => code === 0x3a || code === 0x2f || code === SPACE;

/** `://` with any of its characters bracketed, escaped or turned round: `[:]//`, `[://]`, `:[//]`, `:\/\/`, `:\\`. */
function readSeparator(text: FoldedText, from: number): { end: number; isDefanged: boolean } | null {
  let at = from;
  let written = '';
  let isDefanged = false;
  for (let parts = 0; parts < 6 && written.length < SEPARATOR_UNITS_MAX; parts += 1) {
    const code = text.codeAt(at);
    if (isOpener(code)) {
      const mark = readBracketed(text, at);
      if (mark?.kind !== 'separator') break;
      written += mark.text;
      at = mark.end;
      isDefanged = true;
    } else if (code === 0x3a && written === '') {
      written = ':';
      at += 1;
    } else if (isSlash(code)) {
      // `\/` is a slash escaped, `\\` two slashes turned round.
      if (code !== 0x5c || text.codeAt(at + 1) !== 0x2f) written += '/';
      at += 1;
    } else break;
  }
  return /^:\/\//.test(written) || (isDefanged && written === ':/') ? { end: at, isDefanged } : null;
}
