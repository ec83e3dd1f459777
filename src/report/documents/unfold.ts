// A document → its texts: what is packed in it is unfolded too, within one budget. Runs in a process of its own.
//
// Each reader is loaded where it is needed: a mail need not wait for the one of PDF files, the largest of them.
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { Attachment } from 'postal-mime';
import { messageOf } from '../../config/coded-error.ts';
import { ReportError } from '../report.ts';
import { decodeReport } from '../text/decode.ts';
import { Budget, LIMITS } from './budget.ts';
import { type DocumentKind, type DocumentPart, documentKindOf, type UnfoldedDocument } from './document.ts';
import { linksOf } from './mail-links.ts';

/** Of an attachment that nobody names an indicator in: pictures, sounds, fonts, signatures. */
const NO_TEXT = /^(image|audio|video|font)\/|pgp-signature|pkcs7-signature/i;
/** Parts of an unpacked text that are looked at to tell it from binary data. */
const LOOKED_AT = 8192;

/** @throws ReportError when it cannot be read, or is more than is read */
export async function unfold(bytes: Uint8Array): Promise<UnfoldedDocument> {
  const unfolding = new Unfolding();
  const kind = await unfolding.read(bytes, '', 0);
  return { kind, ...unfolding, unread: [...unfolding.unread, ...unfolding.cutCells()] };
}

class Unfolding {
  readonly #budget = new Budget();
  readonly parts: DocumentPart[] = [];
  readonly unread: string[] = [];
  title: string | null = null;
  published: string | null = null;

  /** @returns what it is; null for a text, which is a part then, and for what is not read */
  async read(bytes: Uint8Array, path: string, depth: number): Promise<DocumentKind | null> {
    if (depth > LIMITS.depth)
      throw new ReportError(
        'REPORT_TOO_BIG',
        `files are packed in files more than ${LIMITS.depth} deep (${path.slice(0, 200)}); unpack it first`,
      );
    const plain = this.#unpacked(bytes);
    switch (documentKindOf(plain)) {
      case 'pdf':
        return this.#readPdf(plain, path);
      case 'mail':
        return this.#readMail(plain, path, depth);
      case 'zip':
        return this.#readZip(plain, path, depth);
      case null:
        this.#readText(plain, path);
        return null;
    }
  }

  #unpacked(bytes: Uint8Array): Uint8Array {
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
    if (!isGzip && !(bytes[0] === 0x28 && bytes[1] === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd))
      return bytes;
    const options = { maxOutputLength: Math.max(1, this.#budget.octetsLeft) };
    try {
      const plain = isGzip ? gunzipSync(bytes, options) : zstdDecompressSync(bytes, options);
      this.#budget.octets(plain.length);
      return plain;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE')
        this.#budget.octets(LIMITS.octets + 1);
      throw new ReportError('REPORT_NOT_TEXT', 'packed data in it is broken or cut; fetch it again', {
        cause: error,
      });
    }
  }

  async #readPdf(bytes: Uint8Array, path: string): Promise<'pdf'> {
    const { readPdf } = await import('./pdf.ts');
    const { part, pagesUnread, title } = await readPdf(bytes, path, this.#budget);
    if (part.text.trim() === '') this.#leave(path, 'no text layer: its pages are pictures');
    else this.parts.push(part);
    if (pagesUnread > 0) this.#leave(path, `the last ${pagesUnread} pages: at most ${LIMITS.pages} are read`);
    this.title ??= title;
    return 'pdf';
  }

  async #readMail(bytes: Uint8Array, path: string, depth: number): Promise<'mail'> {
    const { parseMail } = await import('./mail-reader.ts');
    const mail = await parseMail(bytes).catch((error: unknown) => {
      const why = messageOf(error);
      throw new ReportError(
        'REPORT_NOT_TEXT',
        `the mail cannot be read: ${why.slice(0, 200)}; save it as text`,
        { cause: error },
      );
    });
    this.title ??= mail.subject?.trim() || null;
    const time = Date.parse(mail.date ?? '');
    if (!Number.isNaN(time)) this.published ??= new Date(time).toISOString().slice(0, 10);
    for (const [name, text] of [
      ['text', mail.text],
      ['HTML', mail.html],
    ] as const) {
      if (text === undefined || text.trim() === '') continue;
      this.#budget.octets(text.length);
      const marked = name === 'HTML' && !/<html[\s>]/i.test(text) ? `<html><body>${text}` : text;
      this.parts.push({ path: join(path, name), text: marked, places: 'line' });
    }
    const links = linksOf(mail.html ?? '', mail.text ?? '');
    if (links !== '') this.parts.push({ path: join(path, 'links'), text: links, places: 'line' });
    for (const [index, each] of mail.attachments.entries()) {
      this.#budget.file();
      const name = each.filename ?? `attachment ${index + 1}`;
      if (NO_TEXT.test(each.mimeType)) this.#leave(join(path, name), each.mimeType);
      else await this.#readInner(octetsOf(each), join(path, name), depth + 1);
    }
    return 'mail';
  }

  async #readZip(bytes: Uint8Array, path: string, depth: number): Promise<DocumentKind> {
    const { filesOf } = await import('./archive.ts');
    const { officeKindOf, readDocx, readXlsx } = await import('./office.ts');
    const files = await filesOf(bytes, this.#budget);
    const office = officeKindOf(files);
    if (office === 'docx') this.parts.push(...(await readDocx(files, path, this.#budget)));
    else if (office === 'xlsx') this.parts.push(...(await readXlsx(files, path, this.#budget)));
    if (office !== null) return office;
    for (const file of files) {
      const name = join(path, file.name);
      if (file.isEncrypted) this.#leave(name, 'encrypted');
      else await this.#readInner(await file.read(), name, depth + 1);
    }
    return 'zip';
  }

  /** One file of several: what is wrong with it is told, and the others are read. */
  async #readInner(bytes: Uint8Array, path: string, depth: number): Promise<void> {
    try {
      await this.read(bytes, path, depth);
    } catch (error) {
      if (!(error instanceof ReportError) || error.code === 'REPORT_TOO_BIG') throw error;
      this.#leave(path, error.message);
    }
  }

  #readText(bytes: Uint8Array, path: string): void {
    const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    if (bytes.length === 0) return;
    if (!isUtf16 && bytes.subarray(0, LOOKED_AT).includes(0)) this.#leave(path, 'no text');
    else this.parts.push({ path, text: decodeReport(bytes), places: 'line' });
  }

  /** Words for cells that were cut. */
  cutCells(): readonly string[] {
    const count = this.#budget.cellsCut;
    return count === 0 ? [] : [`${count} cells beyond their first ${LIMITS.cellCharacters} characters`];
  }

  #leave(path: string, why: string): void {
    this.unread.push(`${path === '' ? 'the file' : path.slice(0, 200)}: ${why}`);
  }
}

const join = (path: string, name: string): string => (path === '' ? name : `${path} > ${name}`);

function octetsOf({ content }: Attachment): Uint8Array {
  return typeof content === 'string' ? Buffer.from(content) : new Uint8Array(content);
}
