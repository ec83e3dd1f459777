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
import { gatherReport, type ImportResult, listed, type ReportInput, readBare } from '../../report/import.ts';
import { isFileName } from '../../report/known/file-names.ts';
import { fileSlug, namesTheHarmless } from '../../report/known/file-slug.ts';
import { isSharedHost } from '../../report/known/shared-hosts.ts';
import { isKnownTop, registrationOf } from '../../report/known/suffix.ts';
import { standingOf } from '../../report/layout/heading.ts';
import { LEFT_OUT, type LeftOut, type Taken, type ToldAddress, withoutNulls } from '../../report/report.ts';
import { decodeReport } from '../../report/text/decode.ts';
import { comparable } from '../../report/text/refang-host.ts';
import { networkText } from '../../wire/names/network.ts';
import { nameToText } from '../../wire/names/presentation.ts';
import { Cancels } from '../entry/cancels.ts';
import { EntrySink } from '../entry/entry.ts';
import { ListError } from '../errors.ts';
import type { Shape } from '../format.ts';
import { detect } from '../formats/detect/detect.ts';
import { sampleOf } from '../formats/detect/sample.ts';
import { readList } from '../read-list.ts';
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
export async function importSource(
  input: ReportInput & { readonly bytes: Uint8Array },
  open: (bytes: Uint8Array) => Promise<UnfoldedDocument> = openElsewhere,
): Promise<ImportResult> {
  const head = input.bytes.subarray(0, HEAD_OCTETS);
  const isText = input.options?.kind !== undefined || (documentKindOf(head) ?? packedKindOf(head)) === null;
  const result = isText
    ? await importText(input)
    : await importDocument(await open(input.bytes), (bytes, mayBeHtml) =>
        importText({ ...input, bytes, options: { ...input.options, mayBeHtml } }),
      );
  return withoutAddresses(result, input.options?.leaveOut ?? []);
}

async function openElsewhere(bytes: Uint8Array): Promise<UnfoldedDocument> {
  const { openDocument } = await import('../../report/documents/open-document.ts');
  return openDocument(bytes);
}

async function importText(input: ReportInput & { readonly bytes: Uint8Array }): Promise<ImportResult> {
  const text = decodeReport(input.bytes, input.options?.encoding);
  const format = input.options?.kind === undefined ? listFormatOf(input, text) : null;
  const mayBeBare = format === null && input.options?.kind === undefined;
  const prose = gatherReport({ ...input, text, options: { ...input.options, mayBeBare } });
  if (format === null || prose.kind !== 'text') return listed(prose);
  const found = await readIfList(input.bytes, format);
  if (found !== null) {
    const list = withoutShared(found, format, new Set(input.options?.take?.map(comparable)));
    if (isRather(format, list, prose.names.size)) {
      // Names with a path or a mail's sender between them are indicators, not a list of names.
      const hasOthers = list.leftOut.some(({ reason }) => reason === 'not-a-name');
      const bare = format === 'domains' && hasOthers ? readBare(input, text, prose) : null;
      if (bare === null || bare.names.size <= list.taken.length) {
        const { provenance, warnings } = prose;
        const wished = withoutExcluded(list, new Set(input.options?.leaveOut?.map(comparable)));
        return { kind: format, ...wished, provenance, warnings };
      }
      return listed(bare);
    }
  }
  return listed(readBare(input, text, prose));
}

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
  const names = list.taken.length;
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

/** A bare list of names may be anybody's indicators: what everybody shares is left out of it as of any report. */
function withoutShared(list: Readings, format: ListFormatName, take: ReadonlySet<string>): Readings {
  if (format !== 'domains' && format !== 'wildcard') return list;
  const taken: Taken[] = [];
  const leftOut = [...list.leftOut];
  const isOfPrograms =
    list.taken.filter(({ name }) => PACKAGE.test(name)).length > list.taken.length * PACKAGES_SHARE;
  const files = list.taken.filter(({ name }) => isFileName({ labels: name.split('.'), isHost: false }));
  const isOfFiles = files.length > list.taken.length / 2;
  const isAmongNames = files.length <= list.taken.length * FILES_SHARE;
  for (const each of list.taken) {
    const { name, line } = each;
    const isNoName = isOfFiles
      ? !isKnownTop(name.slice(name.lastIndexOf('.') + 1))
      : isOfPrograms && isKnownTop(name.split('.', 1)[0]!);
    const reason = isNoName ? 'no-suffix' : reasonAgainst(name, isAmongNames);
    if (reason === null || take.has(name)) taken.push(each);
    else leftOut.push(leftOutOf(name, name, reason, line));
  }
  return { ...list, taken, leftOut: leftOut.sort((a, b) => a.line - b.line) };
}

/** @param isAmongNames nearly all of the list end in what is no extension: `main.cc` is a name there, too */
function reasonAgainst(name: string, isAmongNames: boolean): LeftOut['reason'] | null {
  const labels = name.split('.');
  if (isFileName({ labels, isHost: isAmongNames })) return 'file';
  if (isSharedHost(name)) return 'shared-host';
  if (isTurnedRound(name)) return 'no-suffix';
  return registrationOf(name) === 'suffix' ? 'suffix' : null;
}

/** Names of packages begin with somebody's top-level domain, and nearly all of a list do. */
const PACKAGE = /^(com|org|net|[a-z]{2})\.[^.]+\./;
const PACKAGES_SHARE = 0.6;
/** So few names that may be files as well stand among names by chance. */
const FILES_SHARE = 0.05;

/** A program's package: `com.example.settings`. */
function isTurnedRound(name: string): boolean {
  const dot = name.indexOf('.');
  return isKnownTop(name.slice(0, dot)) && !isKnownTop(name.slice(name.lastIndexOf('.') + 1));
}

type Readings = Pick<ImportResult, 'taken' | 'leftOut' | 'leftOutMore' | 'addresses'>;

interface Found {
  readonly name: string;
  readonly line: number;
  readonly said: Taken['said'];
  /** What is covered: the name, the names below it, or (both) the subtree. */
  itself: boolean;
  below: boolean;
}

/** null when it only looks like one: notes that begin with keys, what `dig` prints. */
async function readIfList(bytes: Uint8Array, format: ListFormatName): Promise<Readings | null> {
  try {
    return await readAsList(bytes, format);
  } catch (error) {
    if (error instanceof ListError && format !== 'indicators') return null;
    throw error;
  }
}

async function readAsList(bytes: Uint8Array, format: ListFormatName): Promise<Readings> {
  const found = new Map<string, Found>();
  const leftOut: LeftOut[] = [];
  const addresses: ToldAddress[] = [];
  const sink = new EntrySink(
    {
      add: (wire, shape, line) => {
        const name = nameToText(wire);
        if (isPlainBlock(shape)) addFound(found, name, shape, line);
        else leftOut.push(leftOutOf(name, name, 'exception', line));
        return null;
      },
      addNetwork: (network, _shape, line) => {
        const address = networkText(network);
        addresses.push({ address, line });
        leftOut.push(leftOutOf(address, null, 'address', line));
        return null;
      },
      addPattern: (source, _shape, line) => {
        leftOut.push(leftOutOf(source, null, 'unsupported', line));
        return null;
      },
      cancels: new Cancels(),
    },
    { allowPublicSuffixes: false, addresses: true },
  );
  await readList([bytes], sink, { format, inline: false });
  const problems = sink.problems.report().filter(({ inForce }) => !inForce);
  for (const { text, examples } of problems)
    for (const example of examples)
      leftOut.push({ ...leftOutOf(example.text, null, 'not-a-name', example.line), explanation: text });
  const shown = problems.reduce((sum, { examples }) => sum + examples.length, 0);
  const all = problems.reduce((sum, { count }) => sum + count, 0);
  const taken = [...found.values()].map(({ name, line, said, itself, below }) => ({
    name,
    printed: name,
    line,
    column: 1,
    said,
    isExact: itself && !below,
    isBelow: below && !itself,
  }));
  return { taken, leftOut: leftOut.sort((a, b) => a.line - b.line), leftOutMore: all - shown, addresses };
}

const NOTHING: Taken['said'] = {};

function addFound(found: Map<string, Found>, name: string, shape: Shape, line: number): void {
  const known = found.get(name);
  const itself = shape.scope !== 'below';
  const below = shape.scope !== 'exact';
  if (known === undefined) {
    const said = shape.indicator == null ? NOTHING : withoutNulls(shape.indicator);
    found.set(name, { name, line, said, itself, below });
  } else {
    known.itself ||= itself;
    known.below ||= below;
  }
}

/** Blocks the name for everybody and every type; an address that means "nowhere" is a block too. */
function isPlainBlock(shape: Shape): boolean {
  const { action, types, clients, except, rewrite } = shape;
  if (action === 'allow' || types !== null || clients !== null || except !== null) return false;
  return rewrite === null || rewrite.kind === 'rcode';
}

function leftOutOf(text: string, name: string | null, reason: LeftOut['reason'], line: number): LeftOut {
  return { text, name, reason, explanation: LEFT_OUT[reason], line, column: 1 };
}
