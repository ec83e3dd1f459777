import t from 'tap';
import { askerOf, compileText } from '../../support/lists-compile.ts';
import { readText } from '../../support/lists-sink.ts';

t.test('anchors decide what a rule covers', async (t) => {
  const text = [
    '||a.example^',
    '||b.example',
    '|c.example^',
    '|d.example|',
    'e.example',
    'f.example^',
    '*.g.example',
    '||*.h.example^',
    '.i.example^',
    '@@||j.example^',
    'k.example.',
    '||L.Example^|',
    '*.m.example^',
    '://n.example^',
    'http://o.example^',
    '||p.example/*',
  ].join('\n');
  const { entries, skipped } = await readText(text, 'adblock');
  t.same(entries, [
    'a.example subtree',
    'b.example subtree',
    'c.example exact',
    'd.example exact',
    'e.example exact',
    'f.example subtree',
    'g.example below',
    'h.example below',
    'i.example below',
    'j.example subtree allow',
    'k.example exact',
    'l.example subtree',
    'm.example below',
    'n.example exact',
    'o.example exact',
    'p.example subtree',
  ]);
  t.same(skipped, []);
});

t.test('modifiers a resolver can honour become conditions', async (t) => {
  const text = [
    '||a.example^$important',
    '@@||a.example^$important',
    '||b.example^$dnstype=AAAA|HTTPS',
    '||c.example^$dnstype=~A|~AAAA',
    "||d.example^$client=192.0.2.0/24|~192.0.2.9|'2001:db8::/32'",
    '*$denyallow=org|*.com',
    '||e.example^$dnsrewrite=192.0.2.5,important',
    '||f.example^$dnsrewrite=NXDOMAIN;;',
    '||g.example^$dnsrewrite=NOERROR;CNAME;Safe.Example',
    '||h.example^$dnsrewrite=NOERROR;AAAA;2001:DB8::5',
    '||i.example^$dnsrewrite=REFUSED',
    '||j.example^$dnsrewrite=safe.example',
    '||k.example^$dnsrewrite=NOERROR;;',
    '||l.example^$dnsrewrite=NOERROR;MX;10 mail.example',
    '||m.example^$dnstype=A|~AAAA|TXT|~TXT',
    '||n.example^$ctag=~device_tv',
  ].join('\n');
  const { entries, skipped } = await readText(text, 'adblock');
  t.same(entries, [
    'a.example subtree important',
    'a.example subtree allow important',
    'b.example subtree types=28,65',
    'c.example subtree types=~1,28',
    'd.example subtree clients=192.0.2.0/24|2001:db8::/32|~192.0.2.9',
    '. subtree except=com|org',
    'e.example subtree important rewrite="192.0.2.5"',
    'f.example subtree rewrite="nxdomain"',
    'g.example subtree rewrite="safe.example"',
    'h.example subtree rewrite="2001:db8::5"',
    'i.example subtree rewrite="refused"',
    'j.example subtree rewrite="safe.example"',
    'k.example subtree rewrite="nodata"',
    'l.example subtree rewrite="MX:000a046d61696c076578616d706c6500"',
    'm.example subtree types=1',
    'n.example subtree',
  ]);
  t.same(skipped, []);
});

t.test('what only a browser can do is counted, not guessed', async (t) => {
  const text = [
    '||a.example^$third-party',
    '||a.example^$script,domain=b.example|c.example',
    '||a.example^$~third-party',
    'a.example##.banner',
    '##.banner',
    'a.example#@#.banner',
    'a.example#?#div:has(x)',
    'a.example#%#//scriptlet("x")',
    'a.example$$script[x]',
    '||a.example/path',
    '||a.example:8080^',
    '/banner/ads/*',
    '-ad',
    '||a.example^$ctag=device_tv',
    "||a.example^$client='Till\\, two'",
    '@@||a.example^$client=~192.0.2.1|~till',
    '@@|a.example^$dnsrewrite=192.0.2.1',
    '||a.example^$dnstype=A|x',
    'https://a.example^',
    '|http://a.example^',
    '||com^',
    '||*^',
    '*',
    '||*.co.uk^',
  ].join('\n');
  const { entries, patterns, counts } = await readText(text, 'adblock');
  t.same(entries, []);
  t.same(patterns, []);
  t.same(counts, {
    'browser-only': 3,
    cosmetic: 6,
    url: 5,
    'partial-name': 1,
    'unsupported-modifier': 4,
    'bad-syntax': 1,
    'public-suffix': 2,
    root: 2,
  });
});

t.test('an exception takes rewrites back, in whichever list and order they stand', async (t) => {
  const { entries } = await readText(
    '@@||a.example^$dnsrewrite\n@@||B.example^$dnsrewrite=192.0.2.1,important\n||c.example^$dnsrewrite\n',
    'adblock',
  );
  t.same(entries, [
    'take back a.example all',
    'take back b.example {"kind":"address","addresses":["192.0.2.1"]} important',
    'c.example subtree rewrite="nodata"',
  ]);
  const text = [
    '||a.example^$dnsrewrite=192.0.2.1',
    '||b.example^$dnsrewrite=192.0.2.1',
    '||b.example^$dnsrewrite=192.0.2.2',
    '||c.example^$dnsrewrite=192.0.2.1,important',
    '/d[0-9]\\./$dnsrewrite=REFUSED',
    '||e.example^',
    '||e.example^$dnsrewrite=192.0.2.1',
    '||f.example^$dnsrewrite=192.0.2.1',
    '@@||www.a.example^$dnsrewrite',
    '@@||b.example^$dnsrewrite=192.0.2.1',
    '@@||c.example^$dnsrewrite',
    '@@||d1.example^$dnsrewrite',
    '@@||e.example^$dnsrewrite',
    '@@||f.example^',
  ].join('\n');
  const ask = askerOf(await compileText(text, { format: 'adblock' }));
  const names = ['a', 'www.a', 'x.www.a', 'b', 'c', 'd1', 'd2', 'e', 'f'].map((name) => `${name}.example`);
  t.same(
    names.map((name) => ask(name)),
    [
      'rewrite 192.0.2.1',
      ...['none', 'none'],
      ...['rewrite 192.0.2.2', 'rewrite 192.0.2.1'],
      ...['none', 'rewrite refused', 'sinkhole'],
      // An exception of the list is none from a rewrite; one of an allow list is.
      'rewrite 192.0.2.1',
    ],
  );
});

t.test('an address in the place of a name is checked against answers, as DNS filters do', async (t) => {
  const text =
    '||192.0.2.1^\n|192.0.2.2^\n192.0.2.3\n@@||192.0.2.4^$important\n||2001:db8::1^\n||[2001:db8::2]^\n||198.51.100.0/24^\n||127.0.0.1^\n';
  const { entries, counts } = await readText(text, 'adblock');

  t.same(entries, [
    '192.0.2.1 subtree',
    '192.0.2.2 exact',
    '192.0.2.3 exact',
    '192.0.2.4 exact allow important',
    '2001:db8::1 exact',
    '2001:db8::2 exact',
    '198.51.100.0/24 exact',
  ]);
  t.same(counts, { 'local-address': 1 });
});

t.test('comments and headers are neither rules nor skips', async (t) => {
  const text = '[Adblock Plus 2.0]\n! Title: x\n# note\n#\n##########\n#### x\n; y\n// z\n||a.example^\n';
  const { entries, skipped } = await readText(text, 'adblock');
  t.same(entries, ['a.example subtree']);
  t.same(skipped, []);
});

t.test('wildcards inside become expressions anchored as the rule says', async (t) => {
  const text =
    '||ads.*.example.org^\n|a*b.example|\nads-*.example\n||google.*^\n@@||x*y.example^$important\n';
  const { patterns, skipped } = await readText(text, 'adblock');
  t.same(patterns, [
    '/(?:^|\\.)ads\\..*\\.example\\.org$/ exact',
    '/^a.*b\\.example$/ exact',
    '/ads-.*\\.example/ exact',
    '/(?:^|\\.)google\\..*$/ exact',
    '/(?:^|\\.)x.*y\\.example$/ exact allow important',
  ]);
  t.same(skipped, []);
});

t.test('expressions: linear-time ones are taken, others and those for everything are not', async (t) => {
  const text = [
    '/^ads[0-9]+\\./',
    '/^track\\/er$/$important',
    '@@/^good[0-9]\\.example$/',
    '/(?=look)ahead/',
    '/back(ref)\\1/',
    '/./',
    '/\\./',
    '/.*/',
    `/${'a'.repeat(1001)}/`,
    '/unclosed(/',
  ].join('\n');
  const { patterns, counts } = await readText(text, 'adblock');
  t.same(patterns, [
    '/^ads[0-9]+\\./ exact',
    '/^track/er$/ exact important',
    '/^good[0-9]\\.example$/ exact allow',
  ]);
  t.same(counts, { 'bad-pattern': 4, root: 3 });
});

t.test('$badfilter names the rule it voids', async (t) => {
  const { entries } = await readText(
    '||a.example^$badfilter,important\n@@||b.example^$badfilter\n',
    'adblock',
  );
  t.same(entries, ['cancel ||a.example^', 'cancel ||b.example^']);
});

t.test('hosts lines and plain names may stand between the rules', async (t) => {
  const { entries } = await readText(
    '0.0.0.0 a.example b.example\nc.example # note\n192.0.2.1 d.example\n',
    'adblock',
  );
  t.same(entries, [
    'a.example exact',
    'b.example exact',
    'c.example exact',
    'd.example exact rewrite="192.0.2.1"',
  ]);
});

t.test(
  'a name in an exception, or with modifiers, is found anywhere in a name; a word that is no name is too',
  async (t) => {
    const { entries, patterns } = await readText(
      '@@a.example\nb.example$important\nfree-word.\n-advert-\nword$dnstype=A\n',
      'adblock',
    );
    t.same(entries, []);
    t.same(patterns, [
      '/a\\.example/ subtree allow',
      '/b\\.example/ subtree important',
      '/free-word\\./ exact',
      '/-advert-/ exact',
      '/word/ exact types=1',
    ]);
  },
);

t.test('more such names than a list may have expressions: the name and all below it', async (t) => {
  const text = Array.from({ length: 250 }, (_, i) => `@@n${i}.example`).join('\n');
  const { entries, patterns } = await readText(text, 'adblock');
  t.equal(patterns.length, 200);
  t.equal(entries.at(-1), 'n249.example subtree allow');
});
