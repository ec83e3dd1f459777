// docs/reports.md lists the kinds that are read: all of them, and each as the reader tells it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { importSource } from '../../src/lists/import/import-source.ts';
import { DOCUMENT_KINDS } from '../../src/report/documents/document.ts';
import { unfold } from '../../src/report/documents/unfold.ts';
import { REPORT_KINDS } from '../../src/report/report.ts';
import { docxOf, mailOf, pdfOf, xlsxOf, zipOf } from '../support/documents.ts';

const NAME = 'evil-one.com';
const PROSE = 'The server is evil-one[.]com, they say.';

/** One report of each kind that names NAME. */
const REPORTS: Readonly<Record<string, string | Uint8Array>> = {
  text: PROSE,
  html: `<!doctype html><html><body><p>${PROSE}</p></body></html>`,
  csv: `type,value\ndomain,${NAME}\ndomain,other.top\n`,
  stix: JSON.stringify({ type: 'bundle', id: 'bundle--1', objects: [{ type: 'indicator', id: 'indicator--1', pattern_type: 'stix', pattern: `[domain-name:value = '${NAME}']` }] }),
  misp: JSON.stringify({ Event: { info: 'x', Attribute: [{ type: 'domain', value: NAME, to_ids: true }] } }),
  json: JSON.stringify({ 1: [{ ioc_value: NAME, ioc_type: 'domain', malware_printable: 'X' }] }),
  xml: `<?xml version="1.0"?><ioc xmlns="http://schemas.mandiant.com/2010/ioc"><definition><Indicator><IndicatorItem condition="is"><Context search="Network/DNS"/><Content>${NAME}</Content></IndicatorItem></Indicator></definition></ioc>`,
  sigma: `title: X\nlogsource: { category: dns }\ndetection:\n  selection:\n    query|endswith: ${NAME}\n  condition: selection\n`,
  suricata: `alert dns any any -> any any (msg:"X"; dns.query; content:"${NAME}"; nocase; sid:1; rev:1;)\n`,
  query: `DeviceNetworkEvents\n| where RemoteUrl in ("${NAME}", "other.top")\n`,
  mail: mailOf({ text: PROSE }),
  pdf: pdfOf([[PROSE]]),
  docx: docxOf([PROSE]),
  xlsx: xlsxOf({ S: [['domain'], [NAME], ['other.top']] }),
  zip: zipOf({ 'a.txt': PROSE, 'b.txt': 'nothing' }),
}; // biome-ignore format: a row

t.test('every kind has a row, and no row is of another', async (t) => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/reports.md'), 'utf8');
  const rows = [...text.matchAll(/^\| `([a-z]+)` \|/gm)].map(([, kind]) => kind);
  t.same(rows, [...REPORT_KINDS, ...DOCUMENT_KINDS]);
  t.same(rows, Object.keys(REPORTS));
});

t.test('a report of each kind is told as that kind, and its name is taken', async (t) => {
  for (const [kind, report] of Object.entries(REPORTS)) {
    const input = { bytes: Buffer.from(report), sourceName: null, now: Date.parse('2026-06-01') };
    const result = await importSource(input, unfold);
    t.equal(result.kind, kind);
    t.equal(result.taken[0]?.name, NAME, kind);
  }
});
