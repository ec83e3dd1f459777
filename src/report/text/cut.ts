// Where a name ends that was read out of prose: text run together by extraction is cut off (`evil[.]com.The`, `evil[.]com-based`).
import { isKnownTop } from '../known/suffix.ts';
import type { Label } from '../report.ts';

export interface Cut {
  /** Not yet in A-labels. */
  readonly name: string;
  readonly printedLength: number;
}

/** Of Namecoin and its kin. */
export const isOtherRoot = (top: string): boolean => OTHER_ROOTS.has(top);

/** The labels as they are, whatever they end in. */
export function wholeName(labels: readonly Label[]): Cut {
  return { name: labels.map(({ text }) => text).join('.'), printedLength: labels.at(-1)!.printedLength };
}

/** Weak joints may be the end of a sentence. */
const isWeak = (label: Label): boolean => label.joined !== 'mark';

/** The longest beginning of the labels that ends in a known top-level domain, or null. */
export function cutToSuffix(labels: readonly Label[]): Cut | null {
  for (let count = sentenceEnd(labels); count >= 2; count -= 1) {
    const found = endsWell(labels.slice(0, count));
    if (found !== null) return found;
    if (!isWeak(labels[count - 1]!) || isPartOfName(labels, count)) return null;
  }
  return null;
}

/** `bank[.]com.lan`: a plain lower-case end of a name that is written small is the name's, known or not. */
function isPartOfName(labels: readonly Label[], count: number): boolean {
  const { text, joined } = labels[count - 1]!;
  return joined === 'plain' && /^[a-z]{2,6}$/.test(text) && HOME_OR_OTHER_ROOT.has(text);
}

const words = (text: string): string[] => text.split(' ');
/** Roots that attackers' own resolvers ask (Namecoin, EmerDNS, OpenNIC). */
const OTHER_ROOTS: ReadonlySet<string> = new Set(
  words('bit bazar coin emc libre geek chan pirate gopher indy parody dyn oss'),
);
const HOME_OR_OTHER_ROOT: ReadonlySet<string> = new Set([
  ...OTHER_ROOTS,
  ...words('local lan corp home internal intranet localdomain lib eth crypto onion i2p'),
]);

function endsWell(labels: readonly Label[]): Cut | null {
  const last = labels.at(-1)!;
  const front = labels.slice(0, -1).map((label) => label.text);
  for (const end of possibleEnds(last.text)) {
    if (!isKnownTop(end) && !isOtherRoot(end)) continue;
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
