// Hunting queries (KQL, XQL, SPL) and YARA rules: quoted names that are compared with a field of names or URLs, or given a
// name that says so. Everything else in them is text, of which only what is defanged counts.
import type { Gathering } from '../gathering.ts';
import { FENCE } from '../layout/passed-over.ts';
import { LineCounter } from '../line-counter.ts';
import { type Place, START } from '../place.ts';

const SAMPLE_CHARACTERS = 65_536;
const QUERY =
  /^\s*(let\s+\w+\s*=|dataset\s*=|config\s+case_sensitive|preset\s*=|DeviceNetworkEvents|DeviceEvents|DnsEvents|_Im_Dns|CommonSecurityLog|index\s*=|\|\s*(where|filter|project|union)\b)/i;
const YARA_HEAD = /^[ \t]*(?:(?:private|global)\s{1,9}){0,2}rule\s{1,9}\w{1,128}[^{]{0,400}\{/m;
const YARA_SECTION = /\b(?:strings|condition)\s*:/;

/** A query of XQL, below what its article says of it: `dataset = xdr_data`, then `| filter …`. */
const XQL =
  /^[ \t]{0,20}(?:dataset|preset)[ \t]*=[ \t]*\w{1,60}[ \t]*\r?\n[ \t]{0,20}\|[ \t]*(?:filter|fields|alter|comp)\b/m;

/** By one of the first lines that are no comment, or by a query that begins as no sentence does. */
export function isQuery(text: string): boolean {
  if (!/["']/.test(text)) return false;
  const sample = text.slice(0, SAMPLE_CHARACTERS);
  if (XQL.test(sample) || isRuleInToml(sample)) return true;
  const lines = sample
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '' && !/^\s*(\/\/|#|--|\/\*|\*)/.test(line));
  // A guide has its queries between fences, and more than one query.
  const fences = lines.filter((line) => FENCE.test(line));
  const isFenced = fences.length === 2 && fences[0] === lines[0] && fences[1] === lines.at(-1);
  if (!isFenced && lines.slice(0, 3).some((line) => FENCE.test(line))) return false;
  return lines.slice(0, 3).some((line) => QUERY.test(line));
}

/** A rule of Elastic's: its query stands in a field. */
const isRuleInToml = (sample: string): boolean =>
  /^\[rule\]/m.test(sample) && /^query\s{0,9}=\s{0,9}(?:'''|""")/m.test(sample);

export function isYara(text: string): boolean {
  const sample = text.slice(0, SAMPLE_CHARACTERS);
  const head = YARA_HEAD.exec(sample);
  return head !== null && YARA_SECTION.test(sample.slice(head.index + head[0].length));
}

const QUOTED = `@?(?:"[^"\\n]{1,200000}"|'[^'\\n]{1,200000}')`;
/**
 * A field of names, a comparison, one value or a list of them. A field begins where a word does: each word is tried
 * once, however long it is.
 */
const COMPARISON = new RegExp(
  `(?<![\\w.])([\\w.]{0,80}(?:domain|url|dns|query|fqdn|sni|hostname|host_?name|external_host)[\\w.]{0,80})\\s*(!?=~?|==|!?in~?|!?has_any|!?has|!?contains|!?endswith|not\\s+in|!?~=|!?matches(?:\\s+regex)?)\\s*(?:[(\\[]+\\s*)?(?:dynamic\\s*\\(\\s*\\[\\s*)?(${QUOTED}(?:\\s*,\\s*${QUOTED})*)`,
  'giu',
);
/** \`let c2_domains = dynamic([…])\`, \`$c2_1 = "…"\`. */
const ASSIGNED = new RegExp(
  `(?:let\\s+|\\$)(\\w{0,80}(?:domain|url|c2|cnc|host|dns|ioc)\\w{0,80})\\s*=\\s*(?:(?:dynamic\\s*\\(\\s*\\[|datatable[^\\[]{0,200}\\[|pack_array\\s*\\()\\s*)?(${QUOTED}(?:\\s*,\\s*${QUOTED})*)`,
  'giu',
);
/** `$b = "evil.com:3360"`: nothing else has a port. */
const YARA_SERVER = /\$\w{0,80}\s{0,9}=\s{0,9}"((?:[a-z0-9-]{1,63}\.){1,9}[a-z]{2,24}):\d{2,5}"/gi;
const VALUE = /["']([^"'\n]{1,200000})["']/g;
const WHOLE = /^(?:[a-z]{2,8}:\/\/)?\*?\.?(?:[a-z0-9_-]{1,63}\.)+[a-z][a-z0-9-]{1,23}\.?(?:[:/?#].*)?$/i;
/** What a query rules out. */
const NEGATED = /^(!|not\b)/i;
/** `NOT query IN (…)`, `| extend domain = "…"`: ruled out, or no comparison, by the word before the field. */
const NO_COMPARISON = /\b(?:not\s*\(?|extend|eval|project)\s*$/i;
const WORD_BEFORE_CHARACTERS = 16;
/** `let ExcludedDomains = …`: what is ruled out, by what it is called. */
const HARMLESS = /(allow|white|legit|benign|exclu|known_?good|internal|trusted|official|^test)/i;
/** `let c2_domains = …` */
const OF_ATTACKERS = /c2|cnc|ioc|malicious|malware|bad|evil|phish|attacker/i;
/** `// asks for known bad domains`, above a query among others of a guide: its names are the attackers'. */
const ACCUSED =
  /^[ \t]*(?:\/\/|#|--|\*|`)[^\n]{0,200}(?<!\bnon[- ]|\bnot )\b(?:malicious|known[- ]bad|phishing|attacker(?:['’]s|[- ](?:controlled|owned|registered))|threat actor(?:['’]s)?|c2|c&c|ioc)\s+(?:[\w-]{1,20}\s+)?(?:domains?|(?:host)?names?|urls?|hosts?|sites?|servers?|infrastructure)\b/im;

interface Found {
  readonly at: number;
  readonly text: string;
  /** What it is assigned to is called so. */
  readonly isAccused: boolean;
}

export function readQueries(source: string, gathering: Gathering): void {
  const found = comparedIn(source);
  const level = levelOf(source);
  const lines = new LineCounter(source);
  for (const { at, text } of found) {
    lines.moveTo(at);
    const place: Place = { line: lines.line, column: lines.column };
    const name = text.replace(/^\*?\./, '');
    if (level === null) gathering.untyped(name, place);
    else gathering.leave(name, 'unsure', place, `its rule is of level ${level}`);
  }
  const told = level === null ? source : withoutValues(source, found);
  const bare = isYara(source) ? withoutSources(told, gathering) : told;
  // Expressions escape their dots, which marks nothing.
  gathering.text(bare.replaceAll('\\.', '\\_'), START);
}

/**
 * One query of an article or a guide, which has others that find the use of what everybody may use.
 * @param line of its file in which it begins
 */
export function readFencedQuery(source: string, line: number, gathering: Gathering): void {
  const isAccused = ACCUSED.test(source);
  const lines = new LineCounter(source);
  for (const { at, text, ...said } of comparedIn(source)) {
    if (!isAccused && !said.isAccused) continue;
    lines.moveTo(at);
    gathering.untyped(text.replace(/^\*?\./, ''), { line: line + lines.line - 1, column: lines.column });
  }
}

/** What is compared with a field of names, or named as such, in its order. */
function comparedIn(source: string): Found[] {
  const found: Found[] = [];
  for (const match of source.matchAll(COMPARISON))
    if (
      !NEGATED.test(match[2]!) &&
      !HARMLESS.test(match[1]!) &&
      !NO_COMPARISON.test(source.slice(Math.max(0, match.index - WORD_BEFORE_CHARACTERS), match.index))
    )
      collect(match.index + match[0].length - match[3]!.length, match[3]!, false, found);
  for (const match of source.matchAll(ASSIGNED))
    if (!HARMLESS.test(match[1]!))
      collect(
        match.index + match[0].length - match[2]!.length,
        match[2]!,
        OF_ATTACKERS.test(match[1]!),
        found,
      );
  if (isYara(source))
    for (const match of source.matchAll(YARA_SERVER))
      found.push({ at: match.index + match[0].indexOf('"') + 1, text: match[1]!, isAccused: false });
  return found.sort((a, b) => a.at - b.at);
}

/** Of a rule in TOML that says how bad a hit is: below `high` it finds the use of what everybody may use, as Sigma's do. */
function levelOf(source: string): string | null {
  const level = /^severity\s{0,9}=\s{0,9}"(informational|low|medium)"/im.exec(source)?.[1];
  return level !== undefined && isRuleInToml(source) ? level : null;
}

/** Names in comparisons are reported as such: in the text around them they are blanked, lest the headings of a rule's note judge them again. */
function withoutValues(source: string, found: readonly Found[]): string {
  let bare = '';
  for (const { at, text } of found) {
    if (at < bare.length) continue;
    bare += source.slice(bare.length, at) + ' '.repeat(text.length);
  }
  return bare + source.slice(bare.length);
}

/** What a rule says of where it was read of. */
const SOURCE_OF_RULE =
  /^[ \t]*(?:reference|ref|report|source|link|author|license|blog)\w{0,20}\s*=\s*"([^"\n]{0,4000})"/gim;

/** What a rule of YARA cites is told as that. Places stay as they are. */
function withoutSources(source: string, gathering: Gathering): string {
  const lines = new LineCounter(source);
  return source.replaceAll(SOURCE_OF_RULE, (found, cited: string, at: number) => {
    lines.moveTo(at);
    gathering.text(cited, { line: lines.line, column: 1 }, { standing: 'reference' });
    return ' '.repeat(found.length);
  });
}

function collect(from: number, list: string, isAccused: boolean, found: Found[]): void {
  for (const match of list.matchAll(VALUE)) {
    const at = from + match.index + 1;
    // `.*a.com|.*b.com`: an expression that is nothing but names.
    for (const each of match[1]!.split('|')) {
      const text = each
        .replace(/^[\s(^]*(?:\.\*)?(?:\\\.)?/, '')
        .replace(/(?<![\s)$])[\s)$]+$/, '')
        .replaceAll('\\.', '.');
      if (WHOLE.test(text)) found.push({ at, text, isAccused });
    }
  }
}
