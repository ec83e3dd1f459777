// Whether an entry is broader than a list may be: the root, a top-level domain, another public suffix, or the machine's own names.
import { getPublicSuffix, parse } from 'tldts';
import { isFound } from '../../policy/patterns.ts';

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
  'localhost4',
  'localhost6',
]);

/** localdomain, the one made-up top-level domain hosts files hang the machine's names on. */
const LOCAL_DOMAIN = Buffer.from('localdomain');

function isLocalDomain(name: Uint8Array, at: number, labels: number): boolean {
  if (name[at] !== LOCAL_DOMAIN.length || labels !== 2) return false;
  return LOCAL_DOMAIN.equals(name.subarray(at + 1, at + 1 + LOCAL_DOMAIN.length));
}

const octets = Buffer.alloc(256);

/** The name's octets as text, dots between the labels, nothing escaped: good enough to look a suffix up, and quick. */
function hostText(name: Uint8Array, length: number): string {
  octets.set(name.subarray(0, length));
  for (let at = name[0]! + 1; name[at] !== 0; at += name[at]! + 1) octets[at] = 0x2e;
  return octets.toString('latin1', 1, length - 1);
}

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
  if (labels > 1 && isFlat(name, last)) return isLocalDomain(name, last, labels) ? 'local-name' : 'usual';
  const text = hostText(name, length);
  if (LOCAL_NAMES.has(text)) return 'local-name';
  if (labels === 1) return isKnownTop(text) ? 'public-suffix' : 'unknown-single-label';
  return getPublicSuffix(text, ICANN_ONLY) === text ? 'public-suffix' : 'usual';
}

/**
 * Whether no ICANN suffix lies below this top-level domain: true of all generic ones but four, so that most names of most
 * lists need no string and no search. Held to by a test that reads the suffix data.
 */
function isFlat(name: Uint8Array, at: number): boolean {
  const length = name[at]!;
  if (length < 3) return false;
  if (name[at + 1] === 0x78 && name[at + 2] === 0x6e && name[at + 3] === 0x2d) return false; // xn--…
  if (length > 4) return true;
  const word =
    (name[at + 1]! << 24) | (name[at + 2]! << 16) | (name[at + 3]! << 8) | (length > 3 ? name[at + 4]! : 0);
  return word !== 0x70726f00 && word !== 0x696e7400 && word !== 0x61727061 && word !== 0x6165726f; // pro int arpa aero
}

/** Whether the public suffix list names this top-level domain; for an unknown one tldts takes the label itself. */
function isKnownTop(label: string): boolean {
  return parse(`x.${label}`, ICANN_ONLY).isIcann === true;
}

/** Names that have nothing in common: an expression found in all of them would block everything. */
const UNLIKE = ['example.com', 'b-7.test', 'www.0.org', 'xn--e1afmkfd.xn--p1ai', '_q.yj.net', 'mm.bbc.co.uk'];

/** @param source an expression the engine takes */
export function isBroadPattern(source: string): boolean {
  return UNLIKE.every((text) => isFound(source, text));
}

/** Whether an expression may be found inside any one label, whoever's name that is of: nothing in it asks for a dot or for the whole name. */
export function isWideExpression(source: string): boolean {
  if (/^\^.*\$$/s.test(source)) return false;
  return !/\\\.|\[\.\]/.test(source);
}
