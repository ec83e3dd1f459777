// Addresses of upstreams known by name: kept for their TTL, asked for again before they are used after it, and used when nobody answers.
import t from 'tap';
import { AddressBook } from '../../src/upstream/address-book.ts';
import { type Asker, FAILURE } from '../../src/upstream/exchange.ts';
import { wireMessage } from '../support/wire-message.ts';

function setUp() {
  let nowMs = 0;
  const asked: { asker: Asker; ticket: number }[] = [];
  const book = new AddressBook({
    openForwarder: () => ({
      ask: (_message, _length, asker, ticket) => void asked.push({ asker, ticket }),
      close: async () => {},
    }),
    isUsable: () => true,
    now: () => nowMs,
  });
  const name = 'dot.example';
  const find = (): Promise<string> =>
    new Promise((resolve, reject) => {
      book.lookup(name, {}, (error, address) => (error === null ? resolve(String(address)) : reject(error)));
    });
  /** Answers A with this address and AAAA with nothing. */
  const answer = (last: number, ttl: number): void => {
    const [a, aaaa] = asked.splice(0, 2);
    const found = wireMessage({
      name,
      flags: 0x8180,
      answers: [{ name, type: 1, ttl, rdata: [192, 0, 2, last] }],
    });
    const none = wireMessage({ name, type: 28, flags: 0x8180 });
    a?.asker.settled(a.ticket, found, found.length, FAILURE.none, '');
    aaaa?.asker.settled(aaaa.ticket, none, none.length, FAILURE.none, '');
  };
  return {
    asked,
    find,
    answer,
    fail: () => {
      for (const { asker, ticket } of asked.splice(0))
        asker.settled(ticket, new Uint8Array(0), 0, FAILURE.timeout, '');
    },
    advance: (ms: number) => {
      nowMs += ms;
    },
  };
}

t.test(
  'a server that moved is found where it is now as soon as the TTL of its name has passed',
  async (t) => {
    const { asked, find, answer, advance } = setUp();
    const first = find();
    answer(1, 1);
    t.equal(await first, '192.0.2.1');
    advance(999);
    t.equal(await find(), '192.0.2.1');
    t.equal(asked.length, 0, 'not asked again within the TTL');
    advance(1);
    const second = find();
    answer(2, 1);
    t.equal(await second, '192.0.2.2', 'the old address is not tried once more');
  },
);

t.test('when nobody says where it is now, the old address serves', async (t) => {
  const { find, answer, fail, advance } = setUp();
  const first = find();
  answer(1, 30);
  await first;
  advance(30_000);
  const second = find();
  fail();
  t.equal(await second, '192.0.2.1');
});
