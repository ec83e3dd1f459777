// Sigma rules: names that a detection compares a DNS question, a URL's host, a connection's host name or a mail's links with, and addresses.
//
// Decided: what the condition negates (`and not filter`) is let through and names nothing. A rule that only finds the use of
// what everybody may use says so by its level; names of one below `high` are shown, not taken.
import { type Document, isAlias, parseAllDocuments, visit } from 'yaml';
import type { Gathering } from '../gathering.ts';
import { KILL_SWITCH } from '../layout/heading.ts';
import type { Place } from '../place.ts';
import type { EntryScope, Findings } from '../report.ts';
import { refangNetwork } from '../text/refang-host.ts';
import { ValuePlaces } from '../text/value-places.ts';
import { DOCUMENT, yamlParts } from '../yaml/parts.ts';
import { dateOf } from './said.ts';

/** Of its beginning. */
const CONDITION_CHARACTERS = 2_097_152;
const FIELDS =
  /^(queryname|query|dnsquestionname|dnsquery|rdnsname|dns_query_name|dns\.question\.name|question|destinationhostname|desthost|dst_host|dsthost|cs-host|cshost|c[s-]?-?uri-host|r-dns|host|(?:http[._])?host|http\.request\.headers?\.host|(?:msg_?|e?mail_?|message_?)?body(?:[._]links?)?|links?|url\.domain|urldomain|cs-uri|csuri|c-uri|curi|url|remoteurl|dest_domain|domain|hostname|sni|tls\.client\.server_name|server_name)$/i;
/** To whom a connection goes. */
const ADDRESS_FIELDS =
  /^(?:destination[._]?ip|dest[._]?ip|dst[._]?ip|destination[._]address|remote[._]?ip|ip[._]dst)$/i;
const HOST = /^\.?(?:[a-z0-9_-]{1,63}\.)+[a-z][a-z0-9-]{1,23}$/i;

/** @param sample its beginning; a condition often stands behind long lists of names */
export function isSigma(sample: string, text: string): boolean {
  return (
    /^detection[ \t]*:/m.test(sample) &&
    /^(logsource|title)[ \t]*:/m.test(sample) &&
    /^[ \t]+condition[ \t]*:/m.test(text.slice(0, CONDITION_CHARACTERS))
  );
}

/** @returns null when it is no YAML */
export function readSigma(source: string, gathering: Gathering): Findings | null {
  const places = new ValuePlaces(source);
  const placeOf = (text: string): Place => ({ line: places.of(text).line, column: 1 });
  let first: Findings | null = null;
  for (const part of yamlParts(source, DOCUMENT) ?? []) {
    const documents = documentsOf(part);
    if (documents === null) return null;
    for (const document of documents) {
      const said = part.includes('*') && hasAliases(document) ? null : readRule(document, placeOf, gathering);
      first ??= said;
    }
  }
  return first;
}

/** @returns what it says of itself; null where it is no rule */
function readRule(
  document: Document,
  placeOf: (text: string) => Place,
  gathering: Gathering,
): Findings | null {
  if (document.errors.length > 0) return null;
  const rule: unknown = document.toJS();
  if (!isMap(rule) || !isMap(rule['detection'])) return null;
  const title = textOf(rule['title']);
  const judged = {
    isKillSwitch: KILL_SWITCH.test(title ?? ''),
    level: textOf(rule['level']) ?? 'high',
    about: `${title ?? ''}. ${textOf(rule['description']) ?? ''}`,
  };
  readDetection(rule['detection'], judged, placeOf, gathering);
  return { title, published: dateOf(textOf(rule['date'])?.replaceAll('/', '-')) };
}

/** Keys that are collections cost too much, as in records. */
const OF_RULES = { prettyErrors: false, stringKeys: true } as const;

/** YAML has no tabs before a key; some rules have, beside spaces. */
function documentsOf(source: string): Document[] | null {
  try {
    const documents = parseAllDocuments(source, OF_RULES) as Document[];
    if (!source.includes('\t') || documents.every(({ errors }) => errors.length === 0)) return documents;
    return parseAllDocuments(source.replaceAll('\t', '    '), OF_RULES) as Document[];
  } catch {
    return null;
  }
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** They would be followed as often as they are named. */
function hasAliases(document: Document): boolean {
  let found = false;
  visit(document, {
    Alias: (_, node) => {
      found ||= isAlias(node);
      return visit.BREAK;
    },
  });
  return found;
}

function readDetection(
  detection: Record<string, unknown>,
  { level, isKillSwitch, about }: Judged,
  placeOf: (text: string) => Place,
  gathering: Gathering,
): void {
  const condition = [detection['condition']]
    .flat()
    .filter((each) => typeof each === 'string')
    .join(' or ');
  const negates = negationsOf(condition);
  const isSure = /^(high|critical)$/i.test(level);
  for (const [name, selection] of Object.entries(detection)) {
    if (name === 'condition' || name === 'timeframe') continue;
    const isNegated = negates(name);
    for (const { field, value } of comparisonsIn(selection)) {
      const isAddress = ADDRESS_FIELDS.test(field.split('|', 1)[0]!) && refangNetwork(value) !== null;
      const found = isAddress ? { name: value, scope: 'exact' as const } : nameOf(field, value);
      if (found === null) continue;
      const place = placeOf(value);
      if (isNegated) gathering.leave(found.name, 'allowed', place, 'the rule leaves it out');
      else if (isKillSwitch)
        gathering.leave(
          found.name,
          'benign',
          place,
          'a kill switch: where it is blocked, the malware goes on',
        );
      else if (!isSure && !isCalledAttackers(found.name, about))
        gathering.leave(found.name, 'unsure', place, `its rule is of level ${level.slice(0, 20)}`);
      else if (isAddress) gathering.leave(value, 'address', place);
      else gathering.typed(found.name, place, {}, found.scope);
    }
  }
}

/** What a rule says of itself. */
interface Judged {
  readonly level: string;
  readonly isKillSwitch: boolean;
  /** Its title and its description. */
  readonly about: string;
}

const OF_ATTACKERS =
  /^[`"')\]]{0,2}\s+(?:is (?:a|the) )?(?:\p{L}+ )?(?:c2|c&c|command[- ]and[- ]control|delivery|payload|malware|malicious|phishing|exfil\p{L}*|staging|distribution)\b/iu;

/** `Detects DNS queries for domains associated with a campaign`: of what it finds everybody using, a rule says what it is for. */
const ALL_OF_ATTACKERS =
  /\b(?:domains?|hosts?|host ?names?|indicators?|infrastructure|(?:c2|c&c) servers?)\s+(?:that (?:are|were) )?(?:associated with|linked to|related to|tied to|attributed to|belonging to|used (?:by|in)|operated by)\s+(?!\S*(?:\s+\S+){0,6}?\s*\b(?:services?|software|tools?|providers?|vpns?|prox(?:y|ies)|mining|miners?|pools?|apis?|remote|rmm|cloud|storage|sharing|tunnel\w*|legitimate|look-?ups?|tor|shorten\w*|cdns?|dynamic dns|browsers?|platforms?|websites?|applications?)\b)/iu;

/** `DNS query for cdn.evil.com delivery domain`: whatever the rule's level. */
function isCalledAttackers(name: string, about: string): boolean {
  if (ALL_OF_ATTACKERS.test(about)) return true;
  const at = about.toLowerCase().indexOf(name.toLowerCase());
  return at >= 0 && OF_ATTACKERS.test(about.slice(at + name.length, at + name.length + 60));
}

/** Longer names of selections are compared no further. */
const SELECTION_CHARACTERS_MAX = 200;

/** Whether a condition negates a selection: `not filter`, `not 1 of filter_*`, `not (filter_a or filter_b)`. */
function negationsOf(condition: string): (name: string) => boolean {
  const whole = new Set<string>();
  const beginnings = new Set<string>();
  for (const [, body = ''] of condition.matchAll(
    /\bnot\s+((?:\d+|all|any)\s+of\s+[\w*]+|\([^()]*\)|[\w*]+)/gi,
  ))
    for (const word of body.match(/[\w*]+/g) ?? []) {
      const star = word.indexOf('*');
      if (star < 0) whole.add(word);
      else if (star > 0) beginnings.add(word.slice(0, star));
    }
  return (name) => {
    if (whole.has(name)) return true;
    if (beginnings.size === 0) return false;
    for (let end = Math.min(name.length, SELECTION_CHARACTERS_MAX); end > 0; end -= 1)
      if (beginnings.has(name.slice(0, end))) return true;
    return false;
  };
}

function* comparisonsIn(selection: unknown): Generator<{ field: string; value: string }> {
  for (const map of [selection].flat()) {
    if (!isMap(map)) continue;
    for (const [field, values] of Object.entries(map))
      for (const value of [values].flat()) if (typeof value === 'string') yield { field, value };
  }
}

function nameOf(field: string, value: string): { name: string; scope: EntryScope } | null {
  const [word = '', ...modifiers] = field.toLowerCase().split('|');
  if (!FIELDS.test(word)) return null;
  if (
    modifiers.some((each) => each === 're' || each === 'cidr' || each === 'startswith' || each === 'base64')
  )
    return null;
  const bare = value.replace(/^\*(?=\.)|^https?:\/\//i, '').replace(/[/*].*$/, '');
  if (!HOST.test(bare) || value.startsWith('/')) return null;
  const isBelow = bare.startsWith('.');
  return { name: bare.replace(/^\./, ''), scope: isBelow ? 'below' : 'subtree' };
}
