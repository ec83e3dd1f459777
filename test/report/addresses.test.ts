// Addresses in prose, lists and tables: each that an indicator may be is told, with the reason why it is no name.
import t from 'tap';
import { importSource } from '../../src/lists/import/import-source.ts';
import { importText, leftIn, NOW } from '../support/lists-report.ts';

const C2 = 'Indicators of compromise\nevil-c2[.]com\n';
const CASES: readonly (readonly [what: string, text: string, told: readonly string[]])[] = [
  [
    'alone in lines among indicators',
    `${C2}203.0.113.9\n2606:4700:4700::1111\n2001:DB8::1\n2a00:1450:4001:82a:0:0:0:2004\n203.0.113.10:8080\n`,
    ['203.0.113.9', '2606:4700:4700::1111', '2001:DB8::1', '2a00:1450:4001:82a:0:0:0:2004', '203.0.113.10'],
  ],
  [
    'defanged in a sentence',
    'It beacons to 203.0.113[.]9, 2a00[:]1450[:]4001::5, [2a00[:]1450::6]:443 and evil-c2[.]com.\n',
    ['203.0.113[.]9', '2a00[:]1450[:]4001::5', '[2a00[:]1450::6]'],
  ],
  [
    'in a URL, as a network, in the form of IPv4',
    `${C2}hxxp://[2a00:1450:4001::7]/gate\n2a00:1450::/32\n::ffff:203.0.113.7\n`,
    ['hxxp://[2a00:1450:4001::7]', '2a00:1450::/32', '::ffff:203.0.113.7'],
  ],
  [
    'in plain URLs that stand alone',
    `${C2}http://[2a00:1450:4001::8]:8080/a\nhttps://user@[2a00:1450:4001:82a:0:0:0:9]/\nhttp://203.0.113.8/a\n`,
    ['http://[2a00:1450:4001::8]', 'https://user@[2a00:1450:4001:82a:0:0:0:9]', 'http://203.0.113.8'],
  ],
  [
    'below a heading of addresses, behind a label, in a row',
    '## IP addresses\n- 203.0.113.4\n- 2a00:1450:4001::6\n\nC2 IP: 203.0.113.5\n\n| IPv6 | 2a00:1450:4001::9 |\n|---|---|\n',
    ['203.0.113.4', '2a00:1450:4001::6', '203.0.113.5', '2a00:1450:4001::9'],
  ],
];

const NOT_TOLD: readonly (readonly [what: string, text: string])[] = [
  ['a time and a hash', `${C2}12:30:45\n2e:3f:aa:01:02:03:04:05:06:07:08:09:0a:0b:0c:0d\n`],
  ['namespaces', `${C2}std::vector dead::beef Face::Bed\n2fish::eat\n`],
  ['a version below a heading of files', '## Files\n10.0.19.45\nsetup.exe 2.14.0.1\n'],
  ['plain in prose', 'Version 2.14.0.1 resolves by 2001:db8::53 of the provider.\n'],
];

const toldIn = (text: string): string[] =>
  importText(text)
    .leftOut.filter(({ reason }) => reason === 'address')
    .map((left) => left.text);

for (const [what, text, told] of CASES) t.test(what, async (t) => t.same(toldIn(text), told));
for (const [what, text] of NOT_TOLD) t.test(`${what}: no address`, async (t) => t.same(toldIn(text), []));

t.test('what a report calls legitimate is not kept as an address of attackers', async (t) => {
  t.same(leftIn(`${C2}\nLegitimate servers that it asks\n- 203.0.113[.]53\n- 2001:db8[:]:53\n`), [
    '203.0.113[.]53 benign',
    '2001:db8[:]:53 benign',
  ]);
});

t.test('an import tells the addresses of a list of nothing but values, as a list source does', async (t) => {
  const text = `203.0.113.9\n203.0.113.10\n\n${'9f86d081884c7d659a2feaa0c55ad015\n'.repeat(3)}`;
  const { addresses } = await importSource({ bytes: Buffer.from(text), sourceName: null, now: NOW });
  t.same(addresses, importText(text).addresses);
  t.equal(addresses.length, 2);
});
