// Turns one report into the names for a list, with everything that was left out and why. Pure: bytes in, plain data out.
import type { ListFormatName } from '../config/config.ts';
import type { DocumentKind } from './documents/document.ts';
import { Gathering, type Wishes } from './gathering.ts';
import { detectKind } from './kinds/detect.ts';
import { openJson } from './kinds/json.ts';
import { fileSlug, letsThrough, namesTheHarmless } from './known/file-slug.ts';
import { isBareList } from './layout/line.ts';
import { START } from './place.ts';
import { aboutPage } from './provenance/about-page.ts';
import { aboutText, addressOfPage } from './provenance/about-text.ts';
import { provenanceOf, type Told } from './provenance/provenance.ts';
import { AS_TEXT, type Reading, type ReadKind, readBest } from './read-kind.ts';
import type { LeftOut, Provenance, ReportKind, Taken, ToldAddress } from './report.ts';
import type { TakenNames } from './taken-names.ts';
import { decodeReport } from './text/decode.ts';
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
export function importReport(input: ReportInput): ImportResult {
  const { isSettled: _, ...gathered } = gatherReport(input);
  return listed(gathered);
}

/** With an object for each name. */
export const listed = <T extends Gathered>({ kind, names, ...rest }: T) => ({
  kind,
  taken: names.list(),
  ...rest,
});

/** The same without an object for each name. */
export interface Gathered extends Omit<ImportResult, 'taken'> {
  readonly names: TakenNames;
}

export interface GatheredReport extends Gathered {
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
  const asProse = (part: string): Reading =>
    readBest(part, kind, options.kind !== undefined, () => new Gathering(wishes, published, now));
  const mayBeBare = options.mayBeBare !== false;
  const isOpen = kind === 'text' && mayBeBare;
  const { read, gathering } = isOpen ? readRather(input, text, asProse) : asProse(text);
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
  return isOpen || !mayBeBare ? result : readBare(input, text, result);
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

/** So much of a text shows whether it is rather a list. */
const BEGINNING_CHARACTERS = 524_288;

/**
 * A text of nothing but values and comments is a list of indicators, though no heading says so.
 * @returns that, where it takes more than the text with parts does
 */
function readRather(input: ReportInput, text: string, asProse: (part: string) => Reading): Reading {
  if (!isList(text)) return asProse(text);
  const end = text.length > BEGINNING_CHARACTERS ? text.lastIndexOf('\n', BEGINNING_CHARACTERS) : -1;
  const beginning = end > 0 ? text.slice(0, end + 1) : text;
  const bare = gatherBare(input, beginning);
  const first = richer(isEnough(input, bare) ? null : asProse(beginning), bare);
  if (beginning === text) return first;
  const prose = first.gathering === bare ? null : asProse(text);
  // Hashes and comments may be all of a beginning: what follows may be a list for all that it says.
  return prose?.gathering.isSettled === true ? prose : richer(prose, gatherBare(input, text));
}

const richer = (prose: Reading | null, bare: Gathering): Reading =>
  prose !== null && bare.takenCount <= prose.gathering.takenCount
    ? prose
    : { read: AS_TEXT, gathering: bare };

/** Most lists say all that there is by themselves: then nobody reads them as prose. */
const isEnough = (input: ReportInput, bare: Gathering): boolean =>
  bare.isSettled || namesTheHarmless(slugOf(input));

/**
 * The same choice for a text that was read with its parts.
 * @param prose what it gave as a text with parts
 * @returns that, or what it gives as a list where that is more
 */
export function readBare(input: ReportInput, text: string, prose: GatheredReport): GatheredReport {
  const isHarmless = namesTheHarmless(slugOf(input));
  if (prose.kind !== 'text' || (prose.isSettled && !isHarmless)) return prose;
  if (!isList(text)) return prose;
  const bare = gatherBare(input, text);
  if (!isHarmless && bare.takenCount <= prose.names.size) return prose;
  const { names, leftOut, addresses, leftOutMore } = bare;
  return { ...prose, names, leftOut, addresses, leftOutMore };
}

/** Nothing but values and comments; the fields of JSON have said what they hold. */
const isList = (text: string): boolean => isBareList(text) && openJson(text) === null;

function gatherBare(input: ReportInput, text: string): Gathering {
  const { options = {}, sourceName, now } = input;
  const bare = new Gathering(options, [options.url, sourceName], now);
  bare.text(text, START, namesTheHarmless(slugOf(input)) ? { standing: 'benign' } : { isBare: true });
  return bare;
}

const slugOf = ({ options, sourceName }: ReportInput): string | null => options?.name ?? fileSlug(sourceName);

const withoutMark = (text: string): string => (text.startsWith('\ufeff') ? text.slice(1) : text);
