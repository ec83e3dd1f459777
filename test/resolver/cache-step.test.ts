// Options of a client's EDNS are between it and this daemon: whatever they say, the answer is everybody's and no upstream sees them.
import t from 'tap';
import { OUTCOME } from '../../src/wire/message/query.ts';
import { a, walkBench } from '../support/walk-bench.ts';
import { wireOpt, wireOption } from '../support/wire-message.ts';

const NAME = 'example.org';
const OPTIONS: readonly (readonly [string, number, readonly number[]])[] = [
  ['NSID', 3, []],
  ['a client subnet (RFC 7871 §6)', 8, [0, 1, 24, 0, 192, 0, 2]],
  ['a subnet of the private network', 8, [0, 1, 32, 0, 10, 0, 0, 7]],
  ['a cookie', 10, [1, 2, 3, 4, 5, 6, 7, 8]],
  ['keepalive', 11, []],
  ['padding', 12, [0, 0, 0]],
  ['an unknown option', 100, [1]],
  ["dnsmasq's MAC", 65_001, [0, 0, 0x5e, 0, 0x53, 1]],
  ["dnsmasq's MAC as text", 65_073, [...Buffer.from('00:00:5e:00:53:01')]],
  ["dnsmasq's client name", 65_074, [...Buffer.from('till-3')]],
];

for (const [what, code, data] of OPTIONS)
  t.test(`${what}: not forwarded, and no answer of its own`, async (t) => {
    const { ask, respond, asked } = walkBench();
    const opt = wireOpt(wireOption(code, data));
    ask({ name: NAME, additional: [opt] });
    t.same([...asked[0]!.message.slice(-11)], wireOpt([]), 'an OPT without options');
    respond({ name: NAME, answers: [a(NAME)] });

    t.equal(ask({ name: NAME }).outcome, OUTCOME.answered);
    t.equal(ask({ name: NAME, additional: [opt] }).outcome, OUTCOME.answered);
  });
