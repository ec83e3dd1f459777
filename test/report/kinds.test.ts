// Kinds are told apart by content, and each is read as it is met: odd tables, broken JSON, patterns of STIX.
import t from 'tap';
import { detectKind } from '../../src/report/kinds/detect.ts';
import { readPattern } from '../../src/report/kinds/stix-pattern.ts';
import { readTable } from '../../src/report/kinds/table.ts';
import { importText, leftIn, namesIn } from '../support/lists-report.ts';

const KINDS: readonly (readonly [text: string, kind: string])[] = [
  ['evil[.]com is bad, says the vendor.\nSo is bad[.]com, says another.\n', 'text'],
  ['a[.]com | b[.]com |\nc[.]com | d[.]com |\n', 'text'],
  ['| Name | Role |\n|---|---|\n| a[.]com | C2 |\n', 'text'],
  ['<!doctype html><p>evil[.]com', 'html'],
  ['<p>one</p>\n<p>evil[.]com</p>', 'html'],
  ['5 < 6 and <evil[.]com> and <b>', 'text'],
  ['value,type\nevil.com,domain\n', 'csv'],
  ['Typ;Wert\nDomain;evil.com\nIP;192.0.2.1\n', 'csv'],
  ['Domain\tFirst seen\nevil.com\t2024-01-01\n', 'csv'],
  ['domain\nevil.com\nbad.com\n', 'csv'],
  ['My list\n\nindicator,type\nevil.com,hostname\n', 'csv'],
  ['{"type":"bundle","id":"bundle--1","objects":[]}', 'stix'],
  ['[{"type":"indicator","spec_version":"2.1"}]', 'stix'],
  ['{"response":[{"Event":{"info":"x"}}]}', 'misp'],
  ['{"hello":"evil[.]com"}', 'json'],
  ['', 'text'],
];

t.test('the kind is found by content', async (t) => {
  for (const [text, kind] of KINDS) t.equal(detectKind(text).kind, kind, JSON.stringify(text));
});

const TABLES: readonly (readonly [text: string, names: readonly string[], left: readonly string[]])[] = [
  ['value,type\nevil.com,hostname\nwww.evil.com,FQDN\n', ['evil.com', 'www.evil.com'], []],
  [
    '\ufeffvalue;type\r\n"evil.com";domain\r\n"a ""b"" bad[.]com";note\r\n',
    ['evil.com'],
    ['a "b" bad[.]com type'],
  ],
  [
    'Tipo,Indicador\nDominio,evil.com\nMD5,0eeb1c0133eb4d571178b2d9d14ce3e9\n',
    ['evil.com'],
    ['0eeb1c0133eb4d571178b2d9d14ce3e9 type'],
  ],
  ['類型,指標\n域名,evil.com\nIP,192.0.2.1\n', ['evil.com'], ['192.0.2.1 address']],
  [
    'domain,ip,note\nevil.com,192.0.2.1,seen at www.shop.com\nbad.com,,\n',
    ['evil.com', 'bad.com'],
    ['www.shop.com plain'],
  ],
  [
    'URL,Status\nhttp://evil.com/x,online\nhttps://docs.google.com/d/1,online\n',
    ['evil.com'],
    ['https://docs.google.com shared-host'],
  ],
  [
    '# id,dateadded,url,url_status\n"1","2024-01-01","http://evil.com/a.exe","online"\n"2","2024-01-01","http://192.0.2.1/b","online"\n',
    ['evil.com'],
    ['http://192.0.2.1 address'],
  ],
  [
    'domain,evil.com\ndomain,bad.com\nsha256,59e1edf4d82fae4978e97512b0331b7eb21dd4b838b850ba46794d9c7a2c0983\n',
    ['evil.com', 'bad.com'],
    ['59e1edf4d82fae4978e97512b0331b7eb21dd4b838b850ba46794d9c7a2c0983 type'],
  ],
  ['type,value,to_ids\ndomain,evil.com,1\ndomain,good.com,0\n', ['evil.com'], ['good.com benign']],
  [
    'value,entity_type,description\nevil\u200b.com,hostname,x\nevil.com\u200e ,hostname,x\n',
    ['evil.com'],
    [],
  ],
  ['indicator,reference\nevil.com,https://blog.vendor.com/x\n', ['evil.com'], []],
  ['value,type\n"a.com, b.com\nc.com",domain\n', ['a.com', 'b.com', 'c.com'], []],
  [
    'value,type\nlocalhost,domain\ncom,domain\n*.evil.com,domain\n2001:db8::1,domain\n',
    ['evil.com'],
    ['localhost not-a-name', 'com not-a-name', '2001:db8::1 address'],
  ],
];

t.test('tables are read by what their columns say', async (t) => {
  for (const [text, names, left] of TABLES) {
    t.same(namesIn(text), names, JSON.stringify(text));
    t.same(leftIn(text), left, JSON.stringify(text));
  }
});

t.test('prose with even commas is not a table', async (t) => {
  const prose =
    'Hosts, says one, were hit\nDomain evil[.]com, it adds, is new\nA reader of www.news.com, too, knows\n';
  t.same(namesIn(prose), ['evil.com']);
});

t.test('a quote that is never closed swallows no more than it must', async (t) => {
  const { rows } = readTable('a,"b\nc,d\n', ',');
  t.same(
    [...rows].map((row) => row.map(({ text }) => text)),
    [
      ['a', '"b'],
      ['c', 'd'],
    ],
  );
});

t.test('broken JSON is read as text and says so; a comma too many is forgiven', async (t) => {
  const broken = importText('{"type":"bundle","objects":[{"type":"domain-name","value":"evil[.]com"');
  t.match(broken, { kind: 'text', taken: [{ name: 'evil.com' }], warnings: [/^looks like stix/] });
  t.same(
    namesIn(
      '{"type":"bundle","objects":[{"type":"indicator","pattern":"[domain-name:value=\'evil.com\']",},]}',
    ),
    ['evil.com'],
  );
});

const PATTERNS: readonly (readonly [pattern: string, terms: readonly string[]])[] = [
  ["[domain-name:value = 'evil.com']", ['domain-name:value evil.com']],
  [
    "[domain-name:value='a.com'OR domain-name:value='b.com'] AND [url:value = 'http://c.com/']",
    ['domain-name:value a.com', 'domain-name:value b.com', 'url:value http://c.com/'],
  ],
  [
    "[domain-name:value IN ('a.com', 'b.com')] WITHIN 5 SECONDS",
    ['domain-name:value a.com', 'domain-name:value b.com'],
  ],
  ["[domain-name:value != 'a.com' OR domain-name:value NOT = 'b.com']", []],
  ["[url:value = 'http://a.com/\\'x\\\\']", ["url:value http://a.com/'x\\"]],
  ["[domain-name:value LIKE '%.a.com']", ['domain-name:value %.a.com pattern']],
  ["[ipv4-addr:value = '192.0.2.1']", ['ipv4-addr:value 192.0.2.1 other']],
  [
    "[ipv4-addr:value ISSUBSET '192.0.2.0/24' OR ipv6-addr:value ISSUBSET '2001:db8::/32']",
    ['ipv4-addr:value 192.0.2.0/24 other', 'ipv6-addr:value 2001:db8::/32 other'],
  ],
  ["[ipv4-addr:value ISSUPERSET '192.0.2.7/32']", ['ipv4-addr:value 192.0.2.7/32 other']],
  [
    "[ipv4-addr:value NOT ISSUBSET '10.0.0.0/8' AND domain-name:value = 'a.com']",
    ['domain-name:value a.com'],
  ],
  [
    "[file:hashes.'SHA-256' = 'abc' AND file:name = 'x.exe']",
    ['file:hashes.sha-256 abc other', 'file:name x.exe other'],
  ],
  ["[domain-name:value = 'open", []],
  ['', []],
  ["]]]((''", []],
];

t.test('a STIX pattern says which names it compares with', async (t) => {
  for (const [pattern, expected] of PATTERNS) {
    const terms = readPattern(pattern).map(({ path, value, isName, operator }) =>
      [path, value, ...(isName ? [] : ['other']), ...(operator === '=' ? [] : ['pattern'])].join(' '),
    );
    t.same(terms, expected, pattern);
  }
});

t.test('XML: a text goes on behind a comment, and not behind an end tag that ends nothing', async (t) => {
  const openIoc = (content: string): string =>
    `<?xml version="1.0"?><ioc xmlns="http://schemas.mandiant.com/2010/ioc"><definition><IndicatorItem condition="is"><Context search="Network/DNS"/><Content type="string">${content}</Content></IndicatorItem></definition></ioc>`;
  for (const content of [
    'kabar<!-- x -->awan.com',
    'kabar<![CDATA[awan]]>.com',
    'kabar<?x y?>awan&#46;com',
    'kabarawan.com</b>z',
  ])
    t.same(await namesIn(openIoc(content)), ['kabarawan.com'], content);
});
