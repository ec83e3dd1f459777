// Imports whatever a person hands over: a report, or a block list (hosts, domains, RPZ, Adblock…) whose plain lines are its names.
//
// Decided: a text that has something defanged in it is a report. One without is a list only when the list formats recognise
// it, by syntax nobody uses in prose or, for bare names, by at least LINES_MIN lines of nothing else. Lines of nothing but URLs,
// names with ports and remarks are read as one list of indicators.
import type { ListFormatName } from '../../config/config.ts';
import {
  documentKindOf,
  HEAD_OCTETS,
  packedKindOf,
  type UnfoldedDocument,
} from '../../report/documents/document.ts';
import {
  type Gathered,
  type GatheredReport,
  gatherReport,
  type ImportResult,
  listed,
  provenanceOfList,
  type ReportInput,
  readBare,
} from '../../report/import.ts';
import { detectKind } from '../../report/kinds/detect.ts';
import { fileSlug, namesTheHarmless } from '../../report/known/file-slug.ts';
import { standingOf } from '../../report/layout/heading.ts';
import { decodeReport } from '../../report/text/decode.ts';
import { comparable } from '../../report/text/refang-host.ts';
import { ListError } from '../errors.ts';
import { detect } from '../formats/detect/detect.ts';
import { sampleOf } from '../formats/detect/sample.ts';
import { type EntryLines, type Readings, readIfList, withoutShared } from './block-list.ts';
import { importDocument } from './import-document.ts';
import { withoutAddresses, withoutExcluded } from './unwanted.ts';

const LINES_MIN = 3;
/** Read as reports already; every other format is a list of lines. */
const REPORT_FORMATS: ReadonlySet<ListFormatName> = new Set<ListFormatName>([
  'report',
  'csv',
  'stix',
  'misp',
]);

/**
 * @param open unfolds a document; in a process of its own unless a test does it here
 * @throws ReportError when it cannot be read, or is more than is read
 */
export async function gatherSource(
  input: ReportInput & { readonly bytes: Uint8Array },
  open: (bytes: Uint8Array) => Promise<UnfoldedDocument> = openElsewhere,
): Promise<Gathered> {
  const head = input.bytes.subarray(0, HEAD_OCTETS);
  const isText = input.options?.kind !== undefined || (documentKindOf(head) ?? packedKindOf(head)) === null;
  const result = isText
    ? await importText(input)
    : await importDocument(await open(input.bytes), (bytes, mayBeHtml) =>
        importText({ ...input, bytes, options: { ...input.options, mayBeHtml } }),
      );
  return withoutAddresses(result, input.options?.leaveOut ?? []);
}

/** The same with an object for each name. */
export const importSource = async (...given: Parameters<typeof gatherSource>): Promise<ImportResult> =>
  listed(await gatherSource(...given));

async function openElsewhere(bytes: Uint8Array): Promise<UnfoldedDocument> {
  const { openDocument } = await import('../../report/documents/open-document.ts');
  return openDocument(bytes);
}

async function importText(input: ReportInput & { readonly bytes: Uint8Array }): Promise<Gathered> {
  const { isSettled: _, ...gathered }: Gathered & Partial<GatheredReport> = await readText(input);
  return gathered;
}

async function readText(input: ReportInput & { readonly bytes: Uint8Array }): Promise<Gathered> {
  const text = decodeReport(input.bytes, input.options?.encoding);
  const format = input.options?.kind === undefined ? listFormatOf(input, text) : null;
  const asReport = (whole: string): GatheredReport => {
    const mayBeBare = format === null && input.options?.kind === undefined;
    return gatherReport({ ...input, text: whole, options: { ...input.options, mayBeBare } });
  };
  if (format === null) return asReport(text);
  const asList = (list: Readings, warnings: readonly string[]): Gathered => {
    const leaveOut = new Set(input.options?.leaveOut?.map(comparable));
    const { entryLines: _, ...wished } = withoutExcluded(list, leaveOut);
    return { kind: format, ...wished, provenance: provenanceOfList(input, text), warnings };
  };
  const readListed = async (): Promise<Readings | null> => {
    const found = await readIfList(input.bytes, format);
    return found && withoutShared(found, format, new Set(input.options?.take?.map(comparable)));
  };
  const early = detectKind(text).kind === 'text' ? await readListed() : null;
  // A report of the entries alone names no more than the list: only what stands beside them could.
  const isEnough = early !== null && isRather(format, early, early.names.size);
  if (isEnough && namesNothing(asReport(linesBeside(text, early.entryLines)))) return asList(early, []);
  const prose = asReport(text);
  if (prose.kind !== 'text') return prose;
  const list = early ?? (await readListed());
  if (list === null || !isRather(format, list, prose.names.size)) return readBare(input, text, prose);
  // Names with a path or a mail's sender between them are indicators, not a list of names.
  const hasOthers = list.leftOut.some(({ reason }) => reason === 'not-a-name');
  const bare = format === 'domains' && hasOthers ? readBare(input, text, prose) : null;
  return bare === null || bare.names.size <= list.names.size ? asList(list, prose.warnings) : bare;
}

const namesNothing = ({ names }: GatheredReport): boolean => names.size === 0;

/** The lines that the list made no entry of, and what is remarked behind those that it did. */
function linesBeside(text: string, entryLines: EntryLines): string {
  const beside: string[] = [];
  let line = 0;
  for (let at = 0; at <= text.length; ) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    line += 1;
    const written = entryLines.has(line) ? remarkOf(text.slice(at, end)) : text.slice(at, end);
    if (written !== '') beside.push(written);
    at = end + 1;
  }
  return beside.join('\n');
}

const remarkOf = (line: string): string => /[#;!].*/.exec(line)?.[0] ?? '';

const COMMENTS_READ_MAX = 2000;

/** A comment among names that says of what follows that it is legitimate: the list has parts. */
function hasHarmlessPart(text: string): boolean {
  let read = 0;
  for (const [, said] of text.matchAll(/^[#;!]+[ \t]*(\S.{0,59})$/gm)) {
    read += 1;
    if (read > COMMENTS_READ_MAX) return false;
    if (standingOf(said!) === 'benign') return true;
  }
  return false;
}

/**
 * Bare names below a heading are a report's; without one, and enough of them, they are a list.
 * @param reported names that it gives as a report
 */
function isRather(format: ListFormatName, list: Readings, reported: number): boolean {
  const names = list.names.size;
  if (names === 0 || names < reported) return false;
  // Notes with a script in them: most lines are none of the list.
  const skipped = list.leftOut.filter(({ reason }) => reason === 'not-a-name').length + list.leftOutMore;
  if (reported > 0 && skipped > names) return false;
  if (format !== 'domains' && format !== 'wildcard') return true;
  return names >= LINES_MIN && (reported === 0 || list.leftOut.length === 0);
}

/** null for a report of any kind. */
function listFormatOf(
  { bytes, sourceName, options }: ReportInput & { readonly bytes: Uint8Array },
  text: string,
): ListFormatName | null {
  if (namesTheHarmless(options?.name ?? fileSlug(sourceName)) || hasHarmlessPart(text)) return null;
  try {
    const sample = sampleOf(bytes, true);
    const { format } = detect(sample.octets, sample.isWhole);
    return REPORT_FORMATS.has(format) ? null : format;
  } catch (error) {
    if (error instanceof ListError) return null;
    throw error;
  }
}
