// A row of the log in words.
import t from 'tap';
import { RESULT } from '../../src/events/result.ts';
import { FROM } from '../../src/querylog/kind.ts';
import { rowInWords } from '../../src/querylog/read/row-view.ts';

t.test('the row of a query that was refused says what refused it', async (t) => {
  const client = { ip: '192.0.2.9', name: null, mac: null, group: 'default' };
  const from = (qtype: number, qclass: number): string =>
    rowInWords({
      timeMs: 0,
      count: 1,
      asker: client,
      name: 'example.org',
      qtype,
      qclass,
      transport: 0,
      result: RESULT.refused,
      rcode: 5,
      from: FROM.local,
      list: null,
      rule: null,
      upstream: null,
      waitedMs: null,
    }).from;
  t.equal(from(1, 1), 'access.allow', 'who asks');
  t.equal(from(252, 1), 'type or class', 'a transfer, whoever asks');
  t.equal(from(16, 3), 'type or class', 'CHAOS');
});
