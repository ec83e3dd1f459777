import t from 'tap';
import { compileText } from '../../support/lists-compile.ts';
import { readText } from '../../support/lists-sink.ts';

t.test('a hosts line covers each of its names exactly', async (t) => {
  const { entries } = await readText(
    '0.0.0.0 a.example\n127.0.0.1\tb.example c.example # note\n:: d.example\n',
    'hosts',
  );
  t.same(entries, ['a.example exact', 'b.example exact', 'c.example exact', 'd.example exact']);
});

t.test('an address that leads somewhere is the answer', async (t) => {
  const text =
    '192.0.2.7 host.example nas\n2001:DB8::1 six.example\n127.9.9.9 loop.example\n255.255.255.255 cast.example\n';
  const { entries } = await readText(text, 'hosts');
  t.same(entries, [
    'host.example exact rewrite="192.0.2.7"',
    'nas exact rewrite="192.0.2.7"',
    'six.example exact rewrite="2001:db8::1"',
    'loop.example exact',
    'cast.example exact',
  ]);
});

t.test("the machine's own lines of a hosts file are skipped and counted", async (t) => {
  const text = [
    '127.0.0.1 localhost localhost.localdomain',
    '::1 ip6-localhost ip6-loopback',
    'fe80::1%lo0 localhost',
    '255.255.255.255 broadcasthost',
    '0.0.0.0 0.0.0.0',
    '0.0.0.0 ads.example',
    '0.0.0.0',
  ].join('\n');
  const { entries, counts } = await readText(text, 'hosts');
  t.same(entries, ['ads.example exact']);
  t.same(counts, { 'local-name': 6, 'local-address': 2 });
});

t.test("rules of Adblock's among names are rules, a word between slashes is a path", async (t) => {
  const rules = [
    '||a.example^',
    '@@||ok.a.example^',
    '||b.example^$important',
    '||c.example^$dnsrewrite=192.0.2.7',
    '/^ad[0-9]+\\./',
    '/aramco/',
    'd.example##.banner',
  ];
  for (const [format, name] of [
    ['domains', 'plain.example'],
    ['wildcard', '*.plain.example'],
    ['hosts', '0.0.0.0 plain.example'],
  ] as const) {
    const { entries, patterns, counts } = await readText([name, ...rules].join('\n'), format);
    t.same(
      entries.slice(1),
      [
        'a.example subtree',
        'ok.a.example subtree allow',
        'b.example subtree important',
        'c.example subtree rewrite="192.0.2.7"',
      ],
      format,
    );
    t.same(patterns, ['/^ad[0-9]+\\./ exact'], format);
    t.equal(counts.cosmetic, 1, format);
    t.equal((counts.url ?? 0) + (counts['not-a-name'] ?? 0), 1, format);
  }
});

t.test("expressions as Pi-hole's filters are written, with what stands behind a semicolon", async (t) => {
  const text = [
    '# note',
    '^ad[sxv]?[0-9]*[_.-]',
    '(\\.|^)a\\.example$;querytype=A,AAAA',
    '(\\.|^)b\\.example$;querytype=!HTTPS;reply=nxdomain',
    '^c\\.example$;reply=192.0.2.7',
    '^d\\.example$;reply=IP',
    '^e\\.example$;invert',
    '^f\\.example$;querytype=NOTYPE',
    'a(b',
    '^[^.[:space:]]+\\.g\\.example$',
  ].join('\n');
  const { patterns, skipped } = await readText(text, 'regex');
  t.same(patterns, [
    '/^ad[sxv]?[0-9]*[_.-]/ exact',
    '/(\\.|^)a\\.example$/ exact types=1,28',
    '/(\\.|^)b\\.example$/ exact types=~65 rewrite="nxdomain"',
    '/^c\\.example$/ exact rewrite="192.0.2.7"',
    '/^d\\.example$/ exact',
    '/^[^.[:space:]]+\\.g\\.example$/ exact',
  ]);
  t.same(skipped.sort(), ['7 unsupported-modifier', '8 bad-syntax', '9 bad-pattern']);
  const { lists } = await compileText(text, { format: 'regex' });
  t.match(
    lists[0]?.skipped.filter(({ inForce }) => inForce),
    [{ count: 1, examples: [{ line: 2 }] }],
  );
});

t.test('a name alone in a hosts list, and words that are none', async (t) => {
  const { entries, skipped } = await readText('bare.example\n0.0.0.0 a b\nthis is prose here\n', 'hosts');
  t.same(entries, ['bare.example exact']);
  t.same(skipped.sort(), ['2 single-label', '2 single-label', '3 bad-syntax']);
});

t.test(
  'several names on a line without an address are names; a line with another word is none',
  async (t) => {
    const text = [
      'a.example b.example.',
      'c.example\tD.example   # e.example',
      'f.example 0.0.0.0 xn--bcher-kva.example _g.example',
      'see h.example for more',
      'h.example 192.0.2.7',
      'h.example version 1.2',
      'h.example, h.example',
      'h.example h..example',
      '1.2 3.4',
      'h.example ||h.example^',
      '0.0.0.0 i.example j.example',
    ].join('\n');
    for (const format of ['hosts', 'domains', 'wildcard', 'auto'] as const) {
      const { entries, counts } = await readText(text, format);
      const names = ['a', 'b', 'c', 'd', 'f', 'xn--bcher-kva', '_g', 'i', 'j'];
      t.same(
        entries,
        names.map((name) => `${name}.example exact`),
        format,
      );
      t.equal(counts['bad-syntax'], 7, format);
    }
  },
);

t.test('a domain list: bare names exact, stars and leading dots with all below', async (t) => {
  const text = 'a.example\n*.b.example\n.c.example\n*.d.example # note\ne.example#note\nf.example ; note\n';
  for (const format of ['domains', 'wildcard'] as const) {
    const { entries } = await readText(text, format);
    t.same(entries, [
      'a.example exact',
      'b.example subtree',
      'c.example subtree',
      'd.example subtree',
      'e.example exact',
      'f.example exact',
    ]);
  }
});

t.test('comments of every style, CRLF, BOM, blanks and a missing last newline change nothing', async (t) => {
  const text =
    '\ufeff# one\r\n! two\r\n; three\r\n// four\r\n[five]\r\n\r\n   \t\r\n  a.example  \r\nB.Example.\r\n\tc.example';
  for (const chunk of [1, 2, 3, 7, 1000]) {
    const { entries, skipped } = await readText(text, 'domains', { chunk });
    t.same(entries, ['a.example exact', 'b.example exact', 'c.example exact'], `chunks of ${chunk}`);
    t.same(skipped, []);
  }
});

t.test('what is no name is counted with its line', async (t) => {
  const text = [
    'ok.example',
    'two words',
    'http://url.example/path',
    '192.0.2.1',
    'a..example',
    '/',
    '.',
    '*',
    `${'x'.repeat(64)}.example`,
    `${'x.'.repeat(127)}example`,
    'com',
    'co.uk',
    'single',
    'nul\u0000.example',
    'c:\\windows',
    '_dmarc.ok_under.example',
    '-dash-.example',
    'пример.рф',
    'xn--e1afmkfd.xn--p1ai',
    'bad\u202e.example',
  ].join('\n');
  const { entries, skipped } = await readText(text, 'domains');
  t.same(entries, [
    'ok.example exact',
    '192.0.2.1 exact',
    '_dmarc.ok_under.example exact',
    '-dash-.example exact',
    'xn--e1afmkfd.xn--p1ai exact',
    'xn--e1afmkfd.xn--p1ai exact',
  ]);
  t.same(
    skipped.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10)),
    [
      '2 bad-syntax',
      '3 url',
      '5 not-a-name',
      '6 url',
      '7 root',
      '8 root',
      '9 not-a-name',
      '10 not-a-name',
      '11 public-suffix',
      '12 public-suffix',
      '13 single-label',
      '14 bad-syntax',
      '15 not-a-name',
      '20 not-a-name',
    ],
  );
});

t.test('consent lets roots and suffixes in', async (t) => {
  const { entries } = await readText('.\n*.com\nco.uk\nintranet\n', 'domains', { allowPublicSuffixes: true });
  t.same(entries, ['. exact', 'com subtree', 'co.uk exact', 'intranet exact']);
});

t.test('a line of a megabyte is skipped and counted, the lines around it are read', async (t) => {
  const text = `a.example\n${'x'.repeat(1_048_576)}\nb.example\n`;
  for (const chunk of [4096, 100_000, 2_000_000]) {
    const { entries, counts } = await readText(text, 'domains', { chunk });
    t.same(entries, ['a.example exact', 'b.example exact']);
    t.same(counts, { 'line-too-long': 1 });
  }
});

t.test('addresses and networks are entries of their own, in any list of lines', async (t) => {
  const text =
    '192.0.2.7\n192.0.2.0/24 # a whole one\n198.51.100.0/25 ; SBL1\n2001:db8::/32\n::ffff:192.0.2.9\nevil.example\n0.0.0.0 203.0.113.5\n';
  const expected = [
    '192.0.2.7 exact',
    '192.0.2.0/24 exact',
    '198.51.100.0/25 exact',
    '2001:db8::/32 exact',
    '192.0.2.9 exact',
    'evil.example exact',
    '203.0.113.5 exact',
  ];

  for (const format of ['domains', 'hosts', 'auto'] as const)
    t.same((await readText(text, format)).entries, expected, format);
  t.same((await readText(text, 'domains', { chunk: 1 })).entries, expected, 'torn apart');
  t.same((await readText(text, 'domains', { addresses: false })).counts, { address: 6 });
});

t.test(
  'networks that hold too much, and addresses that lead nowhere, are skipped with their reason',
  async (t) => {
    const text =
      '0.0.0.0/0\n128.0.0.0/5\n2000::/3\n10.0.0.0/8\n192.168.0.0/15\nfc00::/7\n127.0.0.1\n::1\n10.1.2.0/24\n192.168.7.7\n1.2.3.4/33\n';
    const { entries, counts } = await readText(text, 'domains');

    t.same(entries, ['10.1.2.0/24 exact', '192.168.7.7 exact']);
    t.same(counts, { 'broad-network': 5, 'local-address': 3, 'not-a-name': 1 });
    t.ok(
      (await readText(text, 'domains', { allowPublicSuffixes: true })).entries.includes('10.0.0.0/8 exact'),
    );
  },
);

t.test('a list in UTF-16 is read as what it says, in chunks of any size', async (t) => {
  const text = '\ufeff0.0.0.0 a.example\r\n0.0.0.0 b\u00fccher.example\r\n';
  for (const bytes of [Buffer.from(text, 'utf16le'), Buffer.from(text, 'utf16le').swap16()])
    for (const chunk of [1, 7, 1000]) {
      const { entries, skipped, format } = await readText(bytes, 'auto', { chunk });
      t.equal(format, 'hosts');
      t.same(entries, ['a.example exact', 'xn--bcher-kva.example exact']);
      t.same(skipped, []);
    }
});

t.test('paths and ports among names are told, and block nothing', async (t) => {
  const { entries, patterns, counts } = await readText(
    'a.example\n/aramco/\n192.0.2.7:443\nb.example/x\nb.example:8080\n198.51.100.0/24\n2001:db8::7\n||c.example^\n',
    'domains',
  );
  t.same(entries, ['a.example exact', '198.51.100.0/24 exact', '2001:db8::7 exact', 'c.example subtree']);
  t.same(patterns, []);
  t.same(counts, { url: 4 });
});

for (const [what, text, wanted] of [
  [
    'a JSON array on one line',
    '["a.example","*.b.example", "c.example"]',
    ['a exact', 'b subtree', 'c exact'],
  ],
  ['a JSON array, a name a line', '[\n  "a.example",\n  "b.example"\n]\n', ['a exact', 'b exact']],
  [
    'ranks',
    '1,a.example\r\n2,b.example\r\n3,"c.example"\r\n4,no name\r\n',
    ['a exact', 'b exact', 'c exact'],
  ],
  [
    'Clash rules',
    'payload:\n  - DOMAIN,a.example\n  - DOMAIN-SUFFIX,b.example\n  - DOMAIN-SUFFIX,c.example,REJECT\n',
    ['a exact', 'b subtree', 'c subtree'],
  ],
  [
    'Mihomo domains',
    "payload:\n  - '+.a.example'\n  - 'b.example'\n  - \"*.c.example\"\n",
    ['a subtree', 'b exact', 'c subtree'],
  ],
  ['Quantumult X rules', 'HOST-SUFFIX,a.example,REJECT\nHOST, b.example, reject\n', ['a subtree', 'b exact']],
  [
    'SmartDNS addresses',
    'address /a.example/#\naddress /b.example/0.0.0.0\naddress /c.example/#6\n',
    ['a subtree', 'b subtree', 'c subtree types=28'],
  ],
  [
    'RouterOS records',
    '/ip dns static\nadd address=0.0.0.0 name=a.example\nadd name="b.example" type=NXDOMAIN match-subdomain=yes\n',
    ['a exact', 'b subtree'],
  ],
  ['names with a remark', 'a.example;seen 2023\nb.example ; botnet\n', ['a exact', 'b exact']],
] as const)
  t.test(`${what}: detected and read`, async (t) => {
    const { entries, format } = await readText(text, 'auto', { chunk: 7 });
    t.equal(format, 'domains');
    t.same(
      entries,
      wanted.map((entry) => entry.replace(/ /, '.example ')),
    );
  });
