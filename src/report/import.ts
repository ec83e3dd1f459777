// Turns one report into the names for a list, with everything that was left out and why. Pure: bytes in, plain data out.
import type { ListFormatName } from '../config/config.ts';
import type { DocumentKind } from './documents/document.ts';
import { Gathering, type Wishes } from './gathering.ts';
import { openTable, readCsv } from './kinds/csv.ts';
import { detectKind } from './kinds/detect.ts';
import { isFeed, readFeed } from './kinds/feed-items.ts';
import { openJson, openYaml } from './kinds/json.ts';
import { readRecords } from './kinds/json-records.ts';
import { openMisp, readMisp } from './kinds/misp.ts';
import { readFencedQuery, readQueries } from './kinds/queries.ts';
import { readSigma } from './kinds/sigma.ts';
import { openStix, readStix } from './kinds/stix.ts';
import { isStix1, readStix1 } from './kinds/stix1-json.ts';
import { readSuricata } from './kinds/suricata.ts';
import { readXml } from './kinds/xml.ts';
import { isRecordXml, xmlAsRecords } from './kinds/xml-records.ts';
import { fileSlug, letsThrough, namesTheHarmless } from './known/file-slug.ts';
import { isBareList } from './layout/line.ts';
import { aboutPage } from './provenance/about-page.ts';
import { aboutText, addressOfPage } from './provenance/about-text.ts';
import { provenanceOf, type Told } from './provenance/provenance.ts';
import type {
  Findings,
  LeftOut,
  LeftOutReason,
  Provenance,
  ReportKind,
  Taken,
  ToldAddress,
} from './report.ts';
import type { TakenNames } from './taken-names.ts';
import { decodeReport } from './text/decode.ts';
import { fencedIn } from './text/markdown.ts';
import { visibleText } from './text/visible.ts';

export interface ImportOptions extends Told, Wishes {
  /** Instead of by content. */
  readonly kind?: ReportKind;
  /** Of the bytes, instead of what they say themselves. */
  readonly encoding?: string;
  /** False: a text of nothing but values and comments is read as prose. */
  readonly mayBeBare?: boolean;
  /** False: it is the text of a page or a cell, whatever tags it speaks of. */
  readonly mayBeHtml?: boolean;
  /** The list's name; one of its words is often the campaign's. */
  readonly name?: string;
}

export interface ReportInput {
  /** One of the two. */
  readonly bytes?: Uint8Array;
  readonly text?: string;
  /** File or URL, for the provenance; null for standard input. */
  readonly sourceName: string | null;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly options?: ImportOptions;
}

export interface ImportResult {
  readonly kind: ReportKind | ListFormatName | DocumentKind;
  /** In the order of the report, each name once. */
  readonly taken: readonly Taken[];
  /** In the order of the report, each name once a reason, without what was taken elsewhere. */
  readonly leftOut: readonly LeftOut[];
  /** Addresses and networks among `leftOut`, each once: what others may stand on too is not blocked unasked. */
  readonly addresses: readonly ToldAddress[];
  /** How many more were left out than `leftOut` holds. */
  readonly leftOutMore: number;
  readonly provenance: Provenance;
  /** What the reader could not do as it should have, in words. */
  readonly warnings: readonly string[];
}

/** @throws ReportError when the bytes are no text (a PDF file, an archive) or too many, or XML stands too deep in itself; no other text makes it throw */
export const importReport = (input: ReportInput): ImportResult => listed(gatherReport(input));

export function listed({ kind, names, isSettled: _, ...rest }: GatheredReport): ImportResult {
  return { kind, taken: names.list(), ...rest };
}

/** The same without an object for each name. */
export interface GatheredReport extends Omit<ImportResult, 'taken'> {
  readonly names: TakenNames;
  /** No other reading of the same text takes more. */
  readonly isSettled: boolean;
}

/** @throws ReportError as importReport does */
export function gatherReport(input: ReportInput): GatheredReport {
  const { sourceName, now, options = {} } = input;
  const text = withoutMark(input.text ?? decodeReport(input.bytes ?? new Uint8Array(0), options.encoding));
  const found = options.kind ?? detectKind(text).kind;
  const detected = found === 'html' && options.mayBeHtml === false ? 'text' : found;
  const page = detected === 'html' ? aboutPage(text).url : addressOfPage(text);
  const published = [options.url, sourceName, page];
  const slug = slugOf(input);
  const wishes = letsThrough(slug) ? { ...options, isOfHarmless: true } : options;
  // What JSON it is shows when it is parsed.
  const kind = options.kind ?? (detected === 'stix' || detected === 'misp' ? 'json' : detected);
  // Most lists say all that there is by themselves: then nobody reads them as prose.
  const bare = kind === 'text' && options.mayBeBare !== false ? gatherBare(input, text) : null;
  const { read, gathering } =
    bare?.isSettled === true
      ? { read: AS_TEXT, gathering: bare }
      : readBest(text, kind, options, () => new Gathering(wishes, published, now));
  const result: GatheredReport = {
    kind: read.kind,
    names: gathering.names,
    leftOut: gathering.leftOut,
    addresses: gathering.addresses,
    leftOutMore: gathering.leftOutMore,
    isSettled: gathering.isSettled,
    provenance: toldBy(input, text, read),
    warnings: [
      ...(read.kind === 'text' && detected !== 'text' && detected !== 'json'
        ? [`looks like ${detected} but cannot be read as that; read as text`]
        : []),
      ...(read.warnings ?? []),
    ],
  };
  return options.mayBeBare === false || gathering === bare ? result : readBare(input, text, result, bare);
}

/** What a text says of itself, and the caller of it. */
function toldBy(input: ReportInput, text: string, { kind, findings }: ReadKind): Provenance {
  const { sourceName, now, options = {} } = input;
  const slug = slugOf(input);
  const isProse = kind === 'text' || kind === 'html' || kind === 'query';
  // A table says its campaign, if at all, over and over in its talk.
  const { datesMentioned, ...said } = isProse
    ? aboutText(visibleText(text, kind === 'html'), slug)
    : { datesMentioned: [], campaign: aboutText(text.slice(0, 65_536), slug).campaign ?? null };
  return provenanceOf({ told: options, findings: [findings, said], datesMentioned, sourceName, now });
}

/** The same of a list, of which nobody asks what its lines name. */
export const provenanceOfList = (input: ReportInput, text: string): Provenance =>
  toldBy(input, text, AS_TEXT);

const AS_TEXT: ReadKind = { kind: 'text', findings: {} };

/**
 * A text of nothing but values and comments is a list of indicators, though no heading says so.
 * @param prose what it gave as a text with parts
 * @returns that, or what it gives as a list where that is more
 */
export function readBare(
  input: ReportInput,
  text: string,
  prose: GatheredReport,
  known: Gathering | null = null,
): GatheredReport {
  const isHarmless = namesTheHarmless(slugOf(input));
  if (prose.kind !== 'text' || (prose.isSettled && !isHarmless)) return prose;
  const bare = known ?? gatherBare(input, text);
  if (bare === null || (!isHarmless && bare.takenCount <= prose.names.size)) return prose;
  const { names, leftOut, addresses, leftOutMore } = bare;
  return { ...prose, names, leftOut, addresses, leftOutMore };
}

/** null where it is more than values and comments. */
function gatherBare(input: ReportInput, text: string): Gathering | null {
  const { options = {}, sourceName, now } = input;
  // The fields of JSON have said what they hold.
  if (!isBareList(text) || openJson(text) !== null) return null;
  const bare = new Gathering(options, [options.url, sourceName], now);
  bare.text(text, START, namesTheHarmless(slugOf(input)) ? { standing: 'benign' } : { isBare: true });
  return bare;
}

const slugOf = ({ options, sourceName }: ReportInput): string | null => options?.name ?? fileSlug(sourceName);

interface ReadKind {
  /** The kind it was read as: what is broken JSON or no table is read as text. */
  readonly kind: ReportKind;
  readonly findings: Findings;
  readonly warnings?: readonly string[];
}

/** What fields say against their entries: a table that says it is one, though nothing of it is taken. */
const SAID_BY_FIELDS: ReadonlySet<LeftOutReason> = new Set<LeftOutReason>([
  'benign',
  'allowed',
  'revoked',
  'expired',
  'victim',
  'observable',
  'excluded',
]);

/** A table that gives nothing may be prose with even commas: what is defanged in it decides. */
function readBest(
  text: string,
  kind: ReportKind,
  options: ImportOptions,
  gather: () => Gathering,
): { read: ReadKind; gathering: Gathering } {
  const gathering = gather();
  const read = readKind(text, kind, gathering);
  const mayBeProse = read.kind === 'csv' && gathering.takenCount === 0 && options.kind === undefined;
  if (!mayBeProse || gathering.leftOut.some(({ reason }) => SAID_BY_FIELDS.has(reason)))
    return { read, gathering };
  const asText = gather();
  asText.text(text, { line: 1, column: 1 });
  return asText.takenCount === 0
    ? { read, gathering }
    : { read: { kind: 'text', findings: {} }, gathering: asText };
}

function readKind(text: string, kind: ReportKind, gathering: Gathering): ReadKind {
  const found = readAs(text, kind, gathering);
  if (found !== null) return found;
  gathering.text(text, START);
  readFenced(text, gathering);
  return { kind: 'text', findings: {} };
}

function readFenced(text: string, gathering: Gathering): void {
  for (const { text: fenced, line, isTable } of fencedIn(text)) {
    const table = isTable ? openTable(fenced, line) : null;
    if (table !== null) readCsv(table, gathering);
    else if (!isTable) readFencedQuery(fenced, line, gathering);
  }
}

const START = { line: 1, column: 1 } as const;

/** null when it cannot be read as that kind. */
function readAs(text: string, kind: ReportKind, gathering: Gathering): ReadKind | null {
  switch (kind) {
    case 'stix':
    case 'misp':
    case 'json':
      return readJson(openJson(text), text, kind, gathering) ?? readYaml(text, gathering);
    case 'csv': {
      const table = openTable(text);
      return table === null ? null : { kind, findings: readCsv(table, gathering) };
    }
    case 'xml': {
      if (isFeed(text.slice(0, 65_536))) return { kind, findings: readFeed(text, gathering) };
      const { findings, found } = readXml(text, gathering);
      if (found > 0) return { kind, findings };
      if (!isRecordXml(text.slice(0, 65_536))) return null;
      return { kind, findings: readRecords(xmlAsRecords(text), text, gathering) };
    }
    case 'sigma': {
      const findings = readSigma(text, gathering);
      return findings === null ? null : { kind, findings };
    }
    case 'suricata':
      readSuricata(text, gathering);
      return { kind, findings: {} };
    case 'query':
      readQueries(text, gathering);
      return { kind, findings: {} };
    case 'html':
      gathering.text(text, START, { isHtml: true });
      readFenced(text, gathering);
      return { kind, findings: aboutPage(text) };
    case 'text':
      return null;
    default:
      return kind satisfies never;
  }
}

/** @param kind what it must be; `json` is a feed's records or any of them */
function readJson(
  parsed: unknown,
  text: string,
  kind: 'stix' | 'misp' | 'json',
  gathering: Gathering,
): ReadKind | null {
  if (parsed === null) return null;
  if (kind !== 'misp') {
    const stix = openStix(parsed);
    if (stix !== null) {
      const warnings = stix.isCut
        ? ['the server has more than this page of it; give its address as taxii+https://…']
        : [];
      return { kind: 'stix', findings: readStix(stix, text, gathering), warnings };
    }
    if (isStix1(parsed, text)) return { kind: 'stix', findings: readStix1(parsed, text, gathering) };
    if (kind === 'stix') return null;
  }
  const events = openMisp(parsed);
  if (events !== null) return { kind: 'misp', findings: readMisp(events, text, gathering) };
  if (kind === 'misp') return null;
  return { kind: 'json', findings: readRecords(parsed, text, gathering) };
}

function readYaml(text: string, gathering: Gathering): ReadKind | null {
  const parsed = openYaml(text);
  return parsed === null ? null : { kind: 'json', findings: readRecords(parsed, text, gathering, true) };
}

const withoutMark = (text: string): string => (text.startsWith('\ufeff') ? text.slice(1) : text);
