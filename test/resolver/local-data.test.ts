// Answers of a rule's own: each type has its own records, others have none.
import t from 'tap';
import type { Rule } from '../../src/policy/rule.ts';
import { TRANSPORT } from '../../src/wire/message/query.ts';
import { a, counts, rcode, walkBench } from '../support/walk-bench.ts';
import { wireOpt } from '../support/wire-message.ts';

const TXT = 16;
const MX = 15;
const to = (target: string): Partial<Rule> => ({ rewrite: { kind: 'cname', target } });
const bench = () =>
  walkBench({
    lists: [{ name: 'zone', action: 'zone' }],
    words: [
      {
        list: 'zone',
        names: ['data.test'],
        rule: {
          rewrite: {
            kind: 'records',
            addresses: ['192.0.2.9', '192.0.2.10'],
            records: [
              { type: TXT, rdata: '0568656c6c6f' },
              { type: TXT, rdata: '0162' },
            ],
          },
        },
      },
      {
        list: 'zone',
        names: ['many.test'],
        rule: {
          rewrite: { kind: 'address', addresses: Array.from({ length: 200 }, (_, i) => `192.0.2.${i}`) },
        },
      },
      { list: 'zone', names: ['walled.test'], rule: to('*.garden.example') },
    ],
  });

t.test('a name with data of some types is answered with them, and NODATA for the others', async (t) => {
  const { ask, asked, hits } = bench();
  const answers = (type: number): number[] => counts(ask({ name: 'data.test', type }).reply);
  t.same(answers(1), [2, 0, 0]);
  t.same(answers(28), [0, 1, 0]);
  t.same(answers(TXT), [2, 0, 0]);
  t.same(answers(MX), [0, 1, 0]);
  t.ok(Buffer.from(ask({ name: 'data.test', type: TXT }).reply).includes('hello'));
  t.equal(rcode(ask({ name: 'data.test', type: MX }).reply), 0);
  t.equal(asked.length, 0, 'nothing is forwarded');
  t.ok(hits.length >= 4 && hits.every((hit) => hit.startsWith('sinkhole data.test')));
});

t.test('more addresses than a datagram holds: truncated over UDP, whole over TCP', async (t) => {
  const { ask } = bench();
  const udp = ask({ name: 'many.test' });
  t.ok((udp.reply[2]! & 2) !== 0, 'TC');
  t.same(counts(udp.reply), [0, 0, 0]);
  t.same(counts(ask({ name: 'many.test' }, 7, TRANSPORT.tcp).reply), [200, 0, 0]);
  t.same(counts(ask({ name: 'many.test', additional: [wireOpt()] }).reply), [0, 0, 1]);
});

t.test('a star in an alias is the name asked for, and what stands there is asked', async (t) => {
  const { ask, asked, respond, sent } = bench();
  ask({ name: 'x.walled.test' });
  t.ok(Buffer.from(asked[0]!.message).includes(Buffer.from('x\x06walled\x04test\x06garden\x07example')));
  respond({ name: 'x.walled.test.garden.example', answers: [a('x.walled.test.garden.example')] });
  t.same(counts(sent[0]!), [2, 0, 0]);
  const alias = ask({ name: 'walled.test', type: 5 });
  t.same(counts(alias.reply), [1, 0, 0], 'type CNAME gets the one alias');
  const long = `${Array.from({ length: 4 }, () => 'a'.repeat(58)).join('.')}.walled.test`;
  const { reply } = ask({ name: long });
  t.equal(rcode(reply), 6, 'no room for the garden: YXDOMAIN, as in BIND, and nothing is asked');
  t.same(counts(reply), [0, 1, 0]);
});
