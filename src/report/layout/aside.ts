// What the words around a name, in its own line, say against it: that it is a legitimate site, is not malicious, is a kill switch, or that the line
// is a header of a mail, whose hosts are what the sender claims.

import { mayBeFile } from '../known/file-names.ts';
import { looksLikeIndicator } from '../known/kind-words.ts';
import { byFirstLetter } from '../known/words.ts';
import type { Candidate } from '../report.ts';
import { KILL_SWITCH, type Standing } from './heading.ts';
import {
  COULD_BE_HIJACKED,
  HAS_THE_HOLE,
  IMITATED_BEHIND,
  IMITATES_ABROAD,
  LEGITIMATE_ABROAD,
  TAKEN_OVER_ABROAD,
} from './languages.ts';
import { hostPrinted } from './look-alike.ts';
import { isOfAttacked, isOfOwners } from './owners.ts';
import { denialIn } from './remarks.ts';
import { isOfOwnersInAsia } from './without-spaces.ts';

/** `link`: it leads a reader to that site; `live`: though it is defanged, to a page of it. */
export type Aside = 'benign' | 'kill-switch' | 'mail' | 'link' | 'live' | null;

/** Spares a closer look at most lines. */
const MAY_SAY = byFirstLetter(
  /[\p{Script=Han}\p{Script=Hangul}]|настоящ|подлинн|справжн|ориг[иі]нальн|prawdziw|oryginaln|véritable|auténtic|autentic|verdad|\bver[oaie] |gerçek|asıl|or[iy][jg]inal|sich als|legit|légit|legal|legít|легит|легал|легіт|meşru|resm[iî]|شرع|مشروع|رسم|offi[cz]i|ofici|oficj|ufficial|официал|офіцій|malveil|вредонос|шкідлив|złośliw|zararlı|kötü|خبيث|имитир|імітує|маск|podszywa|imit|usurp|passer pour|suplant|pasar por|passa|spaccia|ahmt|تنتحل|ينتحل|taklit|vulnerab|unpatched|flaw|weakness|bugs?\b|dealer|vendor|manufactur|supplier|retailer|wholesaler|distributor|university|hospital|airline|ministry|embassy|newspaper|law firm|similar to|identical to|close to|owned by|operated by|leased|rented|password|target|cibl|vis[ae]|hijack|taken over|漏洞|缺陷|攻击|商|劫持|接管|visited|opened|browsed|seriös|echte|genuine|official|\breal\b|actual|authentic|pinging|contacting|cloned|clones|cloning|replac|defensively|copied|mirrored|accounts?\b|mailbox|inbox|benign|malici|harm|malevol|bösartig|own\b|not\b|n['’]t|never|block|believ|thought|assum|leak|extortion|webseite|website|homepage|stolen|received|path|helo|spf|dkim|tool|software|applic|utility|program|librar|project|framework|product|kill|imperson|mimic|squat|look-?alike|looks? like|homogl|homogr|misspell|mistaken|confused|resembl|spoof|imitat|masquerad|pretend|poses? as|posing|according|as per|as reported|statistics|figures|connect|cookies|credentials|hosted|GmbH|\bAG\b|\bInc\b|\bLtd\b|\bLLC\b|\bCorp\b|B\.V|S\.A|S\.r\.l/iu,
);
const MAIL_HEADER =
  /^[\s>*\-–•`"']*(received|return-path|helo|ehlo|received-spf|authentication-results|dkim-signature|message-id|envelope-from|x-(originating|mailer|sender)[a-z-]*)\s*[:=]/i;
/** `the victim's browser viewed the legitimate site www.…`. */
const LEGITIMATE =
  /\b(legitimate|legit|genuine|benign|official)\s+(?:[\p{L}-]{1,20}\s+){0,2}?(?:(?:web ?)?(?:sites?|pages?|portals?)|domains?|urls?|hosts?|hostnames?|services?|servers?|websites?|sources?)(?:\s+(?:of|for|at|from|like|such as|is|was|are|named|called|address)){0,2}\s*[:("'`*[<]*$/isu;
/** `uses the freeware tool X (hxxp://…)`, `Example GmbH (hxxp://…)`: whose the site is. */
const OF_A_TOOL =
  /\b(freeware|open[- ]?source|(?:publicly|freely)[- ]available|3rd[- ]party|third[- ]party|commercial|embedded)\b[^;]{0,120}?\b(tool|software|application|utility|program|product|library|project|framework)\b[^;]{0,60}(?:\(\s*|\bavailable (?:at|from|on)\s+)$/is;
const OF_A_COMPANY = /\b(GmbH|AG|Inc|Ltd|LLC|Corp|B\.V|S\.A|S\.r\.l)\.?\s*\(\s*$/;
/** `impersonates example.org`: the site that is imitated, next to the word; `the spoofed site evil.com` is the attackers'. */
const IMITATED =
  /\b(?:impersonat(?:es?|ed|ing)|mimic(?:s|king)?|resembl(?:es?|ing)|spoof(?:s|ing)|imitat(?:es?|ing)|masquerad(?:es?|ing) as|pretend(?:s|ing)? to be|pos(?:es?|ing) as|typo-?squat(?:s|ted|ting)?(?: (?:of|on|for)|(?! (?:site|website|page|domain|portal)\b))|(?:look-?alikes?|imitations?|impersonations?|homo(?:graph|glyph)s?|misspellings?)(?: (?:domain|site|name|version)s?)? (?:of|for)|(?:mistaken for|confused with|looks? like|made to look like)(?= (?:the )?(?:real|true|original|official|legitimate)\b))(?:\s+(?:the|that of|those of))?(?:\s+(?:real|true|original|official|legitimate))?(?:\s+(?:site|website|page|domain|portal))?\s+[`"'*(]*$/i;
/** `a kill switch domain, evil.com`, `evil.com, which acts as a kill switch`: where it is blocked, the malware goes on. */
const KILL_SWITCH_BEFORE = new RegExp(
  `${KILL_SWITCH.source}(?: (?:web ?sites?|sites?|domains?|domain names?|urls?|hosts?|names?|servers?)){0,2}(?: (?:is|was|are|were|of|at|named|called)){0,2}\\s*[:,("'\`*[<–-]*\\s*$`,
  'i',
);
const KILL_SWITCH_BEHIND =
  /^(?:[/:?][^\s,;]*)?[^\p{L}.;:]{0,6}(?:(?:which|that|is|was|are|were|acts?|acted|serves?|served|used|functions?|works?|as|an?|the|its|their|domain|url|called|known)\b[\s,"'`]{1,4}){0,6}kill[- ]?switch\b/iu;
/** Whose figures or words they are; data come from a victim or a server as well. */
const CITED =
  /\b(?:according to|as per|as reported (?:by|on)|(?:statistics|figures) (?:from|by))\s+[`"'*(]*$/i;
/** `includes a connectivity check to example.org`: whoever is always there. */
const ASKED =
  /\bconnect(?:ivity|ion) (?:check|test)s? (?:to|against|with|via|using|of)(?: the)?(?: (?:site|website|domain|url|host))?\s+[`"'“*(]*$/i;
/** `Domains hosted: ~794 (examples: …)`: who else is on that address. */
const NEIGHBOURS =
  /\b(?:domains hosted|hosted domains|co-?hosted (?:domains|sites|websites))\W{0,8}[~≈]?\d[\d.,]{0,9}\s?[km]?\W{0,3}\((?:examples?|e\.g)\b[^)]{0,800}$/i;
/** `steals session cookies for “example.org”`: of whom something is stolen. */
const STOLEN_OF =
  /\b(?:cookies|credentials|passwords) (?:for|of)(?: the)?(?: (?:site|website|domain|portal))?\s+[`"'“*(]*$/i;
/** `If any of “bank.example” or “other.example” is visited, it sends …`: what it waits for. */
const ANY_OF = /\b(?:if|when|whenever|once)\s+(?:any|one|either)\s+of\b(?:(?!\.\s)[^;])*$/i;
const VISITED = /^[^;]{0,120}?\b(?:is|are|gets?)\s+(?:visited|opened|browsed)\b/i;
/** `[docs-url]: https://example.org/`: what links of the page lead to, by their names. */
const LINK_DEFINITION = /^\s{0,3}\[[^\]]{1,60}\]:\s+<?$/;
/** Characters before a name in which it is said, and before that in which it is taken back. */
const BEFORE_MAX = 200;
const TAKEN_OVER_MAX = 80;
/** Characters behind it. */
const BEHIND_MAX = 200;
/** Of its URL: what is said of it stands behind that. */
const PATH = /^(?::\d{1,5})?[/?](?:[^\s`"'*),]|,(?!\s))*/;
/** Between a name and the end of its link. */
const LINK_CHARACTERS_MAX = 300;
/** Legitimate and in an attacker's hands. */
const TAKEN_OVER = /compromis|hack|hijack|infect|inject|breach|abus|poison|(?<!\p{L})(il|non-?)$/iu;

/** Whether a line may say anything of its names: most do not, and are asked once. */
export const maySayAside = (line: string): boolean =>
  line.includes('](') || line.includes(']:') || MAY_SAY.test(line);

/**
 * @param at where the name begins in a line that may say something
 * @param lead the end of the line above, which this one goes on with
 */
export function asideOf(line: string, at: number, end: number, lead = ''): Aside {
  if (isLive(line, at, end)) return 'live';
  if (isLink(line, at, end)) return 'link';
  if (LINK_DEFINITION.test(line.slice(0, at)) && /^https?:/i.test(line.slice(at))) return 'link';
  if (MAIL_HEADER.test(line)) return 'mail';
  const before = (lead + line.slice(Math.max(0, at - BEFORE_MAX), at)).slice(-BEFORE_MAX);
  if (OF_A_TOOL.test(before) || OF_A_COMPANY.test(before) || IMITATED.test(before) || CITED.test(before))
    return 'benign';
  if (ASKED.test(before) || STOLEN_OF.test(before) || NEIGHBOURS.test(line.slice(0, at))) return 'benign';
  const behind = line.slice(end, end + BEHIND_MAX).replace(PATH, '');
  const isTakenOver = TAKEN_OVER.test(before.slice(-TAKEN_OVER_MAX));
  if (isOfAttacked(line, before) || isOfOwners(before, behind, isTakenOver)) return 'benign';
  if (KILL_SWITCH_BEFORE.test(before) || KILL_SWITCH_BEHIND.test(behind)) return 'kill-switch';
  if (IMITATES_ABROAD.test(before) || IMITATED_BEHIND.test(line.slice(end))) return 'benign';
  if (isSaidOfOwners(before, HAS_THE_HOLE) || isSaidOfOwners(before, LEGITIMATE_ABROAD)) return 'benign';
  if (isOfOwnersInAsia(before, behind)) return 'benign';
  if (COULD_BE_HIJACKED.test(behind) || (VISITED.test(behind) && ANY_OF.test(before))) return 'benign';
  const said = before.search(LEGITIMATE);
  if (said >= 0 && !TAKEN_OVER.test(before.slice(Math.max(0, said - TAKEN_OVER_MAX), said))) return 'benign';
  const denial = denialIn(line.slice(end));
  if (denial < 0) return null;
  // What stands between the two has the word said of it instead.
  const between = line.slice(end, end + denial).split(/[\s,;|]+/);
  return between.slice(1).some(looksLikeIndicator) ? null : 'benign';
}

/** And not taken back: `взломанный официальный сайт`, `un sitio legítimo comprometido`. */
function isSaidOfOwners(before: string, pattern: RegExp): boolean {
  const said = before.search(pattern);
  if (said < 0) return false;
  const around = before.slice(Math.max(0, said - TAKEN_OVER_MAX));
  return !TAKEN_OVER.test(around) && !TAKEN_OVER_ABROAD.test(around);
}

/** `[Example[.]org](https://example.org/2026/what-happened)`: nobody who wants no clicks adds a page to the name. */
function isLive(line: string, at: number, end: number): boolean {
  if (line[at - 1] !== '[' || !line.startsWith('](https://', end)) return false;
  const name = hostPrinted(line.slice(at, end));
  const from = end + '](https://'.length;
  const [host = '', page = ''] = line.slice(from, from + LINK_CHARACTERS_MAX).split(/[/)](.*)/s, 2);
  const isOfName = host.toLowerCase() === name || host.toLowerCase().endsWith(`.${name}`);
  return isOfName && line[from + host.length] === '/' && /^[^\s)]/.test(page);
}

/**
 * `[example.org](https://example.org/2026/an-article)`, either half: made to be followed. `[evil.com](http://evil.com/)` is what
 * programs make of any name.
 */
function isLink(marked: string, at: number, end: number): boolean {
  // A mark's brackets are none of the link; those that stand for them are as long.
  const line = marked.replaceAll(DOT_IN_BRACKETS, '$1($2$3)');
  const isTarget = at >= 2 && line.startsWith('](', at - 2);
  // `[![build](https://…/badge.svg)](https://…)`, and an image whose address is broken off.
  if (isTarget && (line[at - 3] === ')' || line.startsWith('![', at - 4))) return true;
  const middle = isTarget ? at - 2 : line.indexOf('](', end);
  if (middle < 0 || middle - end > LINK_CHARACTERS_MAX) return false;
  const opened = line.lastIndexOf('[', isTarget ? middle : at);
  const closed = line.indexOf(')', middle);
  if (opened < 0 || closed < 0 || line.slice(opened + 1, middle).includes(']')) return false;
  const written = line.slice(opened + 1, middle);
  const text = withoutScheme(written);
  const target = withoutScheme(line.slice(middle + 2, closed));
  if (text === target) return IS_TITLE.test(written) && line.startsWith('https:', middle + 2);
  const host = target.split(/[/?#]/, 1)[0]!;
  const isHost = host === text || host.endsWith(`.${text}`) || text.startsWith(`${host}/`);
  // `[setup.sh](https://…/main/setup.sh)`
  const isFile = mayBeFile(text.slice(text.lastIndexOf('.') + 1)) && target.endsWith(`/${text}`);
  return isTarget || isHost || isFile;
}

/** `[.]`, `[dot]`, `\[.\]` as Markdown escapes it. */
const DOT_IN_BRACKETS = /(\\?)\[(\.|dot)(\\?)\]/gi;

/** `[Example.org](https://www.example.org/)`: a person's; programs leave a name's letters as they are. */
const IS_TITLE = /^\s*\p{Lu}[\p{L}\d-]*\.[\p{L}.]{2,20}\s*$/u;

const withoutScheme = (url: string): string =>
  url
    .toLowerCase()
    .replaceAll(/[`*]/g, '')
    .replaceAll(/\\?\((?:\.|dot)\\?\)/g, '.')
    .trim()
    .replace(/^(https?:\/\/)?(www\.)?/, '')
    .replace(/\/$/, '');

/**
 * What a name is in, by its line as a whole. A slash alone before it, under a heading of names, is how some make a URL dead:
 * `/evil.com`.
 * @param lead what stands before such a slash; null where that is more, or there is none
 */
export function contextBy(
  context: Candidate['context'],
  aside: Aside,
  standing: Standing | null,
  lead: Lead | null,
): Candidate['context'] {
  if (aside === 'mail' && context === 'host') return 'email';
  if (context !== 'path' || lead === null) return context;
  return standing === 'name' || (standing === 'value' && lead === 'address') ? 'host' : context;
}

/** What the words around a name say of it, wherever it stands. */
export function saidBy(aside: Aside): Standing | null {
  if (aside === 'live') return 'reference';
  return aside === 'benign' || aside === 'kill-switch' ? 'benign' : null;
}

/** What may stand before a slash that makes a URL dead: nothing, or the host's address: `/evil.com`, `192.0.2.7 /evil.com`. */
export type Lead = 'nothing' | 'address';

export function leadOf(before: string | null): Lead | null {
  if (before === null) return null;
  if (before === '') return 'nothing';
  return /^(\d{1,3}\[?\.\]?){3}\d{1,3}(:\d{1,5})?[ \t]+$/.test(before) ? 'address' : null;
}
