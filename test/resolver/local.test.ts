// More own records than a datagram holds.
import t from 'tap';
import { parseLocalRecord } from '../../src/config/values/local-record.ts';
import { TRANSPORT } from '../../src/wire/message/query.ts';
import { counts, walkBench } from '../support/walk-bench.ts';
import { wireOpt } from '../support/wire-message.ts';

const RECORDS = Array.from({ length: 60 }, (_, i) => `many.lan A 192.0.2.${i}`).flatMap((text) => {
  const parsed = parseLocalRecord(text);
  return parsed.ok ? [parsed.value] : [];
});

t.test('own records that do not fit a datagram are truncated, and whole over TCP', async (t) => {
  const { ask } = walkBench({
    local: { records: RECORDS, hosts: null, specialNames: true, canaries: true },
  });

  const udp = ask({ name: 'many.lan' }).reply;
  t.equal(udp[2]! & 2, 2, 'TC');
  t.same(counts(udp), [0, 0, 0]);
  const roomy = ask({ name: 'many.lan', additional: [wireOpt([], { size: 1232 })] }).reply;
  t.same(counts(roomy), [60, 0, 1], '60 × 16 octets fit');
  t.same(counts(ask({ name: 'many.lan' }, 7, TRANSPORT.tcp).reply), [60, 0, 0]);
});

t.test('no own record is answered twice, and those of one type share the lowest TTL', async (t) => {
  const records = [
    'a.lan 300 A 192.0.2.1',
    'a.lan 60 A 192.0.2.1',
    'a.lan 60 A 192.0.2.2',
    'a.lan 300 TXT x',
  ].flatMap((text) => {
    const parsed = parseLocalRecord(text);
    return parsed.ok ? [parsed.value] : [];
  });
  const { ask } = walkBench({
    local: { records, hosts: null, specialNames: true, canaries: true },
  });
  const { reply } = ask({ name: 'a.lan' });
  t.same(counts(reply), [2, 0, 0]);
  // Behind the header, the question (7 + 4 octets) and each owner's pointer, type and class (6): the TTLs.
  t.same(
    [29, 45].map((at) => new DataView(reply.buffer, reply.byteOffset).getUint32(at)),
    [60, 60],
  );
  t.same(counts(ask({ name: 'a.lan', type: 16 }).reply), [1, 0, 0]);
});
