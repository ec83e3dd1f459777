// Decides of each candidate whether it is taken, left out with a reason, or not worth a word.
//
// Decided here: an e-mail address is left out, its domain too (it is the provider's more often than the attacker's; listed
// elsewhere in the report it is taken there). A host on a private suffix is taken, the suffix itself never. A shared host is
// left out with or without a path. A plainly written name is left out unless its field says that it is an indicator.
import { hostToName, nameToText } from '../../wire/presentation.ts';
import { isFileName } from './known/file-names.ts';
import { isSharedHost } from './known/shared-hosts.ts';
import { registrationOf } from './known/suffix.ts';
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
  if (candidate.labels.length > LABELS_MAX) return leave(candidate, 'not-a-name', null, 'too many labels');
  const last = candidate.labels.at(-1)!.text;
  if (/^\d+$/.test(last)) return judgeNumber(candidate);
  const isHost = candidate.context === 'url' || candidate.hasPort || candidate.hasPath;
  const lowered = candidate.labels.map((label) => label.text.toLowerCase());
  if (isFileName({ labels: lowered, isHost: isHost && candidate.context !== 'path' }))
    return candidate.isDefanged ? leave(candidate, 'file') : IGNORE;
  return judgeName(candidate);
}

function judgeName(candidate: Candidate): Judgement {
  const cut = cutToSuffix(candidate.labels);
  const isWord = candidate.labels.every((label) => label.joined !== 'mark');
  if (cut === null) {
    if (!candidate.isDefanged || candidate.context !== 'host' || isWord) return IGNORE;
    return leave(candidate, 'no-suffix');
  }
  const printed = candidate.printed.slice(0, cut.printedLength);
  const said = (reason: LeftOutReason, name: string | null, more?: string): Judgement =>
    leave({ ...candidate, printed }, reason, name, more);
  const wire = hostToName(cut.name);
  if (wire === null) return candidate.isDefanged ? said('not-a-name', null) : IGNORE;
  const name = nameToText(wire);
  if (candidate.context === 'email') return said('email', name);
  if (candidate.context === 'path') return candidate.isDefanged ? said('path', name) : IGNORE;
  if (registrationOf(name) === 'suffix') return candidate.isDefanged ? said('suffix', name) : IGNORE;
  if (!candidate.isDefanged) return said('plain', name);
  if (isSharedHost(name))
    return said('shared-host', name, candidate.hasPath ? 'the report names a path on it' : undefined);
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
  if (!candidate.isDefanged || candidate.context === 'path') return IGNORE;
  const parts = candidate.labels.map((label) => label.text);
  const isAddress = parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256);
  return isAddress
    ? leave(candidate, 'address')
    : leave(candidate, 'not-a-name', null, 'a number or a version');
}

interface Cut {
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
    const name = [...front, end].join('.');
    const ascii = asciiOf(name);
    if (ascii === null || registrationOf(ascii) === 'unknown') continue;
    return { name, printedLength: last.printedLength - (last.text.length - end.length) };
  }
  return null;
}

/** The label, then what stands before a hyphen or before a capital in it. */
function possibleEnds(label: string): string[] {
  const ends = [label];
  const hyphen = label.startsWith('xn--') ? -1 : label.indexOf('-');
  if (hyphen > 0) ends.push(label.slice(0, hyphen));
  const glued = /^(\p{Ll}+)\p{Lu}\p{Ll}/u.exec(label)?.[1];
  if (glued !== undefined) ends.push(glued);
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

function asciiOf(name: string): string | null {
  const wire = hostToName(name);
  return wire === null ? null : nameToText(wire);
}
