// Decides of each candidate whether it is taken, left out with a reason, or not worth a word.
//
// Decided here: an e-mail address is left out, its domain too (it is the provider's more often than the attacker's; listed
// elsewhere in the report it is taken there). A host on a private suffix is taken, the suffix itself never. A shared host is
// left out with or without a path. A plainly written name is left out unless its field says that it is an indicator.

import { isFileName } from './known/file-names.ts';
import { hostText } from './known/host-text.ts';
import { isSharedHost } from './known/shared-hosts.ts';
import { isKnownTop, registrationOf } from './known/suffix.ts';
import { type Candidate, type Label, LEFT_OUT, type LeftOutReason } from './report.ts';

export type Judgement =
  | { readonly kind: 'take'; readonly name: string; readonly printed: string }
  | {
      readonly kind: 'leave';
      readonly name: string | null;
      readonly printed: string;
      readonly reason: LeftOutReason;
      readonly explanation: string;
    }
  /** Prose: nobody would take it for an indicator. */
  | { readonly kind: 'ignore' };

const IGNORE: Judgement = { kind: 'ignore' };
const LABELS_MAX = 128;

export function judge(candidate: Candidate): Judgement {
  const isMeant = candidate.isDefanged || candidate.isTyped || isListed(candidate);
  if (candidate.labels.length > LABELS_MAX)
    return isMeant ? leave(candidate, 'not-a-name', null, 'too many labels') : IGNORE;
  if (candidate.isTyped && candidate.context === 'path') return IGNORE;
  const last = candidate.labels.at(-1)!.text;
  if (/^\d+$/.test(last)) return isMeant ? judgeNumber(candidate) : IGNORE;
  if (isFile(candidate)) return isMeant ? leave(candidate, 'file') : IGNORE;
  return judgeName(candidate, isMeant);
}

/** Alone in a list of names; among indicators of any kind a word in `Mixed.Case` is a detection's or a module's name. */
function isListed({ standing, context, labels }: Candidate): boolean {
  if (context === 'path') return false;
  if (standing === 'name') return true;
  return standing === 'value' && labels.every(({ text }) => !/\p{Lu}/u.test(text) || !/\p{Ll}/u.test(text));
}

/** `com.example.app`, plain and among indicators of any kind: a domain turned round. */
function isPackage({ labels, standing, isDefanged, context }: Candidate): boolean {
  if (isDefanged || standing !== 'value' || context !== 'host' || labels.length < 3) return false;
  return /^(com|org|net|io|edu|gov)$/i.test(labels[0]!.text);
}

function isFile(candidate: Candidate): boolean {
  const { context, hasPort, hasPath, isTyped, standing } = candidate;
  const isHost =
    isTyped || standing === 'name' || context === 'url' || (context !== 'path' && (hasPort || hasPath));
  return isFileName({ labels: candidate.labels.map((label) => label.text.toLowerCase()), isHost });
}

function judgeName(candidate: Candidate, isMeant: boolean): Judgement {
  const cut = cutToSuffix(candidate.labels);
  if (cut === null) {
    const isMarked =
      candidate.isTyped ||
      candidate.standing === 'name' ||
      candidate.labels.some((label) => label.joined === 'mark');
    if (!isMarked || candidate.context !== 'host') return IGNORE;
    return leave(candidate, 'no-suffix', hostText(candidate.labels.map(({ text }) => text).join('.')));
  }
  const printed = candidate.printed.slice(0, cut.printedLength);
  const said = (reason: LeftOutReason, name: string | null, more?: string): Judgement =>
    leave({ ...candidate, printed }, reason, name, more);
  const name = hostText(cut.name);
  if (name === null) return isMeant ? said('not-a-name', null) : IGNORE;
  if (candidate.context === 'email') return said('email', name);
  if (candidate.context === 'path') return isMeant ? said('path', name) : IGNORE;
  const { standing } = candidate;
  if (standing === 'benign' || standing === 'reference' || standing === 'beside') return said(standing, name);
  if (isSharedHost(name) && isMeant)
    return said('shared-host', name, candidate.hasPath ? 'the report names a path on it' : undefined);
  if (registrationOf(name) === 'suffix') return isMeant ? said('suffix', name) : IGNORE;
  if (!isMeant) return said('plain', name);
  if (isPackage(candidate)) return said('unsure', name, 'a program names its packages so');
  if (candidate.doubt !== null) return said('unsure', name, candidate.doubt);
  return { kind: 'take', name, printed };
}

function leave(
  candidate: Pick<Candidate, 'printed'>,
  reason: LeftOutReason,
  name: string | null = null,
  more?: string,
): Judgement {
  const explanation = more === undefined ? LEFT_OUT[reason] : `${LEFT_OUT[reason]}; ${more}`;
  return { kind: 'leave', name, printed: candidate.printed, reason, explanation };
}

/** Addresses, versions, section numbers. */
function judgeNumber(candidate: Candidate): Judgement {
  if (candidate.context === 'path') return IGNORE;
  const parts = candidate.labels.map((label) => label.text);
  const isAddress = parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256);
  return isAddress
    ? leave(candidate, 'address')
    : leave(candidate, 'not-a-name', null, 'a number or a version');
}

interface Cut {
  /** Not yet in A-labels. */
  readonly name: string;
  readonly printedLength: number;
}

/** Weak joints may be the end of a sentence. */
const isWeak = (label: Label): boolean => label.joined !== 'mark';

/**
 * The longest beginning of the labels that ends in a public suffix, or null. Text run together by extraction is cut off:
 * `evil[.]com.The`, `evil[.]com-based`, `evil[.]comDan`.
 */
function cutToSuffix(labels: readonly Label[]): Cut | null {
  for (let count = sentenceEnd(labels); count >= 2; count -= 1) {
    const found = endsWell(labels.slice(0, count));
    if (found !== null) return found;
    if (!isWeak(labels[count - 1]!)) return null;
  }
  return null;
}

function endsWell(labels: readonly Label[]): Cut | null {
  const last = labels.at(-1)!;
  const front = labels.slice(0, -1).map((label) => label.text);
  for (const end of possibleEnds(last.text)) {
    if (!isKnownTop(end)) continue;
    const name = [...front, end].join('.');
    return { name, printedLength: last.printedLength - (last.text.length - end.length) };
  }
  return null;
}

/** The label, then what stands before a hyphen, a footnote's number or a capital in it. */
function possibleEnds(label: string): string[] {
  const ends = [label];
  const hyphen = label.startsWith('xn--') ? -1 : label.indexOf('-');
  if (hyphen > 0) ends.push(label.slice(0, hyphen));
  const glued = /^(\p{Ll}+)\p{Lu}\p{Ll}|^([a-z]+)\d{1,3}$/u.exec(label);
  const front = glued?.[1] ?? glued?.[2];
  if (front !== undefined) ends.push(front);
  return ends;
}

/** A plain dot before a capitalised word, after a lower-case name that is complete, ends a sentence: `evil[.]com.In`. */
function sentenceEnd(labels: readonly Label[]): number {
  for (let index = labels.length - 1; index >= 2; index -= 1) {
    const label = labels[index]!;
    if (!isWeak(label) || !/^\p{Lu}\p{Ll}/u.test(label.text)) continue;
    const before = labels.slice(0, index);
    const isLower = before.every(({ text }) => text === text.toLowerCase());
    const isMarked = before.some(({ joined }) => joined === 'mark');
    if (isLower && isMarked && endsWell(before) !== null) return index;
  }
  return labels.length;
}
