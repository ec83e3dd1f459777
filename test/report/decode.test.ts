// A report's bytes as text, whatever its encoding.
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { importReport } from '../../src/report/import.ts';
import { decodeReport } from '../../src/report/text/decode.ts';
import { NOW } from '../support/lists-report.ts';

const names = (bytes: Uint8Array, encoding?: string): string[] =>
  importReport({
    bytes,
    sourceName: null,
    now: NOW,
    options: encoding === undefined ? {} : { encoding },
  }).taken.map(({ name }) => name);

/** 表 in Shift_JIS ends in 0x5c, ソ too, ア in GB 18030 in a letter: half a character that looks like ASCII. */
const shiftJis = Buffer.concat([
  Buffer.from('<html><head><meta charset="Shift_JIS"></head><p>'),
  Buffer.from([0x94, 0x5c, 0x83, 0x41]),
  Buffer.from('evil[.]com'),
  Buffer.from([0x82, 0xc9]),
  Buffer.from('</p>'),
]);

t.test("a page's own word on its encoding keeps neighbours out of names", async (t) => {
  t.same(names(shiftJis), ['evil.com']);
  t.same(names(shiftJis.subarray(48), 'shift_jis'), ['evil.com'], 'the caller knows');
});

t.test('marks at the head and UTF-16 are understood', async (t) => {
  const text = 'ü evil[.]com';
  t.equal(decodeReport(Buffer.from(`\ufeff${text}`)), text);
  t.equal(decodeReport(Buffer.from(`\ufeff${text}`, 'utf16le')), text);
  t.equal(decodeReport(Buffer.from(`\ufeff${text}`, 'utf16le').swap16()), text);
  t.equal(decodeReport(Buffer.from([0xfc, 0x20, 0x65])), 'ü e', 'else Windows-1252');
});

t.test('what is no text is refused with what to do', async (t) => {
  t.throws(() => decodeReport(Buffer.from('%PDF-1.7\n')), { code: 'REPORT_NOT_TEXT', message: /pdftotext/ });
  t.throws(() => decodeReport(Buffer.from('PK\x03\x04x')), { code: 'REPORT_NOT_TEXT' });
  t.throws(() => decodeReport(Buffer.from([0x1f, 0x8b, 8])), { code: 'REPORT_NOT_TEXT' });
  t.throws(() => decodeReport(Buffer.from('x'), 'no-such'), { message: /no such encoding/ });
  t.throws(() => decodeReport(new Uint8Array(134_217_729)), { code: 'REPORT_TOO_BIG' });
});

t.test('gzip data is unpacked, within bounds', async (t) => {
  t.same(names(gzipSync('C2 domains:\n- first-evil[.]top\n')), ['first-evil.top']);
  const bomb = gzipSync(Buffer.alloc(140_000_000));
  t.throws(() => decodeReport(bomb), { code: 'REPORT_TOO_BIG' });
  t.throws(() => decodeReport(gzipSync('- evil[.]top').subarray(0, 20)), { code: 'REPORT_NOT_TEXT' });
});
