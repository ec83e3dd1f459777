// What the cache must not be asked about: a query with an option that its upstream is to see has an answer of its own.
import t from 'tap';
import { OUTCOME } from '../../src/wire/message/query.ts';
import { a, type Bench, walkBench } from '../support/walk-bench.ts';
import { wireOpt, wireOption } from '../support/wire-message.ts';

/** 192.0.2.0/24 as a client subnet (RFC 7871 §6). */
const SUBNET = wireOpt(wireOption(8, [0, 1, 24, 0, 192, 0, 2]));
const COOKIE = wireOpt(wireOption(10, [1, 2, 3, 4, 5, 6, 7, 8]));
const NAME = 'example.org';

function answered({ ask, respond }: Bench, opt: number[] | null): void {
  ask({ name: NAME, additional: opt === null ? [] : [opt] });
  respond({ name: NAME, answers: [a(NAME)] });
}

t.test('a query with a client subnet is forwarded, whatever is kept for others', async (t) => {
  const own = walkBench();
  answered(own, null);

  t.equal(own.ask({ name: NAME, additional: [SUBNET] }).outcome, OUTCOME.waiting);
  t.equal(own.ask({ name: NAME }).outcome, OUTCOME.answered);
});

t.test('the answer to a query with a client subnet is kept for nobody', async (t) => {
  const own = walkBench();
  answered(own, SUBNET);

  t.equal(own.ask({ name: NAME }).outcome, OUTCOME.waiting);
});

t.test("a cookie is between the client and this daemon: the answer is everybody's", async (t) => {
  const own = walkBench();
  answered(own, COOKIE);

  t.equal(own.ask({ name: NAME }).outcome, OUTCOME.answered);
  t.equal(own.ask({ name: NAME, additional: [COOKIE] }).outcome, OUTCOME.answered);
});
