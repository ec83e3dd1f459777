// Machines that a trusted neighbour names query by query: who had an address at a moment is whoever a query named there last.
import t from 'tap';
import { ClientBook } from '../../src/clients/client-book.ts';
import { ForwardedBook } from '../../src/clients/forwarded.ts';
import { textToAddress } from '../../src/wire/names/address.ts';
import { fakeClock } from '../support/clock.ts';
import { configOf } from '../support/config-text.ts';

const address = (text: string): Uint8Array => textToAddress(text) ?? new Uint8Array(16);
const mac = (last: number): Uint8Array => Uint8Array.from([2, 0, 0, 0, 0, last]);

function bookAt(nowMs: number) {
  const clock = fakeClock(nowMs);
  const handedOver: string[] = [];
  const book = new ClientBook({
    config: configOf('clients: { hosts: "off", leases: [], neighbours: false, reverse: false }'),
    own: () => [],
    dir: null,
    changed: () => undefined,
    regrouped: () => undefined,
    arrived: ({ address: octets }, isAnother) => {
      if (isAnother) handedOver.push(octets.join('.'));
    },
    report: () => undefined,
    now: clock.now,
  });
  const tell = (ip: string, last: number, atMs: number): void =>
    book.forwarded({ address: address(ip), atMs, through: address('192.0.2.1'), mac: mac(last), id: null });
  const macAt = (ip: string, atMs: number): string | null => book.table.at(address(ip), atMs).mac;
  return { clock, book, tell, macAt, handedOver };
}

t.test(
  'an address that changes hands does so with the query that says it, not with the next look',
  async (t) => {
    const { clock, book, tell, macAt, handedOver } = bookAt(1_000_000);
    tell('192.0.2.5', 0x50, 1_000_000);
    clock.advance(10);
    book.refresh();
    tell('192.0.2.5', 0x51, 1_005_000);
    clock.advance(5100);
    book.refresh();
    t.equal(macAt('192.0.2.5', 1_004_999), '02:00:00:00:00:50');
    t.equal(macAt('192.0.2.5', 1_005_000), '02:00:00:00:00:51');
    t.same(handedOver.length, 1, 'other threads are told, once');
    await book.stop();
  },
);

t.test('what several threads tell of one machine is not another at its address', async (t) => {
  const book = new ForwardedBook();
  const told = (last: number) => ({
    address: address('192.0.2.5'),
    atMs: 1_000_000,
    through: address('192.0.2.1'),
    mac: mac(last),
    id: null,
  });
  t.notOk(book.contradicts(told(0x50)));
  t.equal(book.accept(told(0x50)), null);
  t.notOk(book.contradicts(told(0x50)));
  t.ok(book.contradicts(told(0x51)));
  book.takeNews();
  t.notOk(book.contradicts(told(0x51)), 'the last look has seen the one before');
});

t.test('two machines that change addresses between two looks are not one', async (t) => {
  const { clock, book, tell, macAt } = bookAt(1_000_000);
  book.refresh();
  for (const [i, [ip, last]] of (
    [
      ['192.0.2.60', 0x60],
      ['192.0.2.61', 0x61],
      ['192.0.2.61', 0x60],
      ['192.0.2.60', 0x61],
    ] as const
  ).entries()) {
    clock.advance(100);
    tell(ip, last, 1_000_100 + 100 * i);
  }
  clock.advance(100);
  book.refresh();
  t.same(
    [
      ['192.0.2.60', 1_000_100],
      ['192.0.2.61', 1_000_200],
      ['192.0.2.61', 1_000_300],
      ['192.0.2.60', 1_000_400],
    ].map(([ip, atMs]) => macAt(String(ip), Number(atMs))?.slice(-2)),
    ['60', '61', '60', '61'],
  );
  await book.stop();
});
