// Reads a text as the kind it seems to be, and as a text where it is none of that kind.
import type { Gathering } from './gathering.ts';
import { openTable, readCsv } from './kinds/csv.ts';
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
import { LineCounter } from './line-counter.ts';
import { START } from './place.ts';
import { aboutPage } from './provenance/about-page.ts';
import type { Findings, LeftOutReason, ReportKind } from './report.ts';
import { commentsIn } from './text/html-tags.ts';
import { fencedIn } from './text/markdown.ts';

export interface Reading {
  readonly read: ReadKind;
  readonly gathering: Gathering;
}

export interface ReadKind {
  /** The kind it was read as: what is broken JSON or no table is read as text. */
  readonly kind: ReportKind;
  readonly findings: Findings;
  readonly warnings?: readonly string[];
}

export const AS_TEXT: ReadKind = { kind: 'text', findings: {} };

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

/**
 * A table that gives nothing may be prose with even commas: what is defanged in it decides.
 * @param isForced the caller says that it is of this kind
 */
export function readBest(
  text: string,
  kind: ReportKind,
  isForced: boolean,
  gather: () => Gathering,
): Reading {
  const gathering = gather();
  const read = readKind(text, kind, gathering);
  const mayBeProse = read.kind === 'csv' && gathering.takenCount === 0 && !isForced;
  if (!mayBeProse || gathering.leftOut.some(({ reason }) => SAID_BY_FIELDS.has(reason)))
    return { read, gathering };
  const asText = gather();
  asText.text(text, START);
  return asText.takenCount === 0 ? { read, gathering } : { read: AS_TEXT, gathering: asText };
}

function readKind(text: string, kind: ReportKind, gathering: Gathering): ReadKind {
  const found = readAs(text, kind, gathering);
  if (found !== null) return found;
  gathering.text(text, START);
  readFenced(text, gathering);
  return AS_TEXT;
}

function readFenced(text: string, gathering: Gathering): void {
  for (const { text: fenced, line, isTable } of fencedIn(text)) {
    const table = isTable ? openTable(fenced, line) : null;
    if (table !== null) readCsv(table, gathering);
    else if (!isTable) readFencedQuery(fenced, line, gathering);
  }
}

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
      readPage(text, gathering);
      readFenced(text, gathering);
      return { kind, findings: aboutPage(text) };
    case 'text':
      return null;
    default:
      return kind satisfies never;
  }
}

const OF_READERS = { isHtml: true, standing: 'reference' } as const;

/** What readers say below an article is told, and not taken. */
function readPage(text: string, gathering: Gathering): void {
  const lines = new LineCounter(text);
  const article: string[] = [];
  let read = 0;
  for (const { from, to } of commentsIn(text)) {
    const comments = text.slice(from, to);
    lines.moveTo(from);
    gathering.text(comments, { line: lines.line, column: lines.column }, OF_READERS);
    article.push(text.slice(read, from), comments.replaceAll(/[^\n]/g, ' '));
    read = to;
  }
  gathering.text(article.join('') + text.slice(read), START, { isHtml: true });
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
