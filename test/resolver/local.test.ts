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
