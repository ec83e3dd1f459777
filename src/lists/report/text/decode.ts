// A report's bytes as text: UTF-8, UTF-16 by its mark, else Windows-1252, which never fails.
import { ReportError } from '../report.ts';

/** The largest report read. */
export const REPORT_OCTETS_MAX = 134_217_728;

/** @throws ReportError for what is no text at all */
export function decodeReport(bytes: Uint8Array): string {
  if (bytes.length > REPORT_OCTETS_MAX)
    throw new ReportError(
      'REPORT_TOO_BIG',
      `the report has ${bytes.length} octets, at most ${REPORT_OCTETS_MAX} are read; cut out the part with the names`,
    );
  const kind = binaryKind(bytes);
  if (kind !== null) throw new ReportError('REPORT_NOT_TEXT', kind);
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

function binaryKind(bytes: Uint8Array): string | null {
  const head = Buffer.from(bytes.subarray(0, 8)).toString('latin1');
  if (head.startsWith('%PDF-'))
    return 'the report is a PDF file, not its text; turn it into text first (pdftotext -layout report.pdf -)';
  if (head.startsWith('PK\x03\x04'))
    return 'the report is a zip archive or an Office document; save it as text, HTML or CSV';
  if (head.startsWith('\x1f\x8b')) return 'the report is gzip data; unpack it first';
  return null;
}
