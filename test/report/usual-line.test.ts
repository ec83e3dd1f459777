// A line that is a value in its usual form gives what its characters give when each is looked at, whatever stands around it.
import { isDeepStrictEqual } from 'node:util';
import t from 'tap';
import { importReport } from '../../src/report/import.ts';
import { itemBegin, usualLine } from '../../src/report/text/usual-line.ts';
import { SeededRandom } from '../support/upstream-asker.ts';

const SCHEMES = ['https://', 'http://', 'https://', '', '', 'hxxps://', 'HTTP://', 'ftp://', 'https:/'];
const HOSTS =
  'evil.flesth evil.test a.evil.de x1.y2.evil.org evil.zip setup.sh files.evil.sh com.evil.app org.evil.test evil.com 192.0.2.7 198.51.100.255 192.0.2.256 1.2.3.4 012.1.1.1 [2a00:1450:4001::8] [2001:db8::7] drive.google.com github.io evil.github.io co.uk evil.co.uk evil.lan evil.exe Evil.Test evil[.]test evil.test. a[.]evil.com evil[.]com evil.co[.]uk evil[.]co[.]uk 198.51.100[.]7 evil[.]zip [.]evil.com evil[.] evil[.][.]com example[.]com -evil.test evil-.test www.evil.test docs.your-domain.com example.com host.name dns.question.name user.id localhost evil.xn--p1ai bücher.example evil_a.test a..b'.split(
    ' ',
  );
const PORTS = ['', '', '', ':8080', ':99999', ':123456', ':', ':x'];
const PATHS = [
  ...['', '', '/', '/login', '/a/b.php?x=1&y=2', '/a//b', '/http://nested.test/', '/x?u=https%3A%2F%2Fnested.test', '#top'],
  ...['?q=1', '/a%20b', '/a%25b', '/http__nested.test', '/feed.json', '/iocs', '/a-long-title-of-an-article', '/a(b)', '/a,b', '/a;b', '/kill-switch', '/killswitch.php'],
  ...["/a'b", '/a|b', '/user@mail.test', '/&amp;x', '/*', '/index.html', '/\\b', '/evil[.]test', `/${'long/'.repeat(120)}`],
]; // biome-ignore format: groups
const ITEMS = ['', '', '', '', '- ', '* ', '  - ', ' - ', '    * ', '      ', '-   ', '+ ', '  ', '1. '];
const AROUND = [
  ...['# a comment', '# C2: evil.test', '; evil.test', '// https://evil.test/', '', '', '   ', '# URLs', 'C2 domains:', 'IOCs', 'Domains'],
  ...['References:', 'Legitimate:', 'Victims', 'Hashes', '9f86d081884c7d659a2feaa0c55ad015', 'our blog posts about this malware', '(at) x'],
  ...['the malware downloads its next stage from the legitimate site', 'data were sent to these by the attackers and then-', 'it ends in -', 'well-'],
  ...['| Domain | Note |', '| --- | --- |', '| evil.test | C2 |', 'Domain  Note', 'evil.test  C2', '[.]test', '[at] evil.test', ' (dot)test'],
  ...['title: Something', 'url: https://evil.test/', 'more information on it can be found at', 'Nameservers:', 'IP addresses:', 'evil.test (C2)', '1. evil.test'],
  ...['= x', '.com', '@mail.test', 'cn=', 'dot com', '{x}', 'http://', '2a00:1450:4001::8', 'http://[2a00:1450:4001::8]/a', 'not malicious'],
  ...['---', '---', '    - evil.test', 'Malicious domains:', 'Victims:', 'Legitimate domains', 'Sources', '  - # a comment', '- name: x', '  victim: y'],
  ...['- the sample then asked the servers of the group, among them', 'Registrar:', '## Indicators', 'IP addresses', 'The real site is evil.com'],
  ...['192.0.2.7', 'setup.exe', 'evil@mail.test', `${'word '.repeat(110)}`, '[7] a reference', 'Received: from evil.test'],
]; // biome-ignore format: groups

const random = new SeededRandom(14);
const one = (values: readonly string[]): string => values[random.u16() % values.length]!;
const USUAL = [
  'https://evil.test/a',
  'http://192.0.2.7:8080/a',
  'evil.test',
  'b.evil.de',
  'https://evil.zip/feed.json',
  'evil.org:443/x.php?a=b',
  'hxxps://evil[.]com/a',
  'b.evil[.]de',
  '192.0.2[.]9',
  'hxxp://evil.net/a-long-title-of-an-article',
];
const line = (): string => {
  const dice = random.u16() % 8;
  if (dice < 2) return one(AROUND);
  return `${one(ITEMS)}${dice < 5 ? one(USUAL) : `${one(SCHEMES)}${one(HOSTS)}${one(PORTS)}${one(PATHS)}`}`;
};

function read(text: string, options: { take?: readonly string[]; mayBeBare?: boolean }): object {
  const { taken, leftOut, addresses, leftOutMore } = importReport({
    text,
    sourceName: null,
    now: 0,
    options: { kind: 'text', ...options },
  });
  return { taken, leftOut, addresses, leftOutMore };
}

t.test('a usual line gives what its characters give', (t) => {
  let usual = 0;
  const differing: string[] = [];
  for (let count = 0; count < 4000; count += 1) {
    const lines = Array.from({ length: 1 + (random.u16() % 9) }, line);
    usual += lines.filter((each) => usualLine(each.slice(itemBegin(each))) !== null).length;
    const text = lines.join(one(['\n', '\n', '\r\n', '\n\n']));
    for (const mayBeBare of [true, false]) {
      // A wish has each line looked at.
      const looked = read(text, { mayBeBare, take: ['nobody.test'] });
      if (!isDeepStrictEqual(read(text, { mayBeBare }), looked)) differing.push(text);
    }
  }
  t.strictSame(differing, []);
  t.ok(usual > 5000, `${usual} usual lines`);
  t.end();
});

t.test('what may be more is not usual', (t) => {
  const usual = [
    'https://evil.test/a',
    'http://192.0.2.7:8080/a',
    'evil.test',
    'evil.test:8080',
    'files.evil.sh/a',
    'https://evil.zip',
  ];
  t.strictSame(usual.filter((each) => usualLine(each) === null), []); // biome-ignore format: a row each
  const others = [
    'evil.flesth',
    'https://evil.flesth/a',
    'evil.zip',
    'com.evil.app',
    'host.name',
    'host.name/a',
    '192.0.2.7',
    'https://evil.test/https://a.test',
    'https://drive.google.com/a',
    'https://a@evil.test',
    'https://evil.test#a',
    '',
  ];
  t.strictSame(others.filter((each) => usualLine(each) !== null), []); // biome-ignore format: a row each
  t.end();
});

t.test('a value of a column gives what a closer look at it gives', (t) => {
  const rows = Array.from(
    { length: 6000 },
    () => `url,${one(SCHEMES)}${one(HOSTS)}${one(PORTS)}${one(PATHS).replaceAll(/[",\n]/g, '')}`,
  );
  const text = `type,value\n${rows.join('\n')}\n`;
  const table = (leaveOut: readonly string[], url?: string): object => {
    const { taken, leftOut, addresses } = importReport({
      text,
      sourceName: null,
      now: 0,
      options: { kind: 'csv', leaveOut, ...(url !== undefined && { url }) },
    });
    return { taken, leftOut, addresses };
  };
  // Where the report was published has each value looked at.
  t.strictSame(table([]), table([], 'https://nobody-elses-site.test/report'));
  t.end();
});
