// RPZ's TCP-Only: a client is told to come back over TCP, and there it is answered.
import t from 'tap';
import { OUTCOME, TRANSPORT } from '../../src/wire/message/query.ts';
import { a, cname, counts, walkBench } from '../support/walk-bench.ts';
import { queryOf, wireMessage } from '../support/wire-message.ts';

const bench = () =>
  walkBench({
    lists: [{ name: 'zone', action: 'zone' }, { name: 'c2' }],
    words: [
      { list: 'zone', names: ['slow.test'], rule: { action: 'tcp-only' } },
      { list: 'c2', names: ['evil.test'] },
    ],
  });
const isTruncated = (reply: Uint8Array): boolean => (reply[2]! & 2) !== 0;

t.test('over UDP the reply is empty and truncated, and the query is told of', async (t) => {
  const { ask, hits, asked } = bench();
  const { outcome, reply } = ask({ name: 'a.slow.test' });
  t.equal(outcome, OUTCOME.answered);
  t.ok(isTruncated(reply));
  t.same(counts(reply), [0, 0, 0]);
  t.same(hits, ['monitor a.slow.test - 0']);
  t.equal(asked.length, 0, 'nothing was asked upstream');
});

for (const transport of [TRANSPORT.tcp, TRANSPORT.tls, TRANSPORT.https])
  t.test(`over a connection (${transport}) it is answered, and its aliases are judged`, async (t) => {
    const { ask, respond, sent, hits } = bench();
    t.equal(ask({ name: 'a.slow.test' }, 7, transport).outcome, OUTCOME.waiting);
    respond({ name: 'a.slow.test', answers: [a('a.slow.test')] });
    t.same(counts(sent[0]!), [1, 0, 0]);
    t.notOk(isTruncated(sent[0]!));
    t.same(hits, []);
    ask({ name: 'b.slow.test' }, 7, transport);
    respond({ name: 'b.slow.test', answers: [cname('b.slow.test', 'evil.test'), a('evil.test')] });
    t.same(hits, ['sinkhole b.slow.test evil.test 1']);
  });

t.test('an alias that leads to such a name is truncated over UDP', async (t) => {
  const { ask, respond, sent } = bench();
  ask({ name: 'www.example.org' });
  respond({ name: 'www.example.org', answers: [cname('www.example.org', 'slow.test'), a('slow.test')] });
  t.ok(isTruncated(sent[0]!));
  t.equal(queryOf(wireMessage({})).transport, TRANSPORT.udp);
});
