// Says where the limits of a name are not certain, so that half a name or two words of prose are not taken for one.
import { CLASS, classOf, NEWLINE, SPACE } from '../characters.ts';
import type { FoldedText } from './folded-text.ts';
import type { Run } from './run.ts';

/** Two-letter domains that are words in some language of reports: after ` [.] ` they may be just that. */
const WORDS = new Set(
  'am an as at be by ca co da de di do en es et eu ga id il in is it la li lo me mi mu my ne no nu om pa re se si so st su to tu uk us va vi ya za'.split(
    ' ',
  ),
);

/**
 * @param printedFrom where the text as printed begins: a wildcard may stand before the first label
 * @returns the doubt in words, or null
 */
export function doubtOf(text: FoldedText, run: Run, printedFrom: number): string | null {
  const first = run.starts[0]!;
  const last = run.starts.at(-1)!;
  const isForeign = isAttached(text, first) || isAttached(text, last);
  if (isForeign && classOf(text.codeAt(first - 1)) !== CLASS.none) return 'the text before it touches it';
  if (printedFrom < first && classOf(text.codeAt(printedFrom - 1)) !== CLASS.none)
    return 'a wildcard stands inside its first label';
  if (isMasked(text, first)) return 'a wildcard stands inside its first label';
  if (isCall(text, run)) return 'a program calls it';
  if (isPlain(run) && /^(.*[^a-z])?(cn|commonname)=$/i.test(text.textOf(Math.max(0, first - 12), first)))
    return 'the subject of a certificate';
  if (isAfterHyphenatedLine(text, first)) return 'the line before it ends in a hyphen';
  if (isBeforePattern(text, run.end)) return 'a pattern of names goes on behind it';
  if (isWordOfSentence(text, run)) return 'its last part may be a word of the sentence';
  return null;
}

/** `man****app.com`, `http://*app.com`; not `**app.com**`. */
function isMasked(text: FoldedText, first: number): boolean {
  let at = first - 1;
  while (text.codeAt(at) === 0x2a) at -= 1;
  return at < first - 1 && (text.codeAt(at) === 0x2f || classOf(text.codeAt(at)) !== CLASS.none);
}

/** `wshShell.Run(line, 0)`. */
function isCall(text: FoldedText, run: Run): boolean {
  return (
    text.codeAt(run.end) === 0x28 &&
    isPlain(run) &&
    /[a-z][A-Z]|\.[A-Z]/.test(text.textOf(run.starts[0]!, run.end))
  );
}

const isPlain = ({ joined }: Run): boolean => joined.every((joint) => joint === 'first' || joint === 'plain');

const isAttached = (text: FoldedText, at: number): boolean => classOf(text.codeAt(at)) === CLASS.attached;

/** `evil.com-[a-z]*.<tld>`. */
function isBeforePattern(text: FoldedText, end: number): boolean {
  return text.codeAt(end) === 0x2d && (text.codeAt(end + 1) === 0x5b || text.codeAt(end + 1) === 0x2a);
}

function isAfterHyphenatedLine(text: FoldedText, first: number): boolean {
  let at = first - 1;
  while (at > first - 40 && text.codeAt(at) === SPACE) at -= 1;
  if (text.codeAt(at) !== NEWLINE || text.codeAt(at - 1) !== 0x2d) return false;
  // A row of hyphens is a rule, not a word cut in two.
  return text.codeAt(at - 2) !== 0x2d && classOf(text.codeAt(at - 2)) !== CLASS.none;
}

/** `defanged with [.] to avoid`: two words around a mark that is spoken of. */
function isWordOfSentence(text: FoldedText, run: Run): boolean {
  if (run.starts.length !== 2 || run.joined[1] !== 'spaced') return false;
  const { end } = run;
  const word = text.textOf(run.starts[1]!, end).toLowerCase();
  return WORDS.has(word) && text.codeAt(end) === SPACE && classOf(text.codeAt(end + 1)) !== CLASS.none;
}
