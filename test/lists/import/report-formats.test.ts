// Reports as list formats, at every refresh: the same names as an import, covering the names below them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { importSource } from '../../../src/lists/import/import-source.ts';
import { modeAt } from '../../../src/policy/expiry.ts';
import { compileText } from '../../support/lists-compile.ts';
import { importFixture, NOW } from '../../support/lists-report.ts';
import { readText } from '../../support/lists-sink.ts';

const fixture = (file: string): Buffer =>
  readFileSync(join(import.meta.dirname, '../../fixtures/reports', file));

const FORMATS = [
  ['article-id.txt', 'report'],
  ['article-de.html', 'report'],
  ['indicators.csv', 'csv'],
  ['feed.csv', 'csv'],
  ['bundle.json', 'stix'],
  ['event.json', 'misp'],
] as const;

t.test('a list in a report format has the names an import takes', async (t) => {
  for (const [file, format] of FORMATS) {
    const { entries, counts } = await readText(fixture(file), format, { chunk: 100 });
    const expected = importFixture(file);
    t.same(
      entries,
      expected.taken.map(({ name }) => `${name} subtree`),
      file,
    );
    const skipped = Object.values(counts).reduce((sum, count) => sum + count, 0);
    t.equal(skipped, expected.leftOut.length, file);
  }
});

t.test('auto finds tables, STIX and MISP', async (t) => {
  for (const [file, format] of FORMATS.slice(3))
    t.equal((await readText(fixture(file), 'auto')).format, format, file);
});

t.test('an indicator until a day that is over is on the list too, to be watched', async (t) => {
  const rows = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
  const text = `type,value,valid_until\ndomain,ahead.evil.top,${rows(9)}\ndomain,over.evil.top,${rows(-9)}\n`;
  t.same((await readText(text, 'csv')).entries, ['ahead.evil.top subtree', 'over.evil.top subtree']);
  const { ruleSet, lists } = await compileText(text, { format: 'csv', alert: true });
  t.match(
    ruleSet.rules.map((rule) => modeAt(rule, ruleSet.lists[0], Date.now())),
    ['enforce', 'expired'],
  );
  t.match(lists, [{ error: null, entries: 2, ends: [{ count: 1 }, { count: 1 }], undated: 0 }]);
  const ended = (await importSource({ bytes: Buffer.from(text), sourceName: null, now: Date.now() })).leftOut;
  t.match(ended, [{ name: 'over.evil.top', reason: 'expired' }], 'an import leaves it out, and says so');
});

t.test('what is not the format named is refused', async (t) => {
  for (const format of ['csv', 'stix', 'misp'] as const)
    await t.rejects(readText('just some words\n', format), { code: 'LIST_NOT_FORMAT' }, format);
});

const importOf = (text: string) => importSource({ bytes: Buffer.from(text), sourceName: null, now: NOW });
const words = async (text: string): Promise<string[]> =>
  (await importOf(text)).taken.map(({ name, isExact }) => (isExact ? `${name} exact` : name));

t.test(
  'what everybody shares is left out of a bare list; names with paths make it one of indicators',
  async (t) => {
    t.same(await words('a.top\ngithub.com\nb.top\ngithub.io\nc.top\n'), [
      'a.top exact',
      'b.top exact',
      'c.top exact',
    ]);
    t.same(await words('a.top\nb.top\nc.top\nd.top\ne.top\nf.top/x\nm@g.top\nh.top\n'), [
      ...['a.top', 'b.top', 'c.top', 'd.top', 'e.top', 'f.top', 'h.top'],
    ]);
  },
);

t.test('a block list is imported as what it says', async (t) => {
  t.same(await words('0.0.0.0 a.com\n127.0.0.1 b.com # x\n'), ['a.com exact', 'b.com exact']);
  t.same(await words('a.com\nb.com\nc.com\n'), ['a.com exact', 'b.com exact', 'c.com exact']);
  t.same(await words('||a.com^\n@@||b.com^\n||c.com^$important\n'), ['a.com', 'c.com']);
  t.same(
    await words('$TTL 60\n@ SOA ns. x. 1 1 1 1 1\n  NS ns.\na.com CNAME .\n*.a.com CNAME .\nb.com CNAME .\n'),
    ['a.com', 'b.com exact'],
  );
  t.same(await words('indicators:\n  - a.com\n  - {name: b.com, note: x, subdomains: false}\n'), [
    'a.com',
    'b.com exact',
  ]);
});

t.test('a text of nothing but names is a list, whichever of them are defanged', async (t) => {
  t.same(await words('www.example.com\n'), []);
  t.same(await words('a[.]com\nb.com\nc.com\nd.com\n'), ['a.com', 'b.com', 'c.com', 'd.com']);
  t.same(await words('first-evil.top\nsecond-evil.top\n'), ['first-evil.top', 'second-evil.top']);
  t.match(await importOf('@@||b.com^\n||c.com^\n'), {
    kind: 'adblock',
    leftOut: [{ text: 'b.com', reason: 'exception' }],
  });
});

t.test('addresses of STIX, MISP and CSV count on request, those not meant for detection never', async (t) => {
  const stix = {
    type: 'bundle',
    objects: [
      { type: 'indicator', id: 'i--1', pattern: "[domain-name:value = 'evil.com']", pattern_type: 'stix' },
      {
        type: 'indicator',
        id: 'i--2',
        pattern: "[ipv4-addr:value = '198.51.100.0/24']",
        pattern_type: 'stix',
      },
      { type: 'indicator', id: 'i--3', pattern: "[ipv6-addr:value = '2001:db8::7']", pattern_type: 'stix' },
      { type: 'indicator', id: 'i--4', pattern: "[ipv4-addr:value = '203.0.113.1']", labels: ['benign'] },
    ],
  };
  const misp = {
    Event: {
      info: 'x',
      Attribute: [
        { type: 'domain', value: 'evil.com', to_ids: true },
        { type: 'ip-dst', value: '198.51.100.0/24', to_ids: true },
        { type: 'ip-dst|port', value: '2001:db8::7|443', to_ids: true },
        { type: 'ip-src', value: '203.0.113.1', to_ids: false },
      ],
    },
  };
  const csv = 'type,indicator\ndomain,evil.com\nip,198.51.100.0/24\nipv6,2001:db8::7\n';
  const expected = ['198.51.100.0/24 subtree', '2001:db8::7 subtree', 'evil.com subtree'];
  for (const [format, text] of [
    ['stix', JSON.stringify(stix)],
    ['misp', JSON.stringify(misp)],
    ['csv', csv],
  ] as const) {
    t.same((await readText(text, format)).entries, ['evil.com subtree'], `${format}: not unasked`);
    t.same((await readText(text, format, { addresses: true })).entries.sort(), expected, format);
  }
});

t.test('what an import takes, a list takes: feeds of every form are told by their content', async (t) => {
  const FEEDS: readonly (readonly [format: string, text: string])[] = [
    ['report', 'https://first-evil.top/a\nhttps://second-evil.top/b\n192.0.2.7:443\n/gate.php\n'],
    ['report', '[{"DomainAddress":"first-evil.top","DeleteDate":null},{"DomainAddress":"second-evil.top"}]'],
    [
      'report',
      '{"1":[{"ioc_value":"first-evil.top","ioc_type":"domain"}],"2":[{"ioc_value":"second-evil.top","ioc_type":"domain"}]}',
    ],
    [
      'csv',
      '#fields\tindicator\tindicator_type\tmeta.source\nfirst-evil.top\tIntel::DOMAIN\tx\nsecond-evil.top\tIntel::DOMAIN\tx\n',
    ],
    [
      'report',
      '<?xml version="1.0"?><stix:STIX_Package><DomainNameObj:Value>first-evil.top</DomainNameObj:Value><DomainNameObj:Value>second-evil.top</DomainNameObj:Value></stix:STIX_Package>',
    ],
    [
      'report',
      'alert dns any any -> any any (msg:"a"; dns.query; content:"first-evil.top"; bsize:14; sid:1;)\nalert dns any any -> any any (msg:"b"; dns.query; content:"second-evil.top"; bsize:15; sid:2;)\n',
    ],
    ['report', 'first-evil[.]top\nsecond-evil[.]top\n'],
  ];
  for (const [format, text] of FEEDS) {
    t.same(await words(text), ['first-evil.top', 'second-evil.top'], text);
    const list = await readText(text, 'auto');
    t.equal(list.format, format, text);
    t.same(list.entries, ['first-evil.top subtree', 'second-evil.top subtree'], text);
  }
});

t.test('URLs of addresses are told as addresses, however many, and also below a head', async (t) => {
  const head = '# As of 2026-11-30 10:30\n# Terms of use: https://feed.example.net/terms\n';
  const urls = Array.from({ length: 6000 }, (_, i) => `http://20.${i >> 8}.${i & 255}.7:8080/bin.sh`).join(
    '\n',
  );
  for (const text of [urls, head + urls]) {
    const { lists } = await compileText(text, { addresses: true });
    t.match(lists[0], { format: 'report', entries: 6000, error: null });
  }
});

t.test('what is to be left out is left out of block lists, too', async (t) => {
  const lists = ['a.test\nb.test\nc.test\nd.test\n', '||a.test^\n||b.test^\n||c.test^\n||d.test^\n'];
  for (const text of lists) {
    const options = { leaveOut: ['b[.]test'] };
    const input = { bytes: Buffer.from(text), sourceName: 'list.txt', now: 0, options };
    const { taken, leftOut } = await importSource(input);
    t.same(
      taken.map(({ name }) => name),
      ['a.test', 'c.test', 'd.test'],
    );
    t.match(leftOut, [{ name: 'b.test', line: 2, reason: 'excluded' }]);
  }
});
