// Documents of every kind are read as what they are, told as such, with the place of each name in them.
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import t from 'tap';
import { importSource } from '../../src/lists/import/import-source.ts';
import { openDocument } from '../../src/report/documents/open-document.ts';
import { unfold } from '../../src/report/documents/unfold.ts';
import type { ImportResult } from '../../src/report/import.ts';
import { docxOf, mailOf, pdfOf, xlsxOf, zipOf } from '../support/documents.ts';

const read = (bytes: Uint8Array): Promise<ImportResult> =>
  importSource({ bytes, sourceName: 'given.bin', now: Date.parse('2026-06-01') }, unfold);

const placed = ({ taken }: ImportResult): string[] => taken.map(({ name, path }) => `${name} @ ${path}`);

t.test('a mail: bodies in base64 and quoted-printable, HTML, and its attachments', async (t) => {
  const content = {
    text: 'Dear admins,\nblock evil-one[.]com and second-evil[.]top please; our site is cert.example.',
    html: '<p>block <b>evil-one</b>[.]com and <span>html-only</span>[.]top</p>',
    attachments: {
      'iocs.csv': 'type,value\ndomain,in-a-table.top\n',
      'logo.png': Buffer.from([0x89, 0x50, 0x4e, 0x47, 0]),
      'report.pdf': pdfOf([['hxxp://in-a-file[.]top/x']]),
    },
  };
  for (const encoding of ['base64', 'quoted-printable'] as const) {
    const result = await read(mailOf({ ...content, encoding }));
    t.same(
      placed(result),
      [
        'evil-one.com @ text',
        'second-evil.top @ text',
        'html-only.top @ HTML',
        'in-a-table.top @ iocs.csv',
        'in-a-file.top @ report.pdf > page 1',
      ],
      encoding,
    );
    t.equal(result.kind, 'mail');
    t.match(result.warnings, ['not read: logo.png: image/png']);
    t.match(result.provenance, { title: 'Advisory: Operation Café', published: '2026-03-03' });
  }
});

t.test('a PDF file: lines, tables, names broken over lines, the page of each', async (t) => {
  const result = await read(
    pdfOf([
      ['Indicators of compromise', ['Type', 'Value'], ['Domain', 'plain-in-table.top'], ['MD5', '0'.repeat(32)]],
      ['The servers are evil-one[.]com and hxxps://broken-over[.]', 'lines[.]top/gate, says the vendor.example blog.'],
    ]), // biome-ignore format: a row
  );
  t.equal(result.kind, 'pdf');
  t.same(placed(result), [
    'plain-in-table.top @ page 1',
    'evil-one.com @ page 2',
    'broken-over.lines.top @ page 2',
  ]);
});

t.test('a PDF file: a hyphen is one whatever its font says of it besides', async (t) => {
  const lines = ['Domains', 'no-ip-here.example.org', 'my--name[.]top', 'plain[.]wiki'];
  for (const hyphen of ['002D', '002D00AD', '00AD', '002D200B'])
    t.same(
      placed(await read(pdfOf([lines], undefined, hyphen))),
      ['no-ip-here.example.org @ page 1', 'my--name.top @ page 1', 'plain.wiki @ page 1'],
      hyphen,
    );
});

t.test(
  'a PDF file: what stands at the foot of each page ends no list, and a tag it speaks of is none',
  async (t) => {
    const foot = (page: number): string[] => ['Lentera Labs Ltd', String(page)];
    const result = await read(
      pdfOf([
        ['Domains', 'kabarawan.com', ...foot(1)],
        ['awan-data77.com', ...foot(2)],
        ['rapatdaring.wiki', 'The page is <html><body><p>nothing</p></body></html>', ...foot(3)],
      ]),
    );
    t.same(placed(result), [
      'kabarawan.com @ page 1',
      'awan-data77.com @ page 2',
      'rapatdaring.wiki @ page 3',
    ]);
  },
);

t.test(
  'a PDF file: a table goes on over pages, and feet with the number of the page beside a name are feet',
  async (t) => {
    const foot = (page: number): string[] => [`www.lentera-labs.top   ${page}`];
    const row = (name: string): string[] => ['0'.repeat(32), name];
    const result = await read(
      pdfOf([
        ['C2 servers in use', ['MD5', 'C&C'], row('kabarawan.com'), ...foot(1)],
        [row('awan-data77.com'), ...foot(2)],
        [row('rapatdaring.wiki'), ...foot(3)],
      ]),
    );
    t.same(placed(result), [
      'kabarawan.com @ page 1',
      'awan-data77.com @ page 2',
      'rapatdaring.wiki @ page 3',
    ]);
  },
);

t.test(
  'a PDF file: a name that a narrow cell breaks is one name, and what ends where it stands is none',
  async (t) => {
    const result = await read(
      pdfOf([
        [
          'Indicators of compromise',
          ['no', 'domains'],
          ['1', 'hxxps://secure.login-bank-of-kaba'],
          ['', 'rawan-updates-for-all-of-you-in-'],
          ['', 'the-town[.]com/gate?A=1'],
          ['2', 'female-awan-beta-'],
          ['', 'metropolitan.berita[.]net'],
          ['3', 'short[.]top'],
          ['4', 'awan-berita-harian-data-dua-ti[.]co'],
          ['', 'm/x'],
          ['5', 'kabar-satu-berita-harian-data[.]com'],
          ['6', 'kabar-dua-berita-harian-toko[.]com'],
        ],
        [
          ['7', '51ea28f4f3fa794d5b207475897b1eef'],
          ['8', '1dd593ad084e1526c8facce834b0e124'],
          ['9', 'kabar-tiga[.]com'],
          ['10', 'administratorsofthewholecountry'],
          ['11', 'kabar-empat[.]com'],
        ],
      ]),
    );
    t.same(
      result.taken.map(({ name }) => name),
      [
        'secure.login-bank-of-kabarawan-updates-for-all-of-you-in-the-town.com',
        'female-awan-beta-metropolitan.berita.net',
        'short.top',
        'awan-berita-harian-data-dua-ti.com',
        'kabar-satu-berita-harian-data.com',
        'kabar-dua-berita-harian-toko.com',
        'kabar-tiga.com',
        'kabar-empat.com',
      ],
    );
  },
);

t.test('a PDF file: a sentence that leads to a list, and a heading, are read over their lines', async (t) => {
  const after = async (...lead: string[]): Promise<string[]> => {
    const { taken } = await read(
      pdfOf([
        [
          'The loader is old. It runs on every start of the machine it is on.',
          ...lead,
          'kabarawan.com',
          'Awan-Data77.com',
        ],
      ]),
    );
    return taken.map(({ name }) => name);
  };
  const both = ['kabarawan.com', 'awan-data77.com'];
  const leads = [
    ['Other domains associated', 'with the group.'],
    ['Domains common be-', 'tween both groups'],
    [
      'Here is a partial list of C&C servers and of the countries,',
      'demonstrating how they belong together:',
    ],
    ['Additional samples that connect to this command and control infrastructure', 'are:'],
    ['This particular sample is configured to use one of two command and control servers:'],
    ['Two more C&C domains were', 'identified for this group:'],
    ['The following C&C servers were used by Backdoor.Lentera and OSX.Awan:'],
    ["Victim's logs of the C&C servers"],
  ];
  for (const lead of leads) t.same(await after(...lead), both, lead.join(' | '));
  const others = [
    ['The malware asks to know whether it is online, and the legitimate', 'servers that it asks are:'],
    ['The backdoor takes from its C&C server, once it is registered,', 'the following commands:'],
    ['The proxy server needs no physical card, and what is known of it', 'can be read on the Internet:'],
    ['The following IP addresses were seen as C2 servers:'],
    ['IP addresses of command and control servers'],
  ];
  for (const lead of others) t.same(await after(...lead), [], lead.join(' | '));
  for (const heading of [
    'Domains and IP addresses',
    'IP addresses and servers of C2',
    'C2 domains, IP addresses',
  ])
    t.same(await after(heading), both, heading);
});

t.test('a Word file: paragraphs whose runs touch, and tables', async (t) => {
  const result = await read(
    docxOf([
      'C2 servers seen: evil-one[.]com & others',
      [['Domain', 'Remark'], ['plain-in-table.top', 'C2'], ['second-in-table.top', '<loader>']],
    ]), // biome-ignore format: a row
  );
  t.equal(result.kind, 'docx');
  t.same(
    result.taken.map(({ name }) => name),
    ['evil-one.com', 'plain-in-table.top', 'second-in-table.top'],
  );
  t.equal(result.taken[0]?.path, 'paragraph 1');
});

t.test('a workbook: typed by its columns like CSV, each name with its cell', async (t) => {
  const result = await read(
    xlsxOf({
      Domains: [['Type', 'Indicator', 'Valid until'], ['domain', 'evil-one.com', ''], [], ['domain', 'over.example.net', '2026-01-31'], ['url', 'https://third, quoted.top/a', '']],
      Notes: [['Seen at bad-two[.]net too']],
    }), // biome-ignore format: a row
  );
  t.equal(result.kind, 'xlsx');
  t.match(placed(result).slice(0, 1), ['evil-one.com @ Domains > B2']);
  t.match(placed(result).at(-1), 'bad-two.net @ Notes > A1');
  t.match(
    result.leftOut.find(({ reason }) => reason === 'expired'),
    { text: 'over.example.net', path: 'Domains > B4' },
  );
});

t.test('an archive: every file as what it is, archives in it too', async (t) => {
  const result = await read(
    zipOf({
      'a/notes.txt': 'The C2 is evil-one[.]com',
      'b.json': JSON.stringify({ type: 'bundle', id: 'bundle--1', objects: [{ type: 'indicator', id: 'indicator--1', pattern_type: 'stix', pattern: "[domain-name:value = 'in-stix.top']" }] }),
      'c.zip': zipOf({ 'd.xlsx': xlsxOf({ S: [['domain'], ['in-sheet.top'], ['more-sheet.top']] }) }),
      'e.txt.gz': gzipSync('and packed[.]top'),
      'f.bin': Buffer.from([1, 0, 2]),
    }), // biome-ignore format: a row
  );
  t.equal(result.kind, 'zip');
  t.same(placed(result), [
    'evil-one.com @ a/notes.txt',
    'in-stix.top @ b.json > indicator--1 > pattern',
    'in-sheet.top @ c.zip > d.xlsx > S > A2',
    'more-sheet.top @ c.zip > d.xlsx > S > A3',
    'packed.top @ e.txt.gz',
  ]);
  t.match(result.warnings, ['not read: f.bin: no text']);
});

t.test('what a STIX object says is found by its id and key', async (t) => {
  const objects = [
    { type: 'indicator', id: 'indicator--7', pattern_type: 'stix', pattern: "[domain-name:value = 'evil-one.com']" },
    { type: 'domain-name', id: 'domain-name--8', value: 'seen.example.org' },
  ]; // biome-ignore format: a row
  const result = await read(Buffer.from(JSON.stringify({ type: 'bundle', id: 'bundle--1', objects })));
  t.same(placed(result), ['evil-one.com @ indicator--7 > pattern']);
  t.match(result.leftOut, [{ reason: 'observable', path: 'domain-name--8 > value' }]);
});

t.test('a packed text is that text', async (t) => {
  for (const pack of [gzipSync, zstdCompressSync]) {
    const result = await read(pack('The C2 is evil-one[.]com'));
    t.match(result, { kind: 'text', taken: [{ name: 'evil-one.com', line: 1 }] });
  }
});

t.test('a plain body of a mail is gathered without a Blob of its lines', async (t) => {
  const { Blob } = globalThis;
  t.teardown(() => Object.assign(globalThis, { Blob }));
  const none = class {
    constructor() {
      throw new Error('a Blob of Node');
    }
  };
  Object.assign(globalThis, { Blob: none });
  const mail = `From: a@b.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n\r\n${'line é\r\n'.repeat(3)}evil[.]top\r\n`;
  t.equal((await unfold(Buffer.from(mail))).parts[0]?.text, `${'line é\n'.repeat(3)}evil[.]top\n`);
  t.equal(globalThis.Blob as unknown, none, 'and it is where it was');
});

t.test('links of a mail that its text does not show are told, and not taken', async (t) => {
  const result = await read(
    mailOf({
      text: 'Your parcel waits. See https://seen.kabarawan.com/a',
      html:
        '<p>Your parcel waits. <a href="https://hidden-link.top/login?id=1&amp;b=2">Pay</a> <a href="https://seen.kabarawan.com/a">x</a>' +
        "<form action='http://form-target.net/post'></form><a href='mailto:a@b.example'>mail</a></p>",
      encoding: 'base64',
    }),
  );
  t.same(placed(result), []);
  t.same(
    result.leftOut.map(({ text, path, reason }) => `${text} @ ${path}: ${reason}`),
    [
      'https://seen.kabarawan.com @ text: plain',
      'https://hidden-link.top @ links: plain',
      'http://form-target.net @ links: plain',
    ],
  );
});

t.test('a text that quotes the headers of a mail is a text', async (t) => {
  const { kind, taken } = await read(
    Buffer.from('Subject: invoice\nFrom: a@b.example\nSent from evil-one[.]com\n\nwas the lure\n'),
  );
  t.match({ kind, taken }, { kind: 'text', taken: [{ name: 'evil-one.com' }] });
});

t.test('hostile documents are refused in words', async (t) => {
  const nested = (depth: number): Buffer => {
    let inner: Buffer = zipOf({ 'a.txt': 'evil-one[.]com' });
    for (let level = 0; level < depth; level += 1) inner = zipOf({ 'a.zip': inner, 'b.txt': 'x' });
    return inner;
  };
  const many = zipOf(Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [`${index}.txt`, 'x'])));
  const bomb = gzipSync(Buffer.alloc(140_000_000));
  const sheet = (rows: string, shared = '<x/>'): Buffer =>
    zipOf({
      'xl/workbook.xml': '<x/>',
      'xl/worksheets/a.xml': `<x>${rows}</x>`,
      'xl/sharedStrings.xml': shared,
    });
  const mail = (content: string): Buffer =>
    Buffer.from(`Return-Path: <a@example.org>\r\nFrom: a@example.org\r\nSubject: x\r\n${content}`);
  const deep = (element: string): string => `<x>${`<${element}>`.repeat(100_000)}`;
  const rows: readonly (readonly [what: string, octets: Uint8Array, code: string, message: RegExp])[] = [
    ['archives in archives', nested(6), 'REPORT_TOO_BIG', /packed in files more than 4 deep/],
    ['too many files', many, 'REPORT_TOO_BIG', /more than 1000 files/],
    ['a bomb in an archive', zipOf({ 'a.gz': bomb, b: 'x' }), 'REPORT_TOO_BIG', /unpacks to more than 134217728 octets/],
    ['a PDF file that is none', Buffer.from('%PDF-1.4\nnothing'), 'REPORT_NOT_TEXT', /PDF file cannot be read/],
    ['a page that only keeps states of drawing', pdfOf([['x']], deflateSync('q '.repeat(100_000))), 'REPORT_TOO_BIG', /page 1 .*more than 4096 times \(operator q\)/],
    ['an archive that is cut', zipOf({ a: 'x', b: 'y' }).subarray(0, 60), 'REPORT_NOT_TEXT', /archive is damaged/],
    ['paragraphs in paragraphs', zipOf({ 'word/document.xml': deep('w:p') }), 'REPORT_TOO_BIG', /XML elements stand more than 512 deep/],
    ['cells far to the right', sheet('<row><c r="XFD1" t="str"><v>a</v></c></row>'.repeat(300)), 'REPORT_TOO_BIG', /more than 4000000 cells/],
    ['one text in all cells', sheet(`<row>${'<c t="s"><v>0</v></c>'.repeat(5000)}</row>`, `<x><si><t>${'a '.repeat(16_000)}</t></si></x>`), 'REPORT_TOO_BIG', /unpacks to more than 134217728 octets/],
    ['parts in parts of a mail', mail(Array.from({ length: 100 }, (_, level) => `Content-Type: multipart/mixed; boundary="b${level}"\r\n\r\n--b${level}\r\n`).join('')), 'REPORT_NOT_TEXT', /the mail cannot be read: .*nesting depth of 64/],
    ['rows in rows', zipOf({ 'xl/workbook.xml': '<x/>', 'xl/worksheets/a.xml': deep('row') }), 'REPORT_TOO_BIG', /XML elements stand more than 512 deep/],
  ]; // biome-ignore format: a row
  for (const [what, octets, code, message] of rows) await t.rejects(unfold(octets), { code, message }, what);
});

t.test('entities are not expanded, and a cell of a million lines is cut', async (t) => {
  const cell = `first-evil[.]com\n${'x\n'.repeat(1_000_000)}`;
  const { parts, unread } = await unfold(xlsxOf({ S: [[cell], ['second-evil[.]com']] }));
  t.same(unread, ['1 cells beyond their first 32767 characters']);
  t.ok(parts[0]!.text.length < 40_000);
  t.match(parts[0]!.text, /^first-evil.*\nsecond-evil/s);
  const laughs = `<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>`;
  const document = zipOf({
    'word/document.xml': `${laughs}<w:document><w:p><w:r><w:t>&b; evil-one[.]com</w:t></w:r></w:p></w:document>`,
  });
  t.match((await unfold(document)).parts[0]!.text, /&amp;b; evil-one/);
});

t.test('what takes more than a document may is ended', { skip: process.platform !== 'linux' }, async (t) => {
  const bounds = { memoryOctets: 1_000_000, processorMs: 60_000 };
  await t.rejects(openDocument(pdfOf([['evil[.]com']]), bounds), {
    code: 'REPORT_NOT_TEXT',
    message: /it took more than 1 MiB of memory; save it as text/,
  });
});
