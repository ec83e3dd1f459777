// Files that hold texts: which kind one is, by its first octets, and what comes out of it. Light: readers are loaded by those who unfold one.
import { constants, gunzipSync } from 'node:zlib';

export const DOCUMENT_KINDS = ['mail', 'pdf', 'docx', 'xlsx', 'zip'] as const;
export type DocumentKind = (typeof DOCUMENT_KINDS)[number];

/** One text of a document. */
export interface DocumentPart {
  /** Where it stands: names of files and sheets from the outermost in, joined by ` > `; empty for the document itself. */
  readonly path: string;
  readonly text: string;
  /** How its places are called: a line of a page, a cell of a sheet, a paragraph, or a line. */
  readonly places: 'page' | 'cell' | 'paragraph' | 'line';
}

export interface UnfoldedDocument {
  /** null: one packed text. */
  readonly kind: DocumentKind | null;
  readonly parts: readonly DocumentPart[];
  /** What is in it and was not read, with the reason. */
  readonly unread: readonly string[];
  readonly title: string | null;
  /** ISO date. */
  readonly published: string | null;
}

/** Enough to know any kind. */
export const HEAD_OCTETS = 65_536;
/** Between the pages of a PDF file's text. */
export const PAGE_BREAK = '\f';

/** Headers that a mail has and a text that quotes one has seldom. */
const OF_MAIL =
  /^(mime-version|content-type|content-transfer-encoding|message-id|received|return-path|dkim-signature):/i;

/**
 * @param head the first HEAD_OCTETS, or all
 * @returns `zip` for Office documents too; null for what is a text, or nothing we read
 */
export function documentKindOf(head: Uint8Array): 'pdf' | 'mail' | 'zip' | null {
  const magic = Buffer.from(head.subarray(0, 1024)).toString('latin1');
  // Some writers put a line before it; readers look at the first kilobyte.
  if (/^[^<{[]{0,200}%PDF-\d/.test(magic)) return 'pdf';
  if (magic.startsWith('PK\x03\x04')) return 'zip';
  return isMail(head) ? 'mail' : null;
}

/** The same for what stands packed with gzip; `zstd` whatever is in it. */
export function packedKindOf(head: Uint8Array): 'pdf' | 'mail' | 'zip' | 'zstd' | null {
  if (head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd) return 'zstd';
  if (head[0] !== 0x1f || head[1] !== 0x8b) return null;
  try {
    const part = gunzipSync(head.subarray(0, HEAD_OCTETS), {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: 16 * 1024 * 1024,
    });
    return documentKindOf(part.subarray(0, HEAD_OCTETS));
  } catch {
    return null;
  }
}

/** Header lines before the first empty line (RFC 5322 §2.1), nothing else, and what only mail programs write among them. */
function isMail(head: Uint8Array): boolean {
  const lines = Buffer.from(head.subarray(0, 16_384)).toString('latin1').split(/\r?\n/);
  const end = lines.indexOf('');
  const headers = (end < 0 ? lines.slice(0, -1) : lines.slice(0, end)).filter(
    (line, index) => !(index === 0 && line.startsWith('From ')),
  );
  if (headers.length < 3 || !headers.every((line) => /^([!-9;-~]{1,100}:|[ \t])/.test(line))) return false;
  return headers.some((line) => OF_MAIL.test(line)) && headers.some((line) => /^(from|subject):/i.test(line));
}

const LETTERS = 26;

/** How people call a place of a part: `Sheet1!B7`, `page 3`; lines of a page count from its top. */
export function placeIn(part: DocumentPart, line: number, column: number): string {
  const inside = nameOfPlace(part, line, column);
  return [part.path, inside].filter((text) => text !== '').join(' > ');
}

function nameOfPlace({ text, places }: DocumentPart, line: number, column: number): string {
  if (places === 'page') {
    // The break stands at the beginning of the first line of its page.
    const before = text.slice(0, startOfLine(text, line) + PAGE_BREAK.length);
    return `page ${before.split(PAGE_BREAK).length}`;
  }
  if (places === 'cell') return `${columnName(cellAt(text, startOfLine(text, line), column))}${line}`;
  return places === 'paragraph' ? `paragraph ${line}` : '';
}

function startOfLine(text: string, line: number): number {
  let at = 0;
  for (let number = 1; number < line; number += 1) {
    const next = text.indexOf('\n', at);
    if (next < 0) return text.length;
    at = next + 1;
  }
  return at;
}

/** Which cell of a row of comma-separated values a column of its text is in, from 0. */
function cellAt(text: string, from: number, column: number): number {
  let cell = 0;
  let isQuoted = false;
  for (let at = from; at < from + column - 1; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) isQuoted = !isQuoted;
    else if (code === 0x2c && !isQuoted) cell += 1;
  }
  return cell;
}

function columnName(index: number): string {
  const front = Math.floor(index / LETTERS);
  const last = String.fromCharCode(0x41 + (index % LETTERS));
  return front === 0 ? last : columnName(front - 1) + last;
}
