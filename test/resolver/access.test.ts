// Who may ask and how fast: an IPv6 client is its /64, an IPv4 one its address, and what one may have waiting is bounded so too.
import t from 'tap';
import { parsePrefix } from '../../src/config/values/addresses.ts';
import { ACCESS, Access } from '../../src/resolver/access.ts';
import {
  Budgets,
  createBudgets,
  REFUSED_PER_CLIENT,
  REFUSED_PER_SECOND,
} from '../../src/resolver/budgets.ts';
import { WAITING_MAX, WAITING_PER_CLIENT_MAX, Waiting } from '../../src/resolver/waiting.ts';
import { readQuery } from '../../src/wire/message/question.ts';
import { textToAddress } from '../../src/wire/names/address.ts';
import { queryOf, wireMessage } from '../support/wire-message.ts';

const octets = (text: string): Uint8Array => {
  const address = textToAddress(text);
  if (address === null) throw new Error(text);
  return address;
};
const prefix = (text: string) => {
  const parsed = parsePrefix(text);
  if (!parsed.ok) throw new Error(parsed.wrong);
  return parsed.value;
};
const accessOf = (allow: readonly string[]): Access =>
  new Access(
    { allow: allow.map(prefix), rateLimit: { perSecond: 1, burst: 3 } },
    new Budgets(createBudgets(7)),
  );

t.test('all addresses of a /64 share one budget, addresses of IPv4 have one each', async (t) => {
  const access = accessOf(['0.0.0.0/0', '::/0']);
  const answers = (addresses: readonly string[]): number =>
    addresses.filter((text) => access.check(octets(text), 1000) === ACCESS.allowed).length;

  t.equal(answers(Array.from({ length: 20 }, (_, i) => `2001:db8:0:1::${i + 1}`)), 3, 'one /64');
  t.equal(answers(['2001:db8:0:2::1']), 1, 'its neighbour');
  t.equal(answers(Array.from({ length: 20 }, (_, i) => `192.0.2.${i + 1}`)), 20);
  t.equal(answers(Array.from({ length: 20 }, () => '198.51.100.1')), 3);
});

t.test('of those limited every other one hears TC, the rest nothing', async (t) => {
  const access = accessOf(['0.0.0.0/0']);
  const heard = Array.from({ length: 23 }, () => access.check(octets('198.51.100.1'), 1000));

  t.equal(heard.filter((answer) => answer === ACCESS.truncate).length, 10);
  t.equal(heard.filter((answer) => answer === ACCESS.limit).length, 10);
});

t.test('a budget fills again with time, up to the burst, and loopback has none', async (t) => {
  const access = accessOf(['0.0.0.0/0', '::/0']);
  const allowed = (text: string, atMs: number): number =>
    Array.from({ length: 9 }, () => access.check(octets(text), atMs)).filter(
      (answer) => answer === ACCESS.allowed,
    ).length;

  t.equal(allowed('198.51.100.1', 1000), 3);
  t.equal(allowed('198.51.100.1', 3000), 2, 'one a second');
  t.equal(allowed('198.51.100.1', 99_000), 3, 'no more than the burst');
  for (const own of ['127.0.0.1', '127.9.9.9', '::1']) t.equal(allowed(own, 99_000), 9, own);
  t.equal(allowed('::2', 99_000), 3);
});

t.test(
  'strangers are told REFUSED so many times a second, one of them less often, then nothing, then again',
  async (t) => {
    const access = accessOf(['192.0.2.0/24']);
    const refused = (count: number, atMs: number, of: (i: number) => string): number =>
      Array.from({ length: count }, (_, i) => access.check(octets(of(i)), atMs)).filter(
        (answer) => answer === ACCESS.refuse,
      ).length;
    const one = () => '198.51.100.1';
    const many = (i: number) => `198.51.${i % 200}.2`;

    t.equal(refused(150, 1000, one), REFUSED_PER_CLIENT);
    t.equal(refused(200, 1000, many), REFUSED_PER_SECOND - REFUSED_PER_CLIENT, 'all of them together');
    t.equal(refused(200, 1900, many), 0);
    t.equal(refused(150, 3000, one), REFUSED_PER_CLIENT);
  },
);

t.test('all threads count in one table: what a client may ask does not grow with them', async (t) => {
  const shared = createBudgets(3);
  const config = { allow: [prefix('0.0.0.0/0')], rateLimit: { perSecond: 10, burst: 10 } };
  // The second thread began 400 ms later: its own clock is behind.
  const threads = [new Access(config, new Budgets(shared)), new Access(config, new Budgets(shared, 400))];
  const client = octets('198.51.100.1');
  const allowed = (atMs: number): number =>
    Array.from({ length: 40 }, (_, i) =>
      threads[i % 2]!.check(client, i % 2 === 0 ? atMs : atMs - 400),
    ).filter((answer) => answer === ACCESS.allowed).length;
  t.equal(allowed(1000), 10);
  t.equal(allowed(1500), 5);
  const strangers = Array.from(
    { length: 3 },
    () => new Access({ ...config, allow: [prefix('192.0.2.0/24')] }, new Budgets(shared)),
  );
  let refusals = 0;
  for (let i = 0; i < 300; i += 1)
    if (strangers[i % 3]!.check(octets(`203.0.113.${i % 250}`), 9000) === ACCESS.refuse) refusals += 1;
  t.equal(refusals, REFUSED_PER_SECOND);
});

t.test('networks of this machine are let in while it has them, and budgets stay', async (t) => {
  const access = accessOf(['127.0.0.0/8']);
  const client = octets('2001:db8:5::7');

  t.not(access.check(client, 1000), ACCESS.allowed);
  access.allowAlso([prefix('2001:db8:5::/64')]);
  for (let i = 0; i < 3; i += 1) t.equal(access.check(client, 1000), ACCESS.allowed);
  access.allowAlso([prefix('2001:db8:5::/64'), prefix('192.0.2.0/24')]);
  t.not(access.check(client, 1000), ACCESS.allowed, 'its burst is spent still');
  t.equal(access.check(octets('192.0.2.9'), 1000), ACCESS.allowed);
  access.allowAlso([]);
  t.equal(access.check(octets('192.0.2.9'), 1000), ACCESS.refuse);
  t.equal(access.check(octets('127.0.0.1'), 1000), ACCESS.allowed, 'what the configuration says stays');
});

t.test('one /64 cannot take every place there is to wait', async (t) => {
  const waiting = new Waiting(3);
  const keep = (text: string): boolean => {
    const query = queryOf(wireMessage({ name: 'x.example' }));
    readQuery(query);
    query.address.set(octets(text));
    return waiting.keep(query) !== null;
  };
  for (let i = 0; i < WAITING_PER_CLIENT_MAX; i += 1)
    if (!keep(`2001:db8::${i.toString(16)}:1`)) t.fail(`no place for number ${i}`);

  t.notOk(keep('2001:db8::ffff:ffff'), 'another address of the same /64');
  t.ok(keep('2001:db8:0:1::1'), 'another /64');
  t.ok(keep('192.0.2.1'));
});

t.test("more than there is room for wait nowhere, and a place given back is another query's", async (t) => {
  const waiting = new Waiting(3);
  const query = queryOf(wireMessage({ name: 'x.example' }));
  readQuery(query);
  const tickets: number[] = [];
  for (let i = 0; i < WAITING_MAX; i += 1) {
    query.address.set(octets(`2001:db8:${Math.floor(i / 200).toString(16)}::1`));
    const kept = waiting.keep(query);
    if (kept === null) t.fail(`no place for number ${i}`);
    else tickets.push(kept.ticket);
  }
  query.address.set(octets('192.0.2.1'));
  t.equal(waiting.keep(query), null);
  t.equal(waiting.count, WAITING_MAX);

  const [ticket = -1] = tickets;
  const first = waiting.find(ticket);
  if (first === null) throw new Error('it waits no more');
  waiting.release(first);
  const next = waiting.keep(query);
  t.ok(next, 'the place is free again');
  t.equal(waiting.find(ticket), null, 'an answer to the old ticket finds nobody');
  t.equal(waiting.find(next?.ticket ?? -1), next);
});
