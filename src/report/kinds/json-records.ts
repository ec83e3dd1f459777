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
import type { Findings } from '../report.ts';
import { ValuePlaces } from '../text/value-places.ts';
import { readTypedValue } from './csv.ts';
import { againstEntry, type FieldOf, fieldsOf, isUnflagged, type Standing, saidBy } from './record.ts';
import {
  againstKey,
  areNames,
  isList,
  isListOfPlaces,
  isListOfTexts,
  isPlaceOfAttackers,
  OTHERS,
  speaksOfAttacks,
} from './record-keys.ts';

const DEPTH_MAX = 24;
const VALUES_MAX = 2_000_000;
/** Where no field says that it holds indicators, what is said in its texts counts as in any prose. */
export function readRecords(
  parsed: unknown,
  source: string,
  gathering: Gathering,
  isOfAttacks: boolean = speaksOfAttacks(source),
): Findings {
  const against = isAboutSoftware(parsed) ? ABOUT_SOFTWARE : null;
  const reader = new RecordReader(source, gathering, isOfAttacks, against);
  reader.read(parsed, '', 0);
  if (reader.found === 0) readTexts(parsed, source, gathering);
  return titleOf(parsed);
}

/** Of one line, in which a label says nothing: `Host: name` is what a log has. */
const TALK = { standing: 'other' } as const;

function readTexts(parsed: unknown, source: string, gathering: Gathering): void {
  const places = new ValuePlaces(source);
  let read = 0;
  const readAny = (value: unknown, depth: number): void => {
    read += 1;
    if (depth > DEPTH_MAX || read > VALUES_MAX) return;
    if (typeof value === 'string')
      gathering.text(value, places.of(JSON.stringify(value).slice(1, -1)), value.includes('\n') ? {} : TALK);
    else if (typeof value === 'object' && value !== null)
      for (const each of Object.values(value)) readAny(each, depth + 1);
  };
  readAny(parsed, 0);
}

const ABOUT_SOFTWARE: Standing = { reason: 'reference', more: 'of a document about software' };

/** An advisory (CSAF, CVE, OSV), a bill of materials (CycloneDX, SPDX) or what a scanner of code found (SARIF). */
function isAboutSoftware(parsed: unknown): boolean {
  if (typeof parsed !== 'object' || parsed === null) return false;
  const { document, bomFormat, spdxVersion, dataType, $schema, affected, runs } = parsed as Record<
    string,
    unknown
  >;
  if (typeof document === 'object' && document !== null && 'csaf_version' in document) return true;
  if (typeof bomFormat === 'string' || typeof spdxVersion === 'string' || dataType === 'CVE_RECORD')
    return true;
  return (
    (Array.isArray(runs) && /sarif/i.test(String($schema))) ||
    (Array.isArray(affected) && 'aliases' in parsed)
  );
}

class RecordReader {
  readonly #places: ValuePlaces;
  readonly #gathering: Gathering;
  readonly #isOfAttacks: boolean;
  #read = 0;
  /** Why what is read now is no indicator: a key around it says so, or a field of a record around it. */
  #against: Standing | null;
  /** Values in fields that say what they are; references do not count, of which every file is full. */
  found = 0;

  constructor(source: string, gathering: Gathering, isOfAttacks: boolean, against: Standing | null) {
    this.#against = against;
    this.#places = new ValuePlaces(source);
    this.#gathering = gathering;
    this.#isOfAttacks = isOfAttacks;
  }

  read(value: unknown, key: string, depth: number): void {
    // What is in a document of a report is not a reference to one.
    const against = depth <= 1 && /^reports?$/.test(key) ? null : againstKey(key);
    this.#within(against, () => this.#value(value, key, depth));
  }

  #value(value: unknown, key: string, depth: number): void {
    this.#read += 1;
    if (depth > DEPTH_MAX || this.#read > VALUES_MAX || typeof value !== 'object' || value === null) return;
    if (OTHERS.test(key)) return;
    if (Array.isArray(value)) {
      const texts = value.filter((each) => typeof each === 'string');
      if (
        texts.length > 0 &&
        (this.#isListKey(key) || this.#against !== null || (depth === 0 && texts.every(looksLikeIndicator)))
      ) {
        const type = areNames(texts) ? 'domain' : key;
        for (const text of texts) this.#item(text, type);
      }
      for (const each of value) this.read(each, key, depth + 1);
      return;
    }
    this.#object(value as Record<string, unknown>, key, depth);
  }

  #isListKey(key: string): boolean {
    return isList(key) || (this.#isOfAttacks && (isPlaceOfAttackers(key) || isListOfPlaces(key)));
  }

  #object(record: Record<string, unknown>, parent: string, depth: number): void {
    const texts = Object.entries(record).flatMap(([key, each]) =>
      typeof each === 'string' || typeof each === 'number' || typeof each === 'boolean'
        ? ([[key, String(each)]] as const)
        : isListOfTexts(each) && !this.#isListKey(squeeze(key)) && againstKey(squeeze(key)) === null
          ? ([[key, each.join(', ')]] as const)
          : [],
    );
    const of = fieldsOf(texts);
    const isOperators = operatorsKey(of);
    const before = this.#against;
    this.#against ??= againstEntry(of);
    if (isOrder(of) && ![parent, ...Object.keys(record).map(squeeze)].some((key) => OF_C2.test(key)))
      this.#against ??= { reason: 'victim' };
    if (isProgram(record)) this.#against ??= { reason: 'unsure' };
    const type = texts.find(([key]) => TYPE_WORDS.has(squeeze(key)))?.[1] ?? '';
    const value = ownValue(texts, type);
    const isTyped = typeOf(type) !== null || (value !== undefined && /ioc|indic/i.test(value[0]));
    if (value !== undefined && (isTyped || type === '')) this.#entry(value[1], type, of);
    else if (value === undefined || !isTyped) this.#named(texts, of, isOperators, parent);
    if (isKeyedByValue(record))
      for (const [key, each] of Object.entries(record)) {
        const about = fieldsOf(textsOf(each));
        this.#within(againstEntry(about), () => this.#entry(key, '', about));
      }
    for (const [key, each] of Object.entries(record)) {
      const word = squeeze(key);
      this.#within(isOperators(word) ? OPERATORS : null, () => this.read(each, word, depth + 1));
    }
    this.#against = before;
  }

  /** `{"domain": …}` and its kin: each field by its own name. */
  #named(
    texts: readonly (readonly [string, string])[],
    of: FieldOf,
    isOperators: (key: string) => boolean,
    parent: string,
  ): void {
    for (const [key, text] of texts) {
      const word = squeeze(key);
      if (text.trim() === '' || REFERENCE_WORDS.has(word) || PAPERWORK_WORDS.has(word) || OTHERS.test(word))
        continue;
      const against = againstKey(word);
      const isPlace = this.#isOfAttacks && isPlaceOfAttackers(word);
      const isName =
        NAME_WORDS.has(word) || (URL_WORDS.has(word) && !isAboutPage(of)) || isFullUrl(word, parent);
      if (against !== null || isName || isPlace)
        this.#within(against ?? (isOperators(word) ? OPERATORS : null), () =>
          this.#entry(text, isPlace ? 'domain' : word, of),
        );
    }
  }

  /** What is read meanwhile is none, for this reason or for one that was known before. */
  #within(against: Standing | null, read: () => void): void {
    const before = this.#against;
    this.#against ??= against;
    read();
    this.#against = before;
  }

  #entry(text: string, type: string, of: FieldOf): void {
    if (this.#isLeft(text)) return;
    readTypedValue({ text, ...this.#placeOf(text) }, type, saidBy(of), isUnflagged(of), this.#gathering);
  }

  /** Of a list. */
  #item(text: string, key: string): void {
    if (text.trim() === '' || this.#isLeft(text)) return;
    const place = this.#placeOf(text);
    if (typeOf(key) === null) this.#gathering.untyped(text, place);
    else readTypedValue({ text, ...place }, key, {}, false, this.#gathering);
  }

  /** Counts a value, and tells one that something speaks against as what it is. */
  #isLeft(text: string): boolean {
    const against = this.#against;
    if (against?.reason !== 'reference') this.found += 1;
    if (against === null) return false;
    if (looksLikeIndicator(text))
      this.#gathering.leave(text, against.reason, this.#placeOf(text), against.more);
    return true;
  }

  /** Values are met in the order in which they stand. */
  #placeOf(text: string): Place {
    return this.#places.of(JSON.stringify(text).slice(1, -1));
  }
}

const ADDRESS = ['ipaddress', 'ip', 'dstip'];
const OPERATOR = ['asname', 'asnumber', 'asn'];
const OPERATORS: Standing = { reason: 'beside', more: "its address's operator's" };
/** Of an address's operator, with what stands below: of `"asn": {"name": …, "domain": …}` the domain is the operator's own. */
const OPERATORS_KEY = /^(hostname|asn?|company|carrier|abuse|isp)$/;
/** Of a reporter of addresses, whose `domain` is the operator's. */
const REPUTATION = ['abuseconfidencescore'];

/** Which fields of a record of an address are its operator's: the host name beside it is. */
function operatorsKey(of: FieldOf): (key: string) => boolean {
  if (of(ADDRESS) === null) return () => false;
  if (of(REPUTATION) !== null) return (key) => /^(hostnames?|domain)$/.test(key);
  const isTold = of(OPERATOR) !== null || /^AS\d+\b/.test(of(['org']) ?? '');
  return (key) => isTold && OPERATORS_KEY.test(key);
}
const OF_A_PAGE = ['title', 'author', 'sourcename', 'headline', 'version'];
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

/** The field of the record's own value: `{"type": "InternetDomainName", "name": …}` has it under what others call a title. */
function ownValue(
  texts: readonly (readonly [string, string])[],
  type: string,
): readonly [string, string] | undefined {
  const value = texts.find(([key, text]) => VALUE_WORDS.has(squeeze(key)) && text.trim() !== '');
  if (value !== undefined || (typeOf(type) !== 'name' && typeOf(type) !== 'url')) return value;
  return texts.find(([key, text]) => /^(name|summary)$/i.test(key) && looksLikeIndicator(text));
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
