// Documents in the manner of the programs that write them, made by the test: zip, PDF, Word, Excel, mail.
import { crc32, deflateRawSync, deflateSync } from 'node:zlib';

/** A zip archive of these files (PKZIP application note, 4.3). @param flags general purpose bits: 1 is encrypted */
export function zipOf(files: Readonly<Record<string, string | Uint8Array>>, flags = 0): Buffer {
  const [locals, centrals]: [Buffer[], Buffer[]] = [[], []];
  let at = 0;
  for (const [name, content] of Object.entries(files)) {
    const packed = deflateRawSync(content);
    const about = Buffer.alloc(26);
    about.writeUInt16LE(20, 0);
    about.writeUInt16LE(flags, 2);
    about.writeUInt16LE(8, 4);
    about.writeUInt32LE(crc32(content), 10);
    about.writeUInt32LE(packed.length, 14);
    about.writeUInt32LE(Buffer.byteLength(content), 18);
    about.writeUInt16LE(name.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(at, 10);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), about, Buffer.from(name), packed]);
    centrals.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\0'), about, tail, Buffer.from(name)]));
    locals.push(local);
    at += local.length;
  }
  const central = Buffer.concat(centrals);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(centrals.length, 4);
  end.writeUInt16LE(centrals.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...locals, central, Buffer.from('PK\x05\x06'), end]);
}

/** A PDF 1.4 file: lines of pages; a cell of a line that is a list stands at a place of its own. @param hyphen what the font says a hyphen stands for, in hexadecimal UTF-16 */
export function pdfOf(
  pages: readonly (readonly (string | readonly string[])[])[],
  packed?: Uint8Array,
  hyphen?: string,
): Buffer {
  const objects: Buffer[] = [];
  const add = (body: string | Buffer): number => objects.push(Buffer.from(body));
  const literal = (text: string): string => `(${text.replaceAll(/[\\()]/g, '\\$&')})`;
  const kids = pages.map((_, index) => `${4 + 2 * index} 0 R`).join(' ');
  add('<< /Type /Catalog /Pages 2 0 R >>');
  add(`<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`);
  const meaning = hyphen === undefined ? '' : ` /ToUnicode ${4 + 2 * pages.length} 0 R`;
  add(`<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding${meaning} >>`);
  for (const [index, lines] of pages.entries()) {
    const drawn = lines.flatMap((line, row) =>
      (typeof line === 'string' ? [line] : line).map(
        (cell, column) => `1 0 0 1 ${50 + 220 * column} ${760 - 14 * row} Tm ${literal(cell)} Tj`,
      ),
    );
    const stream = packed ?? deflateSync(`BT /F1 10 Tf\n${drawn.join('\n')}\nET`);
    add(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> /Contents ${5 + 2 * index} 0 R >>`,
    );
    add(
      Buffer.concat([
        Buffer.from(`<< /Length ${stream.length} /Filter /FlateDecode >>\nstream\n`),
        stream,
        Buffer.from('\nendstream'),
      ]),
    );
  }
  if (hyphen !== undefined) {
    const map = `begincmap 1 begincodespacerange <00> <FF> endcodespacerange 2 beginbfrange <20> <2C> <0020> <2E> <7E> <002E> endbfrange 1 beginbfchar <2D> <${hyphen}> endbfchar endcmap`;
    add(`<< /Length ${map.length} >>\nstream\n${map}\nendstream`);
  }
  const parts: Buffer[] = [Buffer.from('%PDF-1.4\n')];
  let at = parts[0]!.length;
  const places = objects.map((object, index) => {
    const part = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), object, Buffer.from('\nendobj\n')]);
    parts.push(part);
    at += part.length;
    return at - part.length;
  });
  const rows = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('');
  parts.push(
    Buffer.from(
      `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${at}\n%%EOF\n`,
    ),
  );
  return Buffer.concat(parts);
}

const xml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

/** A Word file: a text is a paragraph in two runs, a list of rows a table. */
export function docxOf(content: readonly (string | readonly (readonly string[])[])[]): Buffer {
  const paragraph = (text: string): string => {
    const half = Math.floor(text.length / 2);
    const runs = [text.slice(0, half), text.slice(half)].map(
      (run) => `<w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">${xml(run)}</w:t></w:r>`,
    );
    return `<w:p>${runs.join('')}</w:p>`;
  };
  const table = (rows: readonly (readonly string[])[]): string =>
    `<w:tbl>${rows.map((row) => `<w:tr>${row.map((cell) => `<w:tc>${paragraph(cell)}</w:tc>`).join('')}</w:tr>`).join('')}</w:tbl>`;
  const body = content.map((each) => (typeof each === 'string' ? paragraph(each) : table(each))).join('');
  return zipOf({
    '[Content_Types].xml': `${HEAD}<Types/>`,
    'word/document.xml': `${HEAD}<w:document xmlns:w="urn:w"><w:body>${body}</w:body></w:document>`,
  });
}

/** A workbook, its texts in the table of shared strings. */
export function xlsxOf(sheets: Readonly<Record<string, readonly (readonly string[])[]>>): Buffer {
  const shared: string[] = [];
  const names = Object.keys(sheets);
  const files: Record<string, string> = {
    '[Content_Types].xml': `${HEAD}<Types/>`,
    'xl/workbook.xml': `${HEAD}<workbook><sheets>${names.map((name, index) => `<sheet name="${xml(name)}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`).join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `${HEAD}<Relationships>${names.map((_, index) => `<Relationship Id="rId${index + 1}" Target="worksheets/sheet${index + 1}.xml"/>`).join('')}</Relationships>`,
  };
  for (const [index, name] of names.entries()) {
    const rows = sheets[name]!.map((row, at) => {
      const cells = row.map((cell, column) =>
        cell === ''
          ? ''
          : `<c r="${String.fromCharCode(65 + column)}${at + 1}" t="s"><v>${shared.push(cell) - 1}</v></c>`,
      );
      return row.length === 0 ? '' : `<row r="${at + 1}">${cells.join('')}</row>`;
    });
    files[`xl/worksheets/sheet${index + 1}.xml`] =
      `${HEAD}<worksheet><sheetData>${rows.join('')}</sheetData></worksheet>`;
  }
  files['xl/sharedStrings.xml'] =
    `${HEAD}<sst>${shared.map((text) => `<si><t>${xml(text)}</t></si>`).join('')}</sst>`;
  return zipOf(files);
}

export interface MailContent {
  readonly text?: string;
  readonly html?: string;
  readonly attachments?: Readonly<Record<string, string | Uint8Array>>;
  readonly encoding?: 'base64' | 'quoted-printable';
}

/** A mail of parts (RFC 2045, 2046). */
export function mailOf({ text, html, attachments = {}, encoding = 'base64' }: MailContent): Buffer {
  const encode = (content: string | Uint8Array): string =>
    encoding === 'base64' || typeof content !== 'string'
      ? Buffer.from(content).toString('base64').replaceAll(/.{76}/g, '$&\r\n')
      : quotedPrintable(content);
  const part = (type: string, content: string | Uint8Array, more = '', boundary = '=_b1'): string =>
    `--${boundary}\r\nContent-Type: ${type}\r\nContent-Transfer-Encoding: ${typeof content === 'string' ? encoding : 'base64'}\r\n${more}\r\n${encode(content)}\r\n`;
  return Buffer.from(
    [
      'Return-Path: <alerts@cert.example>\r\n',
      'Received: from mx.cert.example (mx.cert.example [192.0.2.25])\r\n\tby mail.example.org; Tue, 3 Mar 2026 09:00:00 +0000\r\n',
      'From: CERT <alerts@cert.example>\r\nTo: admins@example.org\r\n',
      'Subject: =?utf-8?Q?Advisory:_Operation_Caf=C3=A9?=\r\nDate: Tue, 03 Mar 2026 09:00:00 +0000\r\n',
      'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="=_b1"\r\n\r\nThis is a multi-part message.\r\n',
      '--=_b1\r\nContent-Type: multipart/alternative; boundary="=_b2"\r\n\r\n',
      text === undefined ? '' : part('text/plain; charset=utf-8', text, '', '=_b2'),
      html === undefined ? '' : part('text/html; charset=utf-8', html, '', '=_b2'),
      '--=_b2--\r\n',
      ...Object.entries(attachments).map(([name, content]) =>
        part(
          name.endsWith('.png') ? 'image/png' : 'application/octet-stream',
          content,
          `Content-Disposition: attachment; filename="${name}"\r\n`,
        ),
      ),
      '--=_b1--\r\n',
    ].join(''),
  );
}

/** Every dot escaped and lines broken often, as no mail program does but any may. */
function quotedPrintable(text: string): string {
  return text
    .split('\n')
    .map((line) => line.replaceAll('=', '=3D').replaceAll('.', '=2E').replaceAll(/.{30}/g, '$&=\r\n'))
    .join('\r\n')
    .replaceAll(/=(\r\n)?(2|3)(=\r\n)(E|D)/g, '=$2$4')
    .replaceAll(/=(=\r\n)(2E|3D)/g, '=$2');
}
