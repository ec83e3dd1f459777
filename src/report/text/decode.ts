// A report's bytes as text: by their mark, as UTF-8, as the page's head says, else Windows-1252, which never fails.
//
// Matters for names: in Shift_JIS or GB 18030 read as something else, half a character becomes a letter before the name.
import { gunzipSync } from 'node:zlib';
import { ReportError } from '../report.ts';

/** The largest report read. */
const REPORT_OCTETS_MAX = 134_217_728;

/**
 * @param encoding instead of what the bytes say, a label as in HTML (`shift_jis`, `gb18030`, `windows-1251`)
 * @throws ReportError for what is no text at all
 */
export function decodeReport(given: Uint8Array, encoding?: string): string {
  const bytes = unpacked(given);
  if (bytes.length > REPORT_OCTETS_MAX)
    throw new ReportError(
      'REPORT_TOO_BIG',
      `the report has ${bytes.length} octets, at most ${REPORT_OCTETS_MAX} are read; cut out the part with the names`,
    );
  const kind = binaryKind(bytes);
  if (kind !== null) throw new ReportError('REPORT_NOT_TEXT', kind);
  if (encoding !== undefined) return decoderOf(encoding)?.decode(bytes) ?? refuseEncoding(encoding);
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return (decoderOf(encodingSaid(bytes)) ?? new TextDecoder('windows-1252')).decode(bytes);
  }
}

/** `<meta charset="…">`, `content="text/html; charset=…"`, `<?xml encoding="…">`. */
function encodingSaid(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.subarray(0, 4096)).toString('latin1');
  return (
    /<(?:meta|\?xml)\b[^<>]{0,200}?(?:charset|encoding)\s{0,4}=\s{0,4}["']?([a-z0-9_:-]{3,30})/i.exec(
      head,
    )?.[1] ?? ''
  );
}

function decoderOf(label: string): TextDecoder | null {
  try {
    return new TextDecoder(label);
  } catch {
    return null;
  }
}

function refuseEncoding(label: string): never {
  throw new ReportError(
    'REPORT_NOT_TEXT',
    `no such encoding (${JSON.stringify(label.slice(0, 40))}); name one as HTML does: utf-8, shift_jis, gb18030, windows-1251`,
  );
}

/** What is gzip data, unpacked as far as a report may be long: a few kilobytes can stand for gigabytes. */
function unpacked(bytes: Uint8Array): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: REPORT_OCTETS_MAX });
  } catch (error) {
    const isLong = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    throw new ReportError(
      isLong ? 'REPORT_TOO_BIG' : 'REPORT_NOT_TEXT',
      isLong
        ? `the report unpacks to more than ${REPORT_OCTETS_MAX} octets; cut out the part with the names`
        : 'the report is gzip data that is broken or cut; fetch it again',
      { cause: error },
    );
  }
}

function binaryKind(bytes: Uint8Array): string | null {
  const head = Buffer.from(bytes.subarray(0, 8)).toString('latin1');
  if (head.startsWith('%PDF-'))
    return 'the report is a PDF file, not its text; turn it into text first (pdftotext -layout report.pdf -)';
  if (head.startsWith('PK\x03\x04'))
    return 'the report is a zip archive or an Office document; save it as text, HTML or CSV';
  if (head.startsWith('\xd0\xcf\x11\xe0'))
    return 'the report is a document of an old Office (.doc, .xls, .msg); save it as .docx, .xlsx, .eml, text or CSV';
  if (isData(bytes))
    return 'the report is a program, a picture or other data, not text; give what is written about it';
  return null;
}

const DATA_SAMPLE_OCTETS = 65_536;
const DATA_SHARE = 0.02;
/** A text may have ended with what ends a file elsewhere. */
const DATA_MIN = 8;

/** Octets that no encoding of text has; UTF-16 with its mark has them, and is text. */
function isData(bytes: Uint8Array): boolean {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) return false;
  const sample = bytes.subarray(0, DATA_SAMPLE_OCTETS);
  let control = 0;
  // ISO-2022-JP begins its parts with 1b.
  for (const octet of sample)
    if (octet < 0x09 || (octet > 0x0d && octet < 0x20 && octet !== 0x1b)) control += 1;
  return control > Math.max(DATA_MIN, sample.length * DATA_SHARE);
}
