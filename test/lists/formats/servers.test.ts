// The formats of other DNS servers: dnsmasq, Unbound, RPZ.
import t from 'tap';
import { readText } from '../../support/lists-sink.ts';

t.test('dnsmasq: address=, local= and server= cover a name and all below', async (t) => {
  const text = [
    '# comment',
    'address=/a.example/#',
    'address=/b.example/0.0.0.0',
    'address=/c.example/::',
    'address=/d.example/',
    'address=/e.example/192.0.2.9',
    'address=/.f.example/*.g.example/127.0.0.1',
    'local=/h.example/',
    'server=/i.example/',
    'server=/j.example/#',
    '--address=/k.example/# # note',
  ].join('\r\n');
  const { entries, skipped } = await readText(text, 'dnsmasq');
  t.same(entries, [
    'a.example subtree',
    'b.example subtree',
    'c.example subtree',
    'd.example subtree nxdomain',
    'e.example subtree rewrite="192.0.2.9"',
    'f.example subtree',
    'g.example below',
    'h.example subtree nxdomain',
    'i.example subtree nxdomain',
    'j.example subtree allow',
    'k.example subtree',
  ]);
  t.same(skipped, []);
});

t.test('dnsmasq: forwarding, settings and catch-alls are counted', async (t) => {
  const text = [
    'server=/a.example/192.0.2.1',
    'server=9.9.9.9',
    'cache-size=1000',
    'address=/#/192.0.2.1',
    'address=/com/#',
    'address=//192.0.2.1',
    'address=/a.example/nonsense',
    'no equals sign',
    'address=a.example',
    'conf-dir=/etc/dnsmasq.d',
  ].join('\n');
  const { entries, counts } = await readText(text, 'dnsmasq');
  t.same(entries, []);
  t.same(counts, {
    forwarding: 2,
    option: 2,
    root: 1,
    'public-suffix': 1,
    'single-label': 1,
    'bad-syntax': 3,
  });
});

t.test('unbound: zone kinds say what is answered', async (t) => {
  const text = [
    'server:',
    'local-zone: "a.example." always_null',
    "  local-zone: 'b.example' static",
    'local-zone: c.example always_nxdomain # note',
    'local-zone: "d.example" always_nodata',
    'local-zone: "e.example" always_refuse',
    'local-zone: "f.example" always_deny',
    'local-zone: "g.example" always_transparent',
    'local-zone: "h.example" redirect',
    'local-data: "h.example A 0.0.0.0"',
    'local-zone: "i.example" redirect',
    'local-data: "i.example 60 IN A 192.0.2.1"',
    'local-data: "i.example IN AAAA 2001:db8::1"',
    'local-data: "j.example A 127.0.0.1"',
    "local-data: 'k.example. A 192.0.2.2'",
    'local-zone: "l.example" "deny"',
    'local-zone: "m.example" redirect',
    'local-data: "m.example CNAME safe.example."',
    'local-data: "n.example IN CNAME safe.example."',
    'local-zone: "o.example" always_truncate',
    'local-zone: "p.example" block_a',
  ].join('\n');
  const { entries, skipped } = await readText(text, 'unbound');
  t.same(entries, [
    'a.example subtree',
    'b.example subtree nxdomain',
    'c.example subtree nxdomain',
    'd.example subtree nodata',
    'e.example subtree refused',
    'f.example subtree drop',
    'g.example subtree allow',
    'h.example subtree',
    'i.example subtree rewrite="192.0.2.1 2001:db8::1"',
    'j.example exact',
    'k.example exact rewrite="192.0.2.2"',
    'l.example subtree drop',
    'm.example subtree rewrite="safe.example"',
    'n.example exact rewrite="safe.example"',
    'o.example subtree tcp-only',
    'p.example subtree nodata types=1',
  ]);
  t.same(skipped, []);
});

t.test('unbound: other kinds, records and settings are counted', async (t) => {
  const text = [
    'local-zone: "a.example" transparent',
    'local-zone: "a.example" no_such_kind',
    'local-zone: "a.example" __proto__',
    'local-data: "a.example TXT hello"',
    'local-data: "a.example A not-an-address"',
    'local-zone: "com" always_null',
    'local-zone: "." always_nxdomain',
    'interface: 127.0.0.1',
    'words of prose',
  ].join('\n');
  const { entries, counts } = await readText(text, 'unbound');
  t.same(entries, ['a.example exact rewrite="TXT:0568656c6c6f"']);
  t.same(counts, {
    'bad-syntax': 4,
    'unsupported-action': 1,
    'public-suffix': 1,
    root: 1,
    option: 1,
  });
});

const RPZ = `$TTL 60
$ORIGIN rpz.example.
@ IN SOA localhost. root.localhost. (
      2023033001 ; serial
      3600 600 86400 60 )
  IN NS localhost.
a.example        CNAME .
*.a.example      CNAME .
b.example   60 IN CNAME *.
c.example     IN CNAME rpz-passthru.
d.example        CNAME rpz-drop.
t.example        CNAME rpz-tcp-only.
e.example        CNAME walled.example.
f.example        A     192.0.2.1
                 AAAA  2001:db8::1
g.example.rpz.example. CNAME .
h.example        CNAME h.example.
*.i.example      CNAME rpz-passthru.
`;

t.test('rpz: names stand for themselves, stars for what is below, with all actions of a zone', async (t) => {
  for (const chunk of [1, 50, 10_000]) {
    const { entries, skipped, format } = await readText(RPZ, 'auto', { chunk });
    t.equal(format, 'rpz');
    t.same(entries, [
      'a.example exact nxdomain',
      'a.example below nxdomain',
      'b.example exact nodata',
      'c.example exact allow',
      'd.example exact drop',
      't.example exact tcp-only',
      'e.example exact rewrite="walled.example"',
      'f.example exact rewrite="192.0.2.1 2001:db8::1"',
      'g.example exact nxdomain',
      'h.example exact allow',
      'i.example below allow',
    ]);
    t.same(skipped, []);
  }
});

t.test('rpz: triggers and actions not honoured are counted', async (t) => {
  const text = `${RPZ}${[
    'ns.example.rpz-nsdname CNAME .',
    '32.1.2.0.192.rpz-nsip CNAME .',
    'k.example DNAME walled.example.',
    'other.zone. CNAME .',
    'com CNAME .',
    '* CNAME .',
    'm.example',
    '"unclosed',
    '$INCLUDE other.zone',
  ].join('\n')}\n`;
  const { entries, counts } = await readText(text, 'rpz');
  t.equal(entries.length, 11);
  t.same(counts, {
    'unsupported-trigger': 2,
    'unsupported-action': 2,
    'out-of-zone': 1,
    'public-suffix': 1,
    root: 1,
    'bad-syntax': 2,
  });
});

t.test('rpz: response address triggers hold the prefix length and the address backwards', async (t) => {
  const text = `${RPZ}${[
    '32.7.2.0.192.rpz-ip CNAME .',
    '24.0.2.0.192.rpz-ip CNAME *.',
    '128.1.zz.db8.2001.rpz-ip CNAME rpz-passthru.',
    '48.zz.1.db8.2001.rpz-ip A 192.0.2.1',
    '32.zz.rpz-ip CNAME .',
    '33.1.2.0.192.rpz-ip CNAME .',
    '24.0.2.192.rpz-ip CNAME .',
    'x.rpz-ip CNAME .',
  ].join('\n')}\n`;
  const { entries, counts } = await readText(text, 'rpz');

  t.same(entries.slice(11), [
    '192.0.2.7 exact nxdomain',
    '192.0.2.0/24 exact nodata',
    '2001:db8::1 exact allow',
    '2001:db8:1::/48 exact rewrite="192.0.2.1"',
  ]);
  t.same(counts, { 'local-address': 1, 'not-a-name': 3 });
});

t.test('rpz: a text without SOA and policy records is not this format', async (t) => {
  await t.rejects(readText('just some words\n', 'rpz'), { code: 'LIST_NOT_FORMAT' });
});

t.test(
  'dnsmasq: a name whose server is nowhere is blocked, one with a server is not the list’s affair',
  async (t) => {
    const { entries, counts } = await readText(
      'server=/a.example/127.0.0.1\nserver=/b.example/\nserver=/c.example/127.0.0.1#5353\nserver=/d.example/192.0.2.1\n',
      'dnsmasq',
    );
    t.same(entries, ['a.example subtree', 'b.example subtree nxdomain']);
    t.same(counts, { forwarding: 2 });
  },
);
