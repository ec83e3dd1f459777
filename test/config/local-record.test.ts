// Local records as people write them become RDATA, and what is no record is told with what would be right.
import t from 'tap';
import { parseLocalRecord } from '../../src/config/values/local-record.ts';
import { nameToText } from '../../src/wire/names/presentation.ts';

const rdata = (text: string): string | null => {
  const parsed = parseLocalRecord(text);
  return parsed.ok ? Buffer.from(parsed.value.rdata).toString('latin1') : null;
};

t.test('each type in its own form, TTL and class optional', async (t) => {
  t.equal(rdata('nas.home.arpa A 192.0.2.5'), '\xc0\x00\x02\x05');
  t.equal(rdata('nas.home.arpa 1h IN AAAA 2001:db8::1')?.length, 16);
  t.equal(rdata('nas.home.arpa TXT "the \\"big\\" one" x'), '\x0dthe "big" one\x01x');
  t.equal(rdata('a.test MX 10 mx.a.test'), '\x00\x0a\x02mx\x01a\x04test\x00');
  t.equal(
    rdata('_sip._tcp.a.test SRV 1 2 5060 sip.a.test'),
    '\x00\x01\x00\x02\x13\xc4\x03sip\x01a\x04test\x00',
  );
  t.equal(rdata('a.test CAA 0 issue "ca.example"'), '\x00\x05issueca.example');
  t.equal(
    rdata('a.test HTTPS 1 . port=443 alpn=h2'),
    '\x00\x01\x00\x00\x01\x00\x03\x02h2\x00\x03\x00\x02\x01\xbb',
  );
  t.equal(rdata('5.2.0.192.in-addr.arpa PTR nas.home.arpa'), '\x03nas\x04home\x04arpa\x00');
});

t.test(
  'data are read as a zone file has them: escapes, parts, quoted parameters, what dig prints',
  async (t) => {
    t.equal(rdata('a.test TXT "dec\\065imal" back\\\\slash'), '\x08decAimal\x0aback\\slash');
    t.equal(rdata('a.test TXT "joined""strings" two\\ words'), '\x06joined\x07strings\x09two words');
    t.equal(rdata('a.test IN 60 TXT ( "v=DKIM1; k=rsa; " "p=x" ) ; a key'), '\x10v=DKIM1; k=rsa; \x03p=x');
    t.equal(rdata('a.test TXT v=DKIM1; p=x'), '\x08v=DKIM1;\x03p=x');
    t.equal(rdata('a.test TXT ""'), '\x00');
    t.equal(rdata('a.test CAA 0 issue "ca.example\\; a"'), '\x00\x05issueca.example; a');
    t.equal(rdata('a\\.b.test A 192.0.2.5'), '\xc0\x00\x02\x05');
    // What dig prints for HTTPS.
    t.equal(
      rdata('a.test HTTPS 1 . alpn="h3,h2" ipv4hint=192.0.2.5'),
      rdata('a.test HTTPS 1 . ipv4hint="192.0.2.5" alpn=h3,h2'),
    );
  },
);

t.test('test vectors of RFC 9460, appendix D', async (t) => {
  const service = (data: string): string | null => {
    const octets = rdata(`a.test SVCB ${data}`);
    return octets === null ? null : Buffer.from(octets, 'latin1').toString('hex');
  };
  const foo = '03666f6f076578616d706c6503636f6d00';
  const org = '03666f6f076578616d706c65036f726700';
  t.equal(service('0 foo.example.com.'), `0000${foo}`);
  t.equal(service('16 foo.example.com. port=53'), `0010${foo}000300020035`);
  t.equal(service('1 foo.example.com. key667=hello'), `0001${foo}029b000568656c6c6f`);
  t.equal(service('1 foo.example.com. key667="hello\\210qoo"'), `0001${foo}029b000968656c6c6fd2716f6f`);
  t.equal(
    service('1 foo.example.com. ipv6hint="2001:db8::1,2001:db8::53:1"'),
    `0001${foo}0006002020010db800000000000000000000000120010db8000000000000000000530001`,
  );
  t.equal(
    service('16 foo.example.org. alpn=h2,h3-19 mandatory=ipv4hint,alpn ipv4hint=192.0.2.1'),
    `0010${org}00000004000100040001000902683205${'68332d3139'}00040004c0000201`,
  );
  const escaped = `0010${org}0001000c08665c6f6f2c626172026832`;
  t.equal(service('16 foo.example.org. alpn="f\\\\\\\\oo\\\\,bar,h2"'), escaped);
  t.equal(service('16 foo.example.org. alpn=f\\\\\\092oo\\092,bar,h2'), escaped);
  for (const [data, what] of [
    ['1 foo.example.com. key123=abc key123=def', 'a key twice'],
    ['1 foo.example.com. mandatory', 'a key without its value'],
    ['1 foo.example.com. alpn', 'a key without its value'],
    ['1 foo.example.com. port', 'a key without its value'],
    ['1 foo.example.com. ipv4hint', 'a key without its value'],
    ['1 foo.example.com. no-default-alpn=abc', 'a value too many'],
    ['1 foo.example.com. mandatory=key123', 'a mandatory key that is not there'],
    ['1 foo.example.com. mandatory=mandatory', 'mandatory names itself'],
    ['1 foo.example.com. mandatory=key123,key123 key123=abc', 'a mandatory key twice'],
    ['1 foo.example.com. no-default-alpn', 'no protocol is left'],
    ['1 foo.example.com. ech=x', 'no base64'],
  ] as const)
    t.equal(service(data), null, what);
});

t.test('any type can be written in octets, and only as its data can be', async (t) => {
  t.equal(rdata('a.test SSHFP \\# 4 0102 0304'), '\x01\x02\x03\x04');
  t.equal(rdata('a.test TYPE65280 \\# 0'), '');
  t.equal(rdata('a.test A \\# 4 c0000201'), '\xc0\x00\x02\x01');
  for (const text of [
    'a.test AAAA fe80::1%2',
    'a.test A \\# 3 c00002',
    'a.test TXT \\# 0',
    'a.test CNAME \\# 2 c000',
    'a.test MX \\# 4 000ac000',
    'a.test TYPE65280 \\# 3 01',
    'a.test OPT \\# 0',
    'a.test AXFR \\# 0',
    'a.test TXT "\\256"',
  ])
    t.equal(rdata(text), null, text);
});

t.test('names with letters beyond ASCII are those that clients ask for', async (t) => {
  const name = (text: string): string | null => {
    const parsed = parseLocalRecord(text);
    return parsed.ok ? nameToText(parsed.value.name) : null;
  };
  t.equal(name('Bücher.test A 192.0.2.5'), 'xn--bcher-kva.test');
  t.equal(name('*.bücher.test A 192.0.2.5'), '*.xn--bcher-kva.test');
  t.equal(rdata('a.test CNAME bücher.test'), '\x0dxn--bcher-kva\x04test\x00');
});

t.test('a TTL is seconds or a duration, 300 when unset', async (t) => {
  const ttl = (text: string): number | null => {
    const parsed = parseLocalRecord(text);
    return parsed.ok ? parsed.value.ttlSeconds : null;
  };
  t.same(['a.test A 192.0.2.1', 'a.test 60 A 192.0.2.1', 'a.test 1h A 192.0.2.1'].map(ttl), [300, 60, 3600]);
});

t.test('what is no record is refused with a sentence', async (t) => {
  for (const text of [
    '',
    'a.test',
    'a..test A 192.0.2.1',
    'a.test A 192.0.2.300',
    'a.test A 192.0.2.1 192.0.2.2',
    'a.test NOPE x',
    'a.test MX mx',
    'a.test TXT "open',
    `a.test TXT ${'x'.repeat(256)}`,
    '. A 192.0.2.1',
    'a.test HTTPS 1 . bogus=1',
  ])
    t.equal(rdata(text), null, text.slice(0, 40));
});
