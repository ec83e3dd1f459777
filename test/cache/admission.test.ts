import t from 'tap';
import { type AdmissionLimits, FAILURE_TTL_SECONDS, ttlToKeep } from '../../src/cache/admission.ts';
import { boundNegative } from '../../src/wire/records/ttl.ts';
import { query, type ResponseParts, response } from '../support/message.ts';
import { readMessage } from '../support/read-message.ts';

const limits: AdmissionLimits = { minTtlSeconds: 0, maxTtlSeconds: 86_400, negativeTtlSeconds: 3600 };
const SOA = 'example.org. 900 IN SOA ns.example.org. root.example.org. 1 7200 3600 1209600 300';

function kept(parts: ResponseParts, type = 'A', bounds: AdmissionLimits = limits): number {
  const message = response(query('www.example.org', type), parts);
  const numbers: Record<string, number> = { A: 1, AAAA: 28, CNAME: 5 };
  return ttlToKeep(message, message.length, numbers[type] ?? 0, bounds);
}

t.test('a positive response lives as long as its shortest answer', async (t) => {
  t.equal(kept({ answer: ['www.example.org. 300 A 192.0.2.1', 'www.example.org. 60 A 192.0.2.2'] }), 60);
  t.equal(
    kept({ answer: ['www.example.org. 20 CNAME b.example.org.', 'b.example.org. 300 A 192.0.2.1'] }),
    20,
  );
});

t.test('a positive TTL is clamped to minTtl and maxTtl', async (t) => {
  t.equal(kept({ answer: ['www.example.org. 2147483647 A 192.0.2.1'] }), 86_400);
  t.equal(kept({ answer: ['www.example.org. 5 A 192.0.2.1'] }, 'A', { ...limits, minTtlSeconds: 60 }), 60);
});

t.test('TTL 0, and a TTL with its top bit set, is not kept (RFC 2181 §8)', async (t) => {
  t.equal(kept({ answer: ['www.example.org. 0 A 192.0.2.1'] }, 'A', { ...limits, minTtlSeconds: 60 }), 0);
  t.equal(kept({ answer: ['www.example.org. 4294967295 A 192.0.2.1'] }), 0);
});

t.test('a truncated response is not kept', async (t) => {
  t.equal(kept({ answer: ['www.example.org. 300 A 192.0.2.1'], flags: 0x0200 }), 0);
});

t.test(
  'a negative response lives by the least of SOA TTL, SOA MINIMUM and negativeTtl (RFC 2308 §5)',
  async (t) => {
    t.equal(kept({ rcode: 'NXDOMAIN', authority: [SOA] }), 300);
    t.equal(kept({ authority: [SOA] }, 'AAAA'), 300);
    t.equal(kept({ authority: [SOA.replace('900', '30')] }), 30);
    t.equal(kept({ authority: [SOA] }, 'A', { ...limits, negativeTtlSeconds: 10 }), 10);
  },
);

t.test('a CNAME to nothing lives no longer than the CNAME', async (t) => {
  t.equal(kept({ answer: ['www.example.org. 15 CNAME b.example.org.'], authority: [SOA] }), 15);
  t.equal(kept({ answer: ['www.example.org. 15 CNAME b.example.org.'], authority: [SOA] }, 'CNAME'), 15);
});

t.test('a negative response without SOA is not kept', async (t) => {
  t.equal(kept({ rcode: 'NXDOMAIN' }), 0);
  t.equal(kept({ authority: ['example.org. 900 NS ns.example.org.'] }), 0);
});

t.test('a failure is remembered for seconds, other errors not at all (RFC 9520)', async (t) => {
  t.equal(kept({ rcode: 'SERVFAIL' }), FAILURE_TTL_SECONDS.default);
  t.equal(kept({ rcode: 'REFUSED' }), FAILURE_TTL_SECONDS.default);
  t.equal(kept({ rcode: 'FORMERR' }), 0);
  t.equal(kept({ rcode: 'NOTIMP' }), 0);
});

t.test('octets that end early are not kept, wherever they end', async (t) => {
  const message = response(query('www.example.org'), { rcode: 'NXDOMAIN', authority: [SOA] });
  for (let length = 0; length < message.length; length += 1) {
    const cut = message.slice(0, length);
    t.equal(ttlToKeep(cut, length, 1, limits), 0, `${length} octets`);
  }
});

t.test('the SOA of a negative response is handed on for as long as it is kept, and no longer', async (t) => {
  const soaTtl = (
    soa: string,
    maximum: number,
    rest: Partial<Parameters<typeof response>[1]> = {},
  ): number => {
    const message = response(query('www.example.org'), { rcode: 'NXDOMAIN', authority: [soa], ...rest });
    boundNegative(message, message.length, maximum);
    return readMessage(message)!.authority[0]!.ttl;
  };
  t.equal(soaTtl(SOA, 3600), 300, 'its MINIMUM');
  t.equal(soaTtl(SOA.replace('900', '30'), 3600), 30);
  t.equal(soaTtl(SOA, 10), 10, 'cache.negativeTtl');
  t.equal(soaTtl(SOA.replace(/300$/, '0'), 3600), 0);
  t.equal(
    soaTtl(SOA, 3600, { answer: ['www.example.org. 800 CNAME b.example.org.'] }),
    300,
    'behind an alias',
  );
  const alias = response(query('www.example.org'), {
    answer: ['www.example.org. 800 CNAME b.example.org.'],
    authority: ['example.org. 800 NS ns.example.org.'],
  });
  const before = [...alias];
  boundNegative(alias, alias.length, 10);
  t.same([...alias], before, 'nothing else is touched');
});
