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

/** A place of a part by line and column, from 1, as people call it: `Sheet1!B7`, `page 3`. */
export type PlacesOf = (line: number, column: number) => string;

/** How people call the places of a part; its text is walked once, however many are asked for. */
export function placesOf({ path, text, places }: DocumentPart): PlacesOf {
  const inside = places === 'line' ? null : namesOfPlaces(text, places);
  return (line, column) => [path, inside?.(line, column) ?? ''].filter((name) => name !== '').join(' > ');
}

function namesOfPlaces(text: string, places: Exclude<DocumentPart['places'], 'line'>): PlacesOf {
  if (places === 'paragraph') return (line) => `paragraph ${line}`;
  const lines = text.split('\n');
  if (places === 'cell')
    return (line, column) => `${columnName(cellAt(lines[line - 1] ?? '', column))}${line}`;
  // A break stands at the beginning of the first line of its page.
  let page = 1;
  const pages = lines.map((content, index) => {
    const before = lines[index - 1]?.slice(PAGE_BREAK.length) ?? '';
    page += before.split(PAGE_BREAK).length - 1 + (content.startsWith(PAGE_BREAK) ? 1 : 0);
    return page;
  });
  return (line) => `page ${pages[line - 1] ?? page}`;
}

/** Which cell of a row of comma-separated values a column of its text is in, from 0. */
function cellAt(row: string, column: number): number {
  let cell = 0;
  let isQuoted = false;
  for (let at = 0; at < column - 1; at += 1) {
    const code = row.charCodeAt(at);
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
