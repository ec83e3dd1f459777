// Turns one report into the names for a list, with everything that was left out and why. Pure: bytes in, plain data out.
import type { ListFormatName } from '../config/config.ts';
import { Gathering, type Wishes } from './gathering.ts';
import { openTable, readCsv } from './kinds/csv.ts';
import { detectKind } from './kinds/detect.ts';
import { openMisp, readMisp } from './kinds/misp.ts';
import { openStix, readStix } from './kinds/stix.ts';
import { isBareList } from './layout/line.ts';
import { aboutPage } from './provenance/about-page.ts';
import { aboutText } from './provenance/about-text.ts';
import { provenanceOf, type Told } from './provenance/provenance.ts';
import type { Findings, LeftOut, Provenance, ReportKind, Taken, ToldAddress } from './report.ts';
import { decodeReport } from './text/decode.ts';
import { visibleText } from './text/visible.ts';

export interface ImportOptions extends Told, Wishes {
  /** Instead of by content. */
  readonly kind?: ReportKind;
  /** Of the bytes, instead of what they say themselves. */
  readonly encoding?: string;
  /** A text of nothing but values and comments is a list of indicators, though no heading says so. */
  readonly isBare?: boolean;
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
  readonly kind: ReportKind | ListFormatName;
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

/** @throws ReportError when the bytes are no text (a PDF file, an archive) or too many; no text makes it throw */
export function importReport(input: ReportInput): ImportResult {
  const { sourceName, now, options = {} } = input;
  const text = withoutMark(input.text ?? decodeReport(input.bytes ?? new Uint8Array(0), options.encoding));
  const detected = options.kind ?? detectKind(text).kind;
  const published = [options.url, sourceName, detected === 'html' ? aboutPage(text).url : null];
  const { read, gathering } = readBest(text, detected, options, () => new Gathering(options, published));
  const isProse = read.kind === 'text' || read.kind === 'html';
  const slug = options.name ?? fileSlug(sourceName);
  const about = isProse
    ? aboutText(visibleText(text, read.kind === 'html'), slug)
    : { datesMentioned: [], ...tableCampaign(text, slug) };
  const { datesMentioned, ...said } = about;
  return {
    kind: read.kind,
    taken: gathering.taken,
    leftOut: gathering.leftOut,
    addresses: gathering.addresses,
    leftOutMore: gathering.leftOutMore,
    provenance: provenanceOf({
      told: options,
      findings: [read.findings, said],
      datesMentioned,
      sourceName,
      now,
    }),
    warnings:
      read.kind === detected ? [] : [`looks like ${detected} but cannot be read as that; read as text`],
  };
}

interface ReadKind {
  /** The kind it was read as: what is broken JSON or no table is read as text. */
  readonly kind: ReportKind;
  readonly findings: Findings;
}

/** A table that gives nothing may be prose with even commas: what is defanged in it decides. */
function readBest(
  text: string,
  kind: ReportKind,
  options: ImportOptions,
  gather: () => Gathering,
): { read: ReadKind; gathering: Gathering } {
  const gathering = gather();
  const read = readKind(text, kind, gathering, options.isBare ?? false);
  if (read.kind !== 'csv' || gathering.takenCount > 0 || options.kind !== undefined)
    return { read, gathering };
  const asText = gather();
  asText.text(text, { line: 1, column: 1 });
  return asText.takenCount === 0
    ? { read, gathering }
    : { read: { kind: 'text', findings: {} }, gathering: asText };
}

function readKind(text: string, kind: ReportKind, gathering: Gathering, isBare: boolean): ReadKind {
  switch (kind) {
    case 'stix': {
      const objects = openStix(text);
      if (objects !== null) return { kind, findings: readStix(objects, text, gathering) };
      break;
    }
    case 'misp': {
      const events = openMisp(text);
      if (events !== null) return { kind, findings: readMisp(events, text, gathering) };
      break;
    }
    case 'csv': {
      const table = openTable(text);
      if (table !== null) return { kind, findings: readCsv(table, gathering) };
      break;
    }
    case 'html':
      gathering.text(text, { line: 1, column: 1 }, { isHtml: true });
      return { kind, findings: aboutPage(text) };
    case 'text':
      break;
    default:
      kind satisfies never;
  }
  gathering.text(text, { line: 1, column: 1 }, { isBare: isBare && isBareList(text) });
  return { kind: 'text', findings: {} };
}

/** A table says its campaign, if at all, over and over in its talk. */
function tableCampaign(text: string, slug: string | null): Findings {
  return { campaign: aboutText(text.slice(0, 65_536), slug).campaign ?? null };
}

const withoutMark = (text: string): string => (text.startsWith('\ufeff') ? text.slice(1) : text);

/** The last part of a path or URL, without its extension. */
function fileSlug(sourceName: string | null): string | null {
  const last = sourceName?.split(/[/\\]/).findLast((part) => part !== '');
  return last?.replace(/\.[a-z0-9]{1,5}$/i, '') ?? null;
}
