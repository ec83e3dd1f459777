// What the public suffix list says of a name: whether it ends in a suffix, and whether it is one itself.
import { parse } from 'tldts';
import { hostText } from './host-text.ts';

const OPTIONS = {
  extractHostname: false,
  validateHostname: false,
  detectIp: false,
  mixedInputs: false,
  allowPrivateDomains: true,
} as const;

export type Registration = 'name' | 'suffix' | 'unknown';

/**
 * Private suffixes count: github.io itself is left out, since strangers register names under it; evil.github.io is a name.
 * @param name lower case, A-labels
 */
export function registrationOf(name: string): Registration {
  const { publicSuffix, isIcann, isPrivate } = parse(name, OPTIONS);
  if (publicSuffix === null || !(isIcann || isPrivate)) return 'unknown';
  return publicSuffix === name ? 'suffix' : 'name';
}

/** Whether each last label met is a top-level domain; prose repeats its words. */
const tops = new Map<string, boolean>();
const TOPS_MAX = 10_000;

export function isKnownTop(label: string): boolean {
  const known = tops.get(label);
  if (known !== undefined) return known;
  const name = hostText(`x.${label}`);
  const isTop = name !== null && registrationOf(name) !== 'unknown';
  if (tops.size >= TOPS_MAX) tops.clear();
  tops.set(label, isTop);
  return isTop;
}

/** What somebody registered: the suffix and one label more; null when there is no such thing. */
export function registeredOf(name: string): string | null {
  return parse(name, OPTIONS).domain;
}
