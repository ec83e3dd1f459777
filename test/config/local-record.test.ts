// Local records as people write them become RDATA, and what is no record is told with what would be right.
import t from 'tap';
import { parseLocalRecord } from '../../src/config/values/local-record.ts';

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
