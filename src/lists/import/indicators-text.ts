// An indicator list as YAML text that people can read and edit; formats/indicators/indicators.ts reads it back.
import {
  Document,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { expiryMsOf } from '../../policy/expiry.ts';
import { comparable } from '../../report/text/refang-host.ts';
import {
  type IndicatorEntry,
  type IndicatorList,
  readIndicatorsTo,
} from '../formats/indicators/indicators.ts';
import { oneLine } from '../formats/indicators/shapes.ts';
import { entriesApart } from './entries-apart.ts';
import { plainItem } from './plain-item.ts';

const HEAD = ` Names of attackers from one report. A query for one of them, or for any name below it, is a hit.
 An entry is a name, or a map: name, note, confidence, campaign, malware, tlp, source, firstPublished, expires,
 subdomains: false (the name alone) or only (the names below it).
 What stands above the entries holds for all of them. Edit freely; an import keeps what you wrote.`;

const ADDRESSES = ` Addresses the report names. Others may stand on them too, so answers are checked against them only where the
 list's settings say \`addresses: true\`.`;

const PRINT = { lineWidth: 100, singleQuote: true } as const;

export function indicatorsText(list: IndicatorList): string {
  const report = reportOf(list);
  const { entries, addresses } = list;
  const document = new Document({
    ...filled({ name: list.name }),
    ...(Object.keys(report).length > 0 ? { report } : {}),
    ...aboutOf(list),
    indicators: entries.slice(0, 1).map(entryValue),
  });
  document.commentBefore = HEAD;
  if (isMap(document.contents))
    for (const { key } of document.contents.items)
      if (isScalar(key) && key.value === 'indicators') key.spaceBefore = true;
  const parts = [document.toString(PRINT), ...itemTexts(entries.slice(1))];
  if (addresses.length > 0)
    parts.push(`\n${ADDRESSES.replaceAll(/^/gm, '#')}\naddresses:\n`, ...itemTexts(addresses));
  return parts.join('');
}

/** The lines of a sequence that stands in a map; a part at a time, since nodes of YAML and unjoined texts cost some hundred octets each. */
function itemTexts(entries: readonly IndicatorEntry[]): string[] {
  const parts: string[] = [];
  for (let from = 0; from < entries.length; from += PART_ENTRIES)
    parts.push(
      entries
        .slice(from, from + PART_ENTRIES)
        .map((entry) => plainItem(entry) ?? itemText(entry))
        .join(''),
    );
  return parts;
}

const PART_ENTRIES = 1000;

const itemText = (entry: IndicatorEntry): string =>
  new Document({ items: [entryValue(entry)] }).toString(PRINT).slice('items:\n'.length);

export interface Merged {
  readonly text: string;
  /** Names the fresh list has and the old one had not, and the other way round. */
  readonly gained: readonly string[];
  readonly lost: readonly string[];
  /** Names that were to end, or had, and end later now or never, since they are reported anew. */
  readonly renewed: readonly string[];
}

/**
 * The old text with the fresh list's names: new ones are added at the end, names it has no more are dropped (unless it only grows). Comments,
 * notes, order and whatever the old text says of the list stay; what it does not say comes from the fresh list.
 * @throws ListError when the old text is no indicator list
 */
export function mergeIndicators(oldText: string, fresh: IndicatorList, grows = false): Merged {
  const old = readOld(oldText, fresh, grows);
  const gained = fresh.entries.filter(({ name }) => !old.ends.has(comparable(name)));
  const lost = [...old.lost];
  const renewed = renewedOf(old, fresh);
  const names = gained.map(({ name }) => name);
  // Entries of a long list stay the text that they are, at the end of which the new ones stand.
  const parted = lost.length === 0 && renewed.size === 0 ? entriesApart(oldText) : null;
  if (parted !== null) {
    const head = parseDocument(parted.text, { schema: 'failsafe' });
    fillIn(head, fresh);
    addAddresses(head, old.addresses, fresh);
    const text = parted.together(head.toString(PRINT), itemTexts(gained).join(''));
    if (text !== null) return { text, gained: names, lost, renewed: [] };
  }
  const document = parseDocument(oldText, { schema: 'failsafe' });
  fillIn(document, fresh);
  const entries = document.get('indicators') ?? document.get('entries');
  if (isSeq(entries)) {
    mendEntries(entries, old.lost, renewed);
    for (const entry of gained) entries.add(document.createNode(entryValue(entry)));
  } else document.set('indicators', document.createNode(gained.map(entryValue)));
  addAddresses(document, old.addresses, fresh);
  const text = document.toString(PRINT);
  return { text, gained: names, lost, renewed: [...renewed.keys()] };
}

interface Old {
  /** Of the fresh list's names that it has, when each ends; null for never. */
  readonly ends: ReadonlyMap<string, string | null>;
  /** Names that only it has. */
  readonly lost: ReadonlySet<string>;
  readonly addresses: ReadonlySet<string>;
}

/** What a fresh list has to know of an old one: of a long list that only grows next to nothing is kept. */
function readOld(text: string, fresh: IndicatorList, grows: boolean): Old {
  const wanted = new Set(fresh.entries.map(({ name }) => comparable(name)));
  const ends = new Map<string, string | null>();
  const lost = new Set<string>();
  const addresses = new Set<string>();
  readIndicatorsTo(text, {
    onList: () => undefined,
    onProblems: () => undefined,
    onEntries: (entries, section) => {
      for (const { name: written, said } of entries) {
        if (section === 'addresses') {
          addresses.add(written);
          continue;
        }
        const name = comparable(written);
        if (wanted.has(name)) ends.set(name, said.expires ?? null);
        else if (!grows) lost.add(name);
      }
    },
  });
  return { ends, lost, addresses };
}

/**
 * By name: when an entry ends that ended sooner before; null for never. A report that says no end renews what was over when it was
 * published; one of before leaves an end that somebody set.
 */
function renewedOf({ ends }: Old, fresh: IndicatorList): Map<string, string | null> {
  const renewed = new Map<string, string | null>();
  for (const { name, said } of fresh.entries) {
    const [known, expires] = [ends.get(comparable(name)) ?? null, said.expires ?? null];
    if (known === null) continue;
    const isAnew = Date.parse(said.firstPublished ?? fresh.published ?? '') >= expiryMsOf(known);
    if (expires === null ? isAnew : expiryMsOf(expires) > expiryMsOf(known))
      renewed.set(comparable(name), expires);
  }
  return renewed;
}

/** Drops those that are lost and says when the renewed ones end now. */
function mendEntries(
  entries: YAMLSeq,
  lost: ReadonlySet<string>,
  renewed: ReadonlyMap<string, string | null>,
): void {
  entries.items = entries.items.filter((item) => {
    const written = isMap(item) ? item.get('name') : isScalar(item) ? item.value : null;
    if (typeof written !== 'string') return true;
    const name = comparable(written);
    const expires = renewed.get(name);
    if (isMap(item) && expires === null) item.delete('expires');
    else if (isMap(item) && expires !== undefined) item.set('expires', expires);
    return !lost.has(name);
  });
}

/** Addresses are added, never dropped: they cost nothing until somebody wants them. */
function addAddresses(document: Document.Parsed, known: ReadonlySet<string>, fresh: IndicatorList): void {
  const gained = fresh.addresses.filter(({ name }) => !known.has(name)).map(entryValue);
  if (gained.length === 0) return;
  const addresses = document.get('addresses');
  if (isSeq(addresses)) {
    for (const value of gained) addresses.add(document.createNode(value));
    return;
  }
  const pair = document.createPair('addresses', gained);
  if (isScalar(pair.key)) introduceAddresses(pair.key);
  document.delete('addresses');
  (document.contents as unknown as YAMLMap).items.push(pair as YAMLMap['items'][number]);
}

function introduceAddresses(key: Scalar): void {
  key.spaceBefore = true;
  key.commentBefore = ADDRESSES;
}

function fillIn(document: Document.Parsed, fresh: IndicatorList): void {
  for (const [key, value] of Object.entries({ ...filled({ name: fresh.name }), ...aboutOf(fresh) }))
    if (!document.has(key)) putBefore(document, key, value);
  const report = reportOf(fresh);
  const about = document.get('report');
  if (isMap(about)) {
    for (const [key, value] of Object.entries(report)) if (!about.has(key)) about.set(key, value);
  } else if (Object.keys(report).length > 0) putBefore(document, 'report', report);
}

/** Above the entries, which stand last. */
function putBefore(document: Document.Parsed, key: string, value: unknown): void {
  const map = document.contents as unknown as YAMLMap;
  const at = map.items.findIndex(
    (pair) => isScalar(pair.key) && /^(indicators|entries)$/.test(String(pair.key.value)),
  );
  map.items.splice(Math.max(0, at), 0, document.createPair(key, value) as (typeof map.items)[number]);
}

const reportOf = (list: IndicatorList): Record<string, unknown> =>
  filled({ title: list.title, source: list.source, url: list.url, published: list.published });

const aboutOf = (list: IndicatorList): Record<string, unknown> =>
  filled({
    campaign: list.campaign,
    confidence: list.confidence,
    note: list.note,
    expires: list.expires,
  });

function entryValue(entry: IndicatorEntry): unknown {
  const said = { ...filled(entry.said), ...subdomainsOf(entry) };
  return Object.keys(said).length === 0 ? entry.name : { name: entry.name, ...said };
}

function subdomainsOf({ isExact, isBelow }: IndicatorEntry): Record<string, string> {
  if (isExact) return { subdomains: 'false' };
  return isBelow === true ? { subdomains: 'only' } : {};
}

function filled(values: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([key, value]) => [key, typeof value === 'string' ? oneLine(value) : value]),
  );
}
