// Feeds in JSON: objects with an indicator or a name in a field that says so, whatever is around them (OTX, ThreatFox, URLhaus,
// CERT.PL, ECS). Fields are known by the same words as a table's columns.
import type { Gathering } from '../gathering.ts';
import {
  looksLikeIndicator,
  NAME_WORDS,
  PAPERWORK_WORDS,
  REFERENCE_WORDS,
  squeeze,
  TYPE_WORDS,
  typeOf,
  URL_WORDS,
  VALUE_WORDS,
} from '../known/kind-words.ts';
import type { Place } from '../place.ts';
import type { Findings, LeftOutReason, Taken } from '../report.ts';
import { ValuePlaces } from '../text/value-places.ts';
import { readTypedValue } from './csv.ts';
import { againstEntry, type FieldOf, fieldsOf, isUnflagged, saidBy } from './record.ts';

const DEPTH_MAX = 24;
const VALUES_MAX = 2_000_000;
/** What is under these keys is about the report, or is nothing that it accuses. */
const OTHERS =
  /^(authors?|reporter|headers?|request|response|warnings|schema|context|meta(data)?|urlhauslink|urlhausreference)$/;
/** Under these keys stand names, which are told as what they are: no indicators. */
const AGAINST: readonly (readonly [RegExp, LeftOutReason])[] = [
  [
    /^(known|is)?(benign|harmless|legit(imate)?|good|clean|trusted|safe|white-?list(ed)?|allow(ed)?(list(ed)?)?|falsepositives?|exclu(de|ded|sions?)|ignored?)(domains?|hosts?|names?|urls?|sites?|list|indicators?|iocs?|entries|values?)?$/,
    'benign',
  ],
  [/^(victims?|targets?|targeted|impersonated|spoofed)(domains?|hosts?|names?|urls?|sites?)?$/, 'victim'],
  [
    /^(references?|refs|externalreferences|sources?|reports?|links?|permalinks?|selfreference|bibliography|furtherreading|seealso)(urls?|links?)?$/,
    'reference',
  ],
];

function againstKey(key: string): LeftOutReason | null {
  return AGAINST.find(([words]) => words.test(key))?.[1] ?? null;
}

/** @returns null when no field of it says that it holds indicators */
export function readRecords(parsed: unknown, source: string, gathering: Gathering): Findings | null {
  const reader = new RecordReader(source, gathering);
  reader.read(parsed, '', 0);
  return reader.found > 0 ? titleOf(parsed) : null;
}

class RecordReader {
  readonly #places: ValuePlaces;
  readonly #gathering: Gathering;
  #read = 0;
  /** Why what is read now is no indicator: a key around it says so. */
  #against: LeftOutReason | null = null;
  /** Values in fields that say they are indicators. */
  found = 0;

  constructor(source: string, gathering: Gathering) {
    this.#places = new ValuePlaces(source);
    this.#gathering = gathering;
  }

  read(value: unknown, key: string, depth: number): void {
    const before = this.#against;
    // What is in a document of a report is not a reference to one.
    this.#against ??= depth <= 1 && /^reports?$/.test(key) ? null : againstKey(key);
    this.#value(value, key, depth);
    this.#against = before;
  }

  #value(value: unknown, key: string, depth: number): void {
    this.#read += 1;
    if (depth > DEPTH_MAX || this.#read > VALUES_MAX || typeof value !== 'object' || value === null) return;
    if (OTHERS.test(key)) return;
    if (Array.isArray(value)) {
      const texts = value.filter((each) => typeof each === 'string');
      if (
        texts.length > 0 &&
        (isList(key) || this.#against !== null || (depth === 0 && texts.every(looksLikeIndicator)))
      )
        for (const text of texts) this.#typed(text, key, {});
      for (const each of value) this.read(each, key, depth + 1);
      return;
    }
    this.#object(value as Record<string, unknown>, key, depth);
  }

  #object(record: Record<string, unknown>, parent: string, depth: number): void {
    const texts = Object.entries(record).flatMap(([key, each]) =>
      typeof each === 'string' || typeof each === 'number' || typeof each === 'boolean'
        ? ([[key, String(each)]] as const)
        : Array.isArray(each) &&
            each.every((one) => typeof one === 'string') &&
            each.length > 0 &&
            !isList(squeeze(key))
          ? ([[key, each.join(', ')]] as const)
          : [],
    );
    const of = fieldsOf(texts);
    const before = this.#against;
    if (isOrder(of) && ![parent, ...Object.keys(record).map(squeeze)].some((key) => OF_C2.test(key)))
      this.#against ??= 'victim';
    if (isProgram(record)) this.#against ??= 'unsure';
    const type = texts.find(([key]) => TYPE_WORDS.has(squeeze(key)))?.[1] ?? '';
    const value = texts.find(([key, text]) => VALUE_WORDS.has(squeeze(key)) && text.trim() !== '');
    const isTyped = typeOf(type) !== null || (value !== undefined && /ioc|indic/i.test(value[0]));
    if (value !== undefined && (isTyped || type === '')) this.#entry(value[1], type, of);
    else if (value === undefined || !isTyped) this.#named(texts, of, parent);
    if (isKeyedByValue(record))
      for (const [key, each] of Object.entries(record)) this.#entry(key, '', fieldsOf(textsOf(each)));
    for (const [key, each] of Object.entries(record)) this.read(each, squeeze(key), depth + 1);
    this.#against = before;
  }

  /** `{"domain": …}` and its kin: each field by its own name. */
  #named(texts: readonly (readonly [string, string])[], of: FieldOf, parent: string): void {
    // An address with its operator: the host name beside it is the operator's.
    const isOperators = of(ADDRESS) !== null && of(OPERATOR) !== null;
    for (const [key, text] of texts) {
      const word = squeeze(key);
      if (text.trim() === '' || REFERENCE_WORDS.has(word) || PAPERWORK_WORDS.has(word) || OTHERS.test(word))
        continue;
      const against = againstKey(word);
      if (against !== null) {
        this.#leave(text, against);
        continue;
      }
      const isName =
        NAME_WORDS.has(word) || (URL_WORDS.has(word) && !isAboutPage(of)) || isFullUrl(word, parent);
      if (!isName || (isOperators && word === 'hostname')) continue;
      this.#entry(text, word, of);
    }
  }

  /** Tells a name or URL as what it is, without counting it as found: a file of references alone is no feed. */
  #leave(text: string, reason: LeftOutReason): void {
    if (looksLikeIndicator(text)) this.#gathering.leave(text, reason, this.#placeOf(text));
  }

  #entry(text: string, type: string, of: FieldOf): void {
    if (this.#against !== null) {
      this.#leave(text, this.#against);
      return;
    }
    this.found += 1;
    const place = this.#placeOf(text);
    const against = againstEntry(of);
    if (against !== null) this.#gathering.leave(text, against.reason, place, against.more);
    else readTypedValue({ text, ...place }, type, saidBy(of), isUnflagged(of), this.#gathering);
  }

  #typed(text: string, key: string, said: Taken['said']): void {
    if (text.trim() === '') return;
    if (this.#against !== null) {
      this.#leave(text, this.#against);
      return;
    }
    this.found += 1;
    const place = this.#placeOf(text);
    if (typeOf(key) === null) this.#gathering.untyped(text, place, said);
    else readTypedValue({ text, ...place }, key, said, false, this.#gathering);
  }

  /** Values are met in the order in which they stand. */
  #placeOf(text: string): Place {
    return this.#places.of(JSON.stringify(text).slice(1, -1));
  }
}

const ADDRESS = ['ipaddress', 'ip', 'dstip'];
const OPERATOR = ['asname', 'asnumber', 'asn'];
const OF_A_PAGE = ['title', 'author', 'sourcename', 'headline'];
const KEYED_MIN = 2;
const METHOD = ['method', 'httpmethod'];
const PACE = ['period', 'threads', 'threadcount', 'rps'];
/** Whose server is asked so is the attacker's own. */
const OF_C2 = /^(c2|cnc|beacon|callback|gate|panel|controller|commandandcontrol)|(c2|cnc)s?$/;

/** What a bot is told to ask, how, and how often: whom its owner attacks. */
const isOrder = (of: FieldOf): boolean => of(METHOD) !== null && of(PACE) !== null;

/** Settings of a program, with what it is to block: its owner's opponents as often as anything else. */
const isProgram = (record: Record<string, unknown>): boolean => {
  const keys = Object.keys(record).map(squeeze);
  return keys.some((key) => BLOCKS.test(key)) && keys.some((key) => SETTING.test(key));
};
const BLOCKS = /^(block|deny)[a-z]*(list|domains?|urls?|hosts?)$/;
const SETTING =
  /^(token|apikey|password|dnsservers?|upstreams?|proxy|interval|timeout|botid|guid|mutex|install[a-z]*)$/;

/** `{"evil.com": {"threat": …}, "192.0.2.1": …}`: what is said of each indicator stands under it. */
function isKeyedByValue(record: Record<string, unknown>): boolean {
  const keys = Object.keys(record);
  return (
    keys.length >= KEYED_MIN &&
    keys.every((key) => looksLikeIndicator(key) && typeof record[key] === 'object' && record[key] !== null)
  );
}

/** Of an object, or of the first in a list. */
function textsOf(value: unknown): readonly (readonly [string, string])[] {
  const told: unknown = Array.isArray(value) ? value[0] : value;
  return typeof told !== 'object' || told === null
    ? []
    : Object.entries(told).flatMap(([key, each]) => (typeof each === 'string' ? [[key, each] as const] : []));
}

/** `domains`, `iocs`, `blockList`: a list of values. */
function isList(key: string): boolean {
  return (
    NAME_WORDS.has(key) ||
    VALUE_WORDS.has(key) ||
    URL_WORDS.has(key) ||
    /^(block|deny|malicious)[a-z]*(list|domains?|urls?|hosts?)$/.test(key)
  );
}

/** `{title, url, author}` is where to read on. */
const isAboutPage = (of: FieldOf): boolean => of(OF_A_PAGE) !== null;

/** ECS: `threat.indicator.url.full`. */
const isFullUrl = (word: string, parent: string): boolean =>
  parent === 'url' && (word === 'full' || word === 'original');

function titleOf(parsed: unknown): Findings {
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return {};
  const { name, title, created, published } = parsed as Record<string, unknown>;
  const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
  return {
    title: text(title) ?? text(name),
    published: /^\d{4}-\d\d-\d\d/.exec(text(published) ?? text(created) ?? '')?.[0] ?? null,
  };
}
