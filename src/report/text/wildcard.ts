// What stands before a name for the names below it: `*.`, `*[.]`, a dot alone.
import { CLASS, classOf, SPACE } from '../characters.ts';
import type { FoldedText } from './folded-text.ts';
import { readMark } from './refang.ts';

/** Past `*.` or `*[.]` or a leading mark, when a label follows. */
export function skipWildcard(text: FoldedText, at: number): number {
  const dot = text.codeAt(at) === 0x2a ? at + 1 : at;
  const mark = readMark(text, dot);
  const end = mark?.kind === 'dot' ? mark.end : text.codeAt(dot) === 0x2e ? dot + 1 : at;
  return end > at && classOf(text.codeAt(end)) !== CLASS.none ? end : at;
}

/** `.evil.com`, with nothing before the dot. */
export function isAfterDot(text: FoldedText, first: number): boolean {
  const before = text.codeAt(first - 2);
  return text.codeAt(first - 1) === 0x2e && before !== 0x2a && (before === SPACE || before === 0);
}

/** A wildcard before the first label is printed with it. */
export function printedStart(text: FoldedText, first: number): number {
  for (let back = Math.max(0, first - 5); back < first; back += 1)
    if (text.codeAt(back) === 0x2a && skipWildcard(text, back) === first) return back;
  return first;
}

/** `server-{1,30}[.]evil.com`: a mark before it, behind a pattern. */
export const isAfterMark = (text: FoldedText, first: number): boolean =>
  text.codeAt(first - 1) === 0x5d &&
  /[\])}>*][[({]\.[\])}]$/.test(text.textOf(Math.max(0, first - 4), first));
