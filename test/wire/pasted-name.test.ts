import t from 'tap';
import { addressToText } from '../../src/wire/names/address.ts';
import { readNamePart, readPastedAddress, readPastedName } from '../../src/wire/names/pasted-name.ts';

const read = (text: string): string => {
  const found = readPastedName(text);
  return 'problem' in found ? found.problem : found.text;
};

for (const [pasted, name] of [
  ['evil.example', 'evil.example'],
  [' Evil.Example. ', 'evil.example'],
  ['evil[.]example', 'evil.example'],
  ['www(.)evil{.}example', 'www.evil.example'],
  ['evil[dot]example', 'evil.example'],
  ['evil [.] example', 'evil.example'],
  ['hxxps://evil[.]example/x?y=1', 'evil.example'],
  ['hxxps[:]//evil[.]example:8443/x', 'evil.example'],
  ['hxxp[://]evil.example', 'evil.example'],
  ['https://user:word@evil.example:443/#f', 'evil.example'],
  ['evil.example/path', 'evil.example'],
  ['evil.example:443', 'evil.example'],
  ['"evil.example",', 'evil.example'],
  ['<https://evil.example/>', 'evil.example'],
  ['bücher.example', 'xn--bcher-kva.example'],
  ['BÜCHER。example', 'xn--bcher-kva.example'],
  ['_dmarc.evil.example', '_dmarc.evil.example'],
  ['*.evil.example', '*.evil.example'],
  ['7.0/25.2.0.192.in-addr.arpa', '7.0/25.2.0.192.in-addr.arpa'],
  ['sp\\032ace.example', 'sp\\032ace.example'],
  ['localhost', 'localhost'],
  ['.', '.'],
] as const)
  t.test(`${JSON.stringify(pasted)} means ${name}`, async (t) => {
    t.equal(read(pasted), name);
  });

for (const [pasted, why] of [
  ['', /nothing is left/],
  ['  ', /nothing is left/],
  ['two words.example', /write one name/],
  ['a..b', /nothing between two of its dots/],
  ['user@evil.example', /write one name/],
  ['evil.example, other.example', /write one name/],
  [`${'a'.repeat(64)}.example`, /at most 63 octets/],
  [`${'a.'.repeat(127)}example`, /at most 253/],
  ['https://', /nothing is left/],
  ['evil\\999.example', /write it as in dig/],
  ['a\u0000b.example', /its letters|write one name/],
  ['x'.repeat(5000), /too long/],
] as const)
  t.test(`${JSON.stringify(pasted.slice(0, 30))} is refused with the reason`, async (t) => {
    t.match(read(pasted), /^not a domain name: "/);
    t.match(read(pasted), why);
  });

t.test('an address is read as one, however it is pasted, and nothing else is', async (t) => {
  const read = (text: string): string | null => {
    const octets = readPastedAddress(text);
    return octets === null ? null : addressToText(octets);
  };
  const meant = {
    '203.0.113.9': '203.0.113.9',
    ' 203[.]0[.]113[.]9, ': '203.0.113.9',
    'hxxp://203.0.113[.]9:8080/x': '203.0.113.9',
    '203.0.113.9:443': '203.0.113.9',
    '2001:DB8:0::1': '2001:db8::1',
    '2001[:]db8[:][:]1': '2001:db8::1',
    '[2001:db8::1]': '2001:db8::1',
    'https://[2001:db8::1]:8443/x': '2001:db8::1',
    '203.0.113.9.example': null,
    '203.0.113': null,
    '203.0.113.256': null,
    'evil.example': null,
    'https://evil.example/203.0.113.9': null,
    '': null,
  };
  t.same(Object.fromEntries(Object.keys(meant).map((text) => [text, read(text)])), meant);
});

t.test('part of a name, or a pattern, is as names are written, whatever it was pasted from', async (t) => {
  const meant = {
    ads: 'ads',
    ' ADS.Example. ': 'ads.example',
    'gate[.]example': 'gate.example',
    'hxxps://in.gate[.]example:8443/login?x=1': 'in.gate.example',
    'in.gate.example/path': 'in.gate.example',
    '*.gate.example': '*.gate.example',
    'ads?.*': 'ads?.*',
    bücher: 'bücher',
    'www.BÜCHER。example.': 'www.bücher.example',
    '*.bücher.*': '*.bücher.*',
    'bu\u0308ch': 'büch',
    '0/25.2.0.192.in-addr': '0/25.2.0.192.in-addr',
    '7.0/25': '7.0/25',
    'gate.example/25.html': 'gate.example',
    '192.0.2.7/24': '192.0.2.7',
    'a\\.b\\032c.Example': 'a\\.b\\032c.example',
    '_tcp.': '_tcp',
    '.': '.',
    '': '',
    ' "" ': '""',
    "('": "('",
    'https://': 'https://',
  };
  t.same(Object.fromEntries(Object.keys(meant).map((text) => [text, readNamePart(text)])), meant);
});
