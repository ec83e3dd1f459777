// Words with dots between them that nobody writes for a name: words of prose around an odd dot, numbered items, packages.

import type { Candidate } from '../report.ts';
import { isFileName } from './file-names.ts';
import { registrationOf } from './suffix.ts';

/** What names that are defanged by an odd dot end in; not what products and trades are called: `iOS·Android`, `Rust·AI`. */
const ODD_END =
  /^(com|net|org|edu|gov|info|biz|top|xyz|shop|site|online|club|(?!ai|ci|cd|io|it|pc|id|ip|os|tv|me|vm|ad|ms|pr|ir|tm)[a-z]{2})$/i;

export const isMixed = (text: string): boolean => /\p{Lu}/u.test(text) && /\p{Ll}/u.test(text);

/** `WorkDrive·pCloud`, `获得 RCE。Google 于`: an odd dot parts words and sentences where words have no spaces around them. */
export function isWordsSideBySide({
  labels,
  isTyped,
  isField,
  standing,
  context,
  printed,
}: Candidate): boolean {
  if (
    isTyped ||
    isField ||
    context !== 'host' ||
    /[．﹒]/.test(printed) ||
    standing === 'name' ||
    standing === 'value'
  )
    return false;
  if (!labels.some(({ joined }) => joined === 'odd') || labels.some(({ joined }) => joined === 'mark'))
    return false;
  return labels.some(({ text }) => isMixed(text)) || !ODD_END.test(labels.at(-1)!.text);
}

/** `7.Cat <path>` in a list of commands. */
export function isNumberedItem({ labels, isTyped, isDefanged, context }: Candidate): boolean {
  if (isTyped || isDefanged || context !== 'host' || labels.length !== 2) return false;
  return /^\d{1,2}$/.test(labels[0]!.text) && /^\p{Lu}\p{Ll}+$/u.test(labels[1]!.text);
}

/** `com.example.app`, plain and among indicators of any kind: a domain turned round. */
export function isPackage({ labels, standing, isDefanged, isTyped, context }: Candidate): boolean {
  if (isDefanged || isTyped || standing === null || context !== 'host' || labels.length < 3) return false;
  if (/^(com|net|org|info|biz|edu|gov)$/i.test(labels.at(-1)!.text)) return false;
  if (!/^(com|org|net|io)$/i.test(labels[0]!.text)) return false;
  // `com-login`, `gov.in`: an imitation.
  const second = labels[1]!.text.toLowerCase();
  return !second.includes('-') && registrationOf(`${labels[0]!.text.toLowerCase()}.${second}`) !== 'suffix';
}

/** A candidate that is a file, by how it ends and where it stands. */
export function isFile(candidate: Candidate): boolean {
  const { context, hasPort, hasPath, isTyped, standing } = candidate;
  // `process.0xffffe800239e8080.dm`, a piece of memory that was written down.
  if (!isTyped && context !== 'url' && candidate.labels.some(({ text }) => /^0x[0-9a-f]{6,16}$/i.test(text)))
    return true;
  // Under C2 servers stand their scripts and `tool-1.0.3.zip`, too.
  const last = candidate.labels.at(-1)!.text;
  const isArchive = !isTyped && /^zip$/i.test(last);
  if (isArchive && context !== 'url' && candidate.labels.some(({ text }) => /^\d+$/.test(text))) return true;
  const isScript =
    /^(py|java)$/i.test(last) ||
    (isArchive && /\p{Lu}/u.test(candidate.labels.at(-2)!.text)) ||
    (/^(sh|ps)$/i.test(last) && /-.*-/.test(candidate.labels.at(-2)!.text));
  const isListed = standing === 'name' && !isScript;
  const isHost = isTyped || isListed || context === 'url' || (context !== 'path' && (hasPort || hasPath));
  return isFileName({ labels: candidate.labels.map((label) => label.text.toLowerCase()), isHost });
}
