// The usual name in a field of names, of which nothing says more than that it is one: judging a million of them by every rule costs
// ten times as much. Whatever may be more is judged by the rules. Twin in tests: `judge`.

import { isExtension } from './file-names.ts';
import { mayBeInDocuments } from './in-documents.ts';
import { TOPS_OF_ONE } from './operators.ts';
import { endsOfRules } from './private-suffixes.ts';
import { ENDS_OF_SHARED_HOSTS, mayBeService } from './shared-hosts.ts';

/** `trojan.win32.vatet.sm`: what a scanner calls malware. */
export const DETECTION =
  /^(?:trojan|backdoor|ransom|virus|worm|exploit|hacktool|riskware|adware|downloader|dropper|spyware|rootkit|heur)[a-z-]*\.(?:win32|win64|w32|w64|msil|msoffice|linux|android(?:os)?|osx|macos|vbs|js|html|java|python|php|bat|powershell|script|generic|multi)\./;
const CHARACTERS_MAX = 253;
const LABEL_MAX = 63;
const DOT = 0x2e;
const HYPHEN = 0x2d;
const TOP = /^[a-z]{2,24}$/;
/** Names for one network or one machine (RFC 6761, RFC 8375, RFC 6762 appendix G, and what routers and offices use). */
export const HOME_ONLY: ReadonlySet<string> = new Set(
  'local localhost localdomain lan corp home internal intranet private domain arpa workgroup host router'.split(
    ' ',
  ),
);

let odd: ReadonlyMap<string, ReadonlySet<string>> | null = null;
/** By last label, those before it of what is a suffix, stands above one or is shared; made when it is first asked for. */
const oddEnds = (): ReadonlyMap<string, ReadonlySet<string>> => {
  odd ??= byLastLabel([...endsOfRules(), ...ENDS_OF_SHARED_HOSTS]);
  return odd;
};

function byLastLabel(ends: readonly string[]): Map<string, Set<string>> {
  const labels = new Map<string, Set<string>>();
  for (const end of ends) {
    const dot = end.lastIndexOf('.');
    const top = end.slice(dot + 1);
    const found = labels.get(top) ?? new Set();
    labels.set(top, found.add(dot < 0 ? '' : end.slice(0, dot)));
  }
  return labels;
}

const NO_LABELS: ReadonlySet<string> = new Set();
/** Of a top-level domain that was met, the labels before it that are not usual; null where none is. */
const tops = new Map<string, ReadonlySet<string> | null>();
const TOPS_MAX = 10_000;

/**
 * Whether a field's value is a name in its usual form that every rule takes.
 * @param text as it is written: of lower case
 */
export function isUsualName(text: string): boolean {
  const dot = lastDot(text);
  const odd = dot < 0 ? null : oddBefore(text.slice(dot + 1));
  if (odd === null) return false;
  const label = text.slice(text.lastIndexOf('.', dot - 1) + 1, dot);
  return !odd.has(label) && !mayBeService(label) && !mayBeInDocuments(label) && !DETECTION.test(text);
}

/** Whether a text is a host name in lower case and nothing else: its last label of letters, so that it is no address. */
export function isPlainName(text: string): boolean {
  const dot = lastDot(text);
  return dot >= 0 && TOP.test(text.slice(dot + 1));
}

/** Where the last label's dot stands; −1 where it is no host name of two labels and more in letters, digits and hyphens. */
function lastDot(text: string): number {
  if (text.length > CHARACTERS_MAX) return -1;
  let dot = -1;
  let before = DOT;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === DOT) {
      if (before === DOT || before === HYPHEN || at - dot > LABEL_MAX + 1) return -1;
      dot = at;
    } else if (code === HYPHEN) {
      if (before === DOT) return -1;
    } else if ((code < 0x61 || code > 0x7a) && (code < 0x30 || code > 0x39)) return -1;
    before = code;
  }
  return before === DOT || before === HYPHEN ? -1 : dot;
}

function oddBefore(top: string): ReadonlySet<string> | null {
  let odd = tops.get(top);
  if (odd === undefined) {
    odd = oddEnds().get(top) ?? NO_LABELS;
    const isJudged = isExtension(top) || HOME_ONLY.has(top) || TOPS_OF_ONE.has(top);
    if (!TOP.test(top) || isJudged || odd.has('*')) odd = null;
    if (tops.size >= TOPS_MAX) tops.clear();
    tops.set(top, odd);
  }
  return odd;
}
