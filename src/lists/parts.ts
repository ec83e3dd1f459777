// The texts of a body: one of most, several of a document (a mail, a PDF file, an archive of files, Word, Excel).
import { statSync } from 'node:fs';
import {
  documentKindOf,
  HEAD_OCTETS,
  packedKindOf,
  type UnfoldedDocument,
} from '../report/documents/document.ts';
import { ReportError } from '../report/report.ts';
import { headOf, type ListBody, sizeOf, wholeOf } from './body.ts';
import type { EntrySink } from './entry/entry.ts';
import { ListError } from './errors.ts';
import type { Detected } from './formats/detect/detect-lines.ts';
import { sampleOf } from './formats/detect/sample.ts';
import { type Chunks, loadDetect, type ReadOptions, readList } from './read-list.ts';
import { isOneList, textOf } from './unpack.ts';

/** A larger document is for `cenote import`, or in a format of lists. */
const DOCUMENT_OCTETS_MAX = 67_108_864;

/** Whether a body is a document that is to be unfolded first. @throws ListError when it cannot be opened */
async function isDocument(body: ListBody): Promise<boolean> {
  if (body.kind === 'names' || body.kind === 'folder') return false;
  const head = headOf(body, HEAD_OCTETS);
  const kind = documentKindOf(head);
  if (kind === 'zip') return body.kind === 'file' && !(await isOneList(body.path));
  if (kind !== null) return true;
  const packed = packedKindOf(head);
  return packed !== null && packed !== 'zstd';
}

/**
 * Reads all texts of a body into a sink.
 * @param open what reads a body that is one text
 * @returns the format, and how it was decided
 * @throws ListError when the body is no list, or not of this format
 */
export async function readBody(
  body: ListBody,
  sink: EntrySink,
  options: ReadOptions & { readonly open?: (body: ListBody) => Chunks },
): Promise<Detected> {
  if (!(await isDocument(body))) return readList((options.open ?? textOf)(body), sink, options);
  options.onOctets?.(sizeOf(body));
  const document = await unfolded(body);
  let found: Detected['format'] = 'report';
  for (const part of document.parts) {
    const bytes = Buffer.from(part.text);
    const isFound = options.format === 'auto' && part.places === 'line';
    const format = isFound ? await formatOf(bytes) : options.format === 'auto' ? 'report' : options.format;
    found = document.parts.length === 1 ? format : found;
    await readList([bytes], sink, { format, inline: false });
  }
  for (const what of document.unread) sink.skipText('left-out', 0, `not read: ${what}`);
  return { format: found, reason: `the text of a ${NAMES[document.kind ?? 'zip']}` };
}

/** The texts of a document's parts; the text of anything else. @throws ListError */
export async function* textsOf(body: ListBody): AsyncGenerator<Chunks> {
  if (!(await isDocument(body))) yield textOf(body);
  else for (const { text } of (await unfolded(body)).parts) yield [Buffer.from(text)];
}

const NAMES: Readonly<Record<NonNullable<UnfoldedDocument['kind']>, string>> = {
  pdf: 'PDF file',
  docx: 'Word file',
  xlsx: 'workbook',
  mail: 'mail',
  zip: 'zip archive',
};

/** The document unfolded last, while its text is short: who reads it reads it twice. */
let last: { readonly key: string; readonly document: UnfoldedDocument } | null = null;
const KEPT_CHARACTERS_MAX = 1_048_576;

async function unfolded(body: ListBody): Promise<UnfoldedDocument> {
  const key = body.kind === 'file' ? keyOf(body.path) : null;
  if (key !== null && last?.key === key) return last.document;
  last = null;
  const document = await unfoldAnew(body);
  const characters = document.parts.reduce((sum, { text }) => sum + text.length, 0);
  if (key !== null && characters <= KEPT_CHARACTERS_MAX) last = { key, document };
  return document;
}

/** A text that changed has another. */
function keyOf(path: string): string | null {
  try {
    const { ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
    return `${path} ${ino} ${size} ${mtimeNs} ${ctimeNs}`;
  } catch {
    return null;
  }
}

async function unfoldAnew(body: ListBody): Promise<UnfoldedDocument> {
  if (sizeOf(body) > DOCUMENT_OCTETS_MAX)
    throw new ListError(
      'LIST_TOO_BIG',
      `a document of more than ${DOCUMENT_OCTETS_MAX} octets; take out the part with the names`,
    );
  const { openDocument } = await import('../report/documents/open-document.ts');
  try {
    const document = await openDocument(wholeOf(body));
    if (document.parts.length > 0) return document;
    const why = document.unread.length > 0 ? ` (${document.unread.slice(0, 3).join('; ')})` : '';
    throw new ListError('LIST_EMPTY', `no text is in the document${why}; check what the source serves`);
  } catch (error) {
    if (!(error instanceof ReportError)) throw error;
    const code = error.code === 'REPORT_TOO_BIG' ? 'LIST_TOO_BIG' : 'LIST_BINARY';
    throw new ListError(code, error.message, { cause: error });
  }
}

/** A list in an archive is one of a known format; all else is a report. */
async function formatOf(bytes: Uint8Array): Promise<Detected['format']> {
  try {
    const sample = sampleOf(bytes, true);
    return (await loadDetect()).detect(sample.octets, sample.isWhole).format;
  } catch (error) {
    if (error instanceof ListError) return 'report';
    throw error;
  }
}
