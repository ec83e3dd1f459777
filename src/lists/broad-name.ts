// Whether an entry is broader than a list may be: the root, a top-level domain, another public suffix, or the machine's own names.
import { getPublicSuffix, parse } from 'tldts';
import { Patterns } from '../policy/patterns.ts';
import { nameToText } from '../wire/presentation.ts';

/** Public suffixes of the ICANN section have at most this many labels; names with more need no look. */
const SUFFIX_LABELS_MAX = 4;

/** Private suffixes (github.io, duckdns.org) are somebody's names and may be listed: the ICANN section alone counts. */
const ICANN_ONLY = {
  extractHostname: false,
  validateHostname: false,
  detectIp: false,
  mixedInputs: false,
  allowPrivateDomains: false,
} as const;

/** What hosts files say of the machine that reads them. */
const LOCAL_NAMES = new Set([
  'localhost',
  'local',
  'broadcasthost',
  'ip6-localhost',
  'ip6-loopback',
  'ip6-localnet',
  'ip6-mcastprefix',
  'ip6-allnodes',
  'ip6-allrouters',
  'ip6-allhosts',
  'localhost.localdomain',
  'localhost4.localdomain4',
  'localhost6.localdomain6',
  'localhost4',
  'localhost6',
]);

export type Breadth = 'usual' | 'root' | 'public-suffix' | 'local-name' | 'unknown-single-label';

/** @param name wire form, lower case */
export function breadthOf(name: Uint8Array, length: number): Breadth {
  let labels = 0;
  let last = 0;
  for (let at = 0; name[at] !== 0; at += name[at]! + 1) {
    last = at;
    labels += 1;
  }
  if (labels === 0) return 'root';
  if (labels > SUFFIX_LABELS_MAX) return 'usual';
  if (labels > 1 && isFlat(name, last)) return 'usual';
  const text = nameToText(name.subarray(0, length));
  if (LOCAL_NAMES.has(text)) return 'local-name';
  if (labels === 1) return isKnownTop(text) ? 'public-suffix' : 'unknown-single-label';
  return getPublicSuffix(text, ICANN_ONLY) === text ? 'public-suffix' : 'usual';
}

/** com, net, org: most of every list, and no ICANN suffix lies below them. Saves a string and a search per name. */
function isFlat(name: Uint8Array, at: number): boolean {
  if (name[at] !== 3) return false;
  const word = (name[at + 1]! << 16) | (name[at + 2]! << 8) | name[at + 3]!;
  return word === 0x636f6d || word === 0x6e6574 || word === 0x6f7267;
}

/** Whether the public suffix list names this top-level domain; for an unknown one tldts takes the label itself. */
function isKnownTop(label: string): boolean {
  return parse(`x.${label}`, ICANN_ONLY).isIcann === true;
}

/** Names that have nothing in common: an expression found in all of them would block everything. */
const UNLIKE = ['example.com', 'b-7.test', 'www.0.org', 'xn--e1afmkfd.xn--p1ai', '_q.yj.net', 'mm.bbc.co.uk'];

/** @param source an expression the engine takes */
export function isBroadPattern(source: string): boolean {
  const patterns = new Patterns([{ source, rule: 0 }]);
  return UNLIKE.every((text) => patterns.matches(0, text));
}
