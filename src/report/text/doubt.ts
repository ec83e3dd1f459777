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
 * @param isDefanged its writer has marked what is left of it
 * @returns the doubt in words, or null
 */
export function doubtOf(text: FoldedText, run: Run, printedFrom: number, isDefanged: boolean): string | null {
  const first = run.starts[0]!;
  const last = run.starts.at(-1)!;
  const isForeign = isAttached(text, first) || isAttached(text, last);
  if (isForeign && classOf(text.codeAt(first - 1)) !== CLASS.none) return 'the text before it touches it';
  if (printedFrom < first && classOf(text.codeAt(printedFrom - 1)) !== CLASS.none)
    return 'a wildcard stands inside its first label';
  if (isMasked(text, first)) return 'a wildcard stands inside its first label';
  if (isKeptBack(text, first, isDefanged)) return 'a part of the name is kept back';
  if (isCall(text, run)) return 'a program calls it';
  if (isPlain(run) && /^(.*[^a-z])?(cn|commonname)=$/i.test(text.textOf(Math.max(0, first - 12), first)))
    return 'the subject of a certificate';
  if (isAfterHyphenatedLine(text, first)) return 'the line before it ends in a hyphen';
  if (isAlternative(text, first, run.end)) return 'one of several ends of a pattern';
  if (isBeforePattern(text, run.end)) return 'a pattern of names goes on behind it';
  if (isInExpression(text, run)) return 'a part of an expression that meets other names';
  if (isPlain(run) && text.codeAt(run.end) === 0x26 && isOfQuery(text, first)) return 'a value of a query';
  if (isBrokenOff(text, run)) return 'it is broken off';
  if (isWordOfSentence(text, run)) return 'its last part may be a word of the sentence';
  return null;
}

/** `man****app.com`, `http://*app.com`, `node-*-relay.app.com`; not `**app.com**`. */
function isMasked(text: FoldedText, first: number): boolean {
  let at = first - 1;
  while (text.codeAt(at) === 0x2d) at -= 1;
  if (at < first - 1 && text.codeAt(at) === 0x2a && text.codeAt(at - 1) === 0x2d) return true;
  at = first - 1;
  while (text.codeAt(at) === 0x2a) at -= 1;
  return at < first - 1 && (text.codeAt(at) === 0x2f || classOf(text.codeAt(at)) !== CLASS.none);
}

/** What stands for letters or labels that the writer does not tell: of a pattern (`{random}.evil.com`) the rest is a name. */
const KEPT_BACK =
  /[[<({](?:redacted|removed|blocked|censored|hidden|masked|deleted|omitted|withheld|obfuscated|sanitized|snip(?:ped)?|[^[\]<>(){}]{0,16} (?:redacted|removed|hidden)|x{2,}|\?+|_+)[\])>}](\.?|\[\.\])$|(?<=[\s/"'(]|^)\*{3,}(\.)$/i;
const KEPT_BACK_UNITS_MAX = 40;

/** `p[BLOCKED]h.com` is half a label; before `[REDACTED].company.com` anybody's name may have stood, unless its end is marked. */
function isKeptBack(text: FoldedText, first: number, isDefanged: boolean): boolean {
  const before = text.codeAt(first - 1);
  if (before !== 0x2e && before !== 0x5d && before !== 0x3e && before !== 0x29 && before !== 0x7d)
    return false;
  const found = KEPT_BACK.exec(text.textOf(Math.max(0, first - KEPT_BACK_UNITS_MAX), first));
  if (found === null) return false;
  return !isDefanged || found[1] === '';
}

/** `wshShell.Run(line, 0)`, `a.click()`, `a.download = name`. */
function isCall(text: FoldedText, run: Run): boolean {
  if (!isPlain(run)) return false;
  const written = text.textOf(run.starts[0]!, run.end);
  const isOpened = text.codeAt(run.end) === 0x28;
  const first = run.starts[0]!;
  if (ARGUMENT.test(written) && CALLED.test(text.textOf(Math.max(0, first - CALLED_UNITS_MAX), first)))
    return /^\)[),;]/.test(text.textOf(run.end, Math.min(run.end + 2, text.count)));
  if (isOpened && /[a-z][A-Z]|\.[A-Z]/.test(written)) return true;
  return (
    MEMBER.test(written) &&
    (isOpened || /^\s=\s/.test(text.textOf(run.end, Math.min(run.end + 3, text.count))))
  );
}

/** `escapeJson(order.money),`: a field is handed on. */
const ARGUMENT = /^[a-z][a-zA-Z]*\.[a-z][a-zA-Z]*$/;
const CALLED = /[a-z][a-z0-9]*[A-Z]\w*\($/;
const CALLED_UNITS_MAX = 40;

/** What programs call of an object, and top-level domains. */
const MEMBER =
  /^(?:[a-z_$][\w$]*\.){1,6}(style\.top|open|click|download|run|read|call|map|show|date|name|bar|link|page|space|game|play|live|host|id|in|is|as|at)$/i;

const isPlain = ({ joined }: Run): boolean => joined.every((joint) => joint === 'first' || joint === 'plain');

const isAttached = (text: FoldedText, at: number): boolean => classOf(text.codeAt(at)) === CLASS.attached;

/** `evil.com-[a-z]*.<tld>`. */
function isBeforePattern(text: FoldedText, end: number): boolean {
  return text.codeAt(end) === 0x2d && (text.codeAt(end + 1) === 0x5b || text.codeAt(end + 1) === 0x2a);
}

/** Its dots are those of an expression: `evil\.com`. */
const isEscaped = (text: FoldedText, { joined, ends }: Run): boolean =>
  joined.some((joint, index) => joint === 'mark' && text.codeAt(ends[index - 1]!) === 0x5c);
/** `\..*`, `\.[a-z]+`, `.*\.pl`, `(com|net)`: labels go on that no letters tell. */
const GOES_ON = /^(?:\\\.[.[(*+\\]|\.[*+]\??\\?\.|\((?:\?:)?(?:[a-z]|\\\.)|\[[a-z])/i;
/** What an expression has before a name, and is no letter of one. */
const NO_LETTERS = /https?|\\[a-z]|\[[^\]]{0,40}\]|\{[\d,]{1,9}\}|\(\?[a-z:!=<]{1,3}|www\d?/gi;
const EXPRESSION_UNITS_MAX = 80;

/** `(^|\.)shop\.pl\..*\.top$`, `gift.*\.shop\.pl$`: it meets other names than the one that its letters tell, or some of those below it. */
function isInExpression(text: FoldedText, run: Run): boolean {
  if (!isEscaped(text, run)) return false;
  if (GOES_ON.test(text.textOf(run.end, Math.min(run.end + 8, text.count)))) return true;
  const first = run.starts[0]!;
  if (text.codeAt(first - 1) !== 0x2e || text.codeAt(first - 2) !== 0x5c) return false;
  const before = text.textOf(Math.max(0, first - EXPRESSION_UNITS_MAX), first);
  return /[a-z0-9]/i.test(before.slice(before.search(/[^\s"'`,;/]*$/)).replaceAll(NO_LETTERS, ''));
}

/** `domain.[com|example.org|???]/`: what stands in brackets, between bars, where a name goes on. */
function isAlternative(text: FoldedText, first: number, end: number): boolean {
  const [before, behind] = [text.codeAt(first - 1), text.codeAt(end)];
  if (before !== 0x7c && behind !== 0x7c) return false;
  return (
    (before === 0x7c || before === 0x5b || before === 0x28) &&
    (behind === 0x7c || behind === 0x5d || behind === 0x29) &&
    OF_A_PATTERN.test(text.textOf(Math.max(0, first - ALTERNATIVES_MAX), first))
  );
}
const OF_A_PATTERN = /[\w.-][[(](?:[^\s[\]()|]{1,30}\|)*$/;
const ALTERNATIVES_MAX = 200;

/** `&c=example.org&`, of a URL that was broken; `&h=` tells a remote control its host. */
const OF_QUERY = /&(?!(?:h|host|relay|server|url|domain)=)[a-z_]{1,12}=$/i;
const isOfQuery = (text: FoldedText, first: number): boolean =>
  text.codeAt(first - 1) === 0x3d && OF_QUERY.test(text.textOf(Math.max(0, first - 14), first));

/** Two-letter domains with which usual longer ones begin: `.co`, `.ne`. */
const BEGINNINGS = new Set('ac bi cl co de in li me mo ne pr sh si st to vi'.split(' '));

/** `evil.co…`, `evil.ne...`: cut short; not `evil.com...`, and no sentence that trails off (`……`). */
function isBrokenOff(text: FoldedText, { starts, end }: Run): boolean {
  const code = text.codeAt(end);
  const isCut =
    (code === 0x2026 && text.codeAt(end + 1) !== 0x2026) ||
    text.textOf(end, Math.min(end + 3, text.count)) === '...';
  return isCut && BEGINNINGS.has(text.textOf(starts.at(-1)!, end).toLowerCase());
}

function isAfterHyphenatedLine(text: FoldedText, first: number): boolean {
  let at = first - 1;
  while (at > first - 40 && text.codeAt(at) === SPACE) at -= 1;
  if (text.codeAt(at) !== NEWLINE || text.codeAt(at - 1) !== 0x2d) return false;
  // A row of hyphens is a rule, not a word cut in two.
  return text.codeAt(at - 2) !== 0x2d && classOf(text.codeAt(at - 2)) !== CLASS.none;
}

/** Behind an end that is spoken of. */
const OF_DOMAINS = /^ (?:domains|names|sites|tlds?|extensions?|suffix)/i;

/** `defanged with [.] to avoid`, `one of many [.]com domains`: two words around a mark that is spoken of. */
function isWordOfSentence(text: FoldedText, run: Run): boolean {
  if (run.starts.length !== 2 || run.joined[1] !== 'spaced') return false;
  const { end } = run;
  const isWord = /^\p{Ll}+$/u.test(text.textOf(run.starts[0]!, run.ends[0]!));
  if (isWord && OF_DOMAINS.test(text.textOf(end, Math.min(end + 12, text.count)))) return true;
  const word = text.textOf(run.starts[1]!, end).toLowerCase();
  return WORDS.has(word) && text.codeAt(end) === SPACE && classOf(text.codeAt(end + 1)) !== CLASS.none;
}
