// The table of repeated questions: what it finds is that very message, and it never takes more than its places.
import t from 'tap';
import {
  FIELD,
  MESSAGE_OCTETS_MAX,
  REPLY_OCTETS_MAX,
  RepeatTable,
} from '../../src/resolver/repeats/repeat-table.ts';
import { queryOf, replyOf } from '../support/wire-message.ts';

const SEED = 0x1234_5678;
const SCOPE = 4;
const PLACES = 32_768;

/** 20 octets: an ID, nothing, and a number. */
function message(number: number, id = 0): Uint8Array {
  const octets = new Uint8Array(20);
  const view = new DataView(octets.buffer);
  view.setUint16(0, id);
  view.setUint32(14, number);
  return octets;
}

/** What comes a second time takes a place. */
function askTwice(table: RepeatTable, octets: Uint8Array): void {
  for (let i = 0; i < 2; i += 1) ask(table, octets);
}

/** Looks for a message and, where it is not found, has it take a place with itself as reply. */
function ask(table: RepeatTable, octets: Uint8Array, epoch = 1): number {
  const found = table.find(octets, octets.length, SCOPE, epoch);
  if (found >= 0) return found;
  const query = queryOf(octets);
  query.reply.set(octets);
  query.replyLength = octets.length;
  table.keep(query, epoch);
  return -1;
}

t.test('it finds a message whatever its ID, and nothing in another epoch or scope', async (t) => {
  const table = new RepeatTable(SEED);
  t.equal(ask(table, message(1, 7)), -1);
  ask(table, message(1, 8));
  const place = ask(table, message(1, 9));
  t.ok(place >= 0);
  const query = queryOf(message(1, 0xabcd));
  table.writeReply(place, query);

  t.same(replyOf(query), message(1, 0xabcd), 'the reply, with the ID of who asks now');
  t.equal(table.find(message(1), 20, SCOPE + 1, 1), -1);
  t.equal(table.find(message(1), 20, SCOPE, 2), -1);
  t.equal(table.find(message(1), 19, SCOPE, 1), -1);
});

t.test('messages of one hash are told apart by their octets', async (t) => {
  const table = new RepeatTable(SEED);
  for (let i = 0; i < 60_000; i += 1) askTwice(table, message(i));
  const octets = message(0);
  const view = new DataView(octets.buffer);
  let found = 0;
  // 1,000,000 looks among some 30,000 hashes of 32 bits: about seven are equal.
  for (let i = 60_000; i < 1_060_000; i += 1) {
    view.setUint32(14, i);
    if (table.find(octets, 20, SCOPE, 1) >= 0) found += 1;
  }
  t.equal(found, 0);
});

t.test('what is remembered outlasts a stream of messages that never come again', async (t) => {
  const table = new RepeatTable(SEED);
  const known = Array.from({ length: 1000 }, (_, i) => message(i));
  for (const octets of known) askTwice(table, octets);
  for (let i = 1000; i < 150_000; i += 1) ask(table, message(i));

  const left = known.filter((octets) => table.find(octets, 20, SCOPE, 1) >= 0).length;
  t.ok(left > 950, `${left} of 1000`);
});

t.test('messages that come in turn, again and again, all get a place where there is one', async (t) => {
  const table = new RepeatTable(SEED);
  const all = Array.from({ length: 9714 }, (_, i) => message(i));
  for (let round = 0; round < 10; round += 1) for (const octets of all) ask(table, octets);

  const left = all.filter((octets) => table.find(octets, 20, SCOPE, 1) >= 0).length;
  t.ok(left > 0.9 * all.length, `${left} of ${all.length}`);
});

t.test('messages that never come again touch a quarter of it', async (t) => {
  const table = new RepeatTable(SEED);
  for (let i = 0; i < 150_000; i += 1) ask(table, message(i));

  let used = 0;
  for (let place = 0; place < PLACES; place += 1) {
    if (table.get(place, FIELD.epoch) === 0) continue;
    used += 1;
    if (place >= PLACES / 4) t.fail(`place ${place}`);
  }
  t.ok(used > (0.99 * PLACES) / 4, `${used}`);
});

t.test(
  'numbers beyond 32 bits, and the longest message and reply, are kept whole; longer replies are not',
  async (t) => {
    const table = new RepeatTable(SEED);
    const octets = Uint8Array.from({ length: MESSAGE_OCTETS_MAX }, (_, i) => i);
    const query = queryOf(octets);
    query.reply.set(Uint8Array.from({ length: REPLY_OCTETS_MAX }, (_, i) => 255 - i));
    query.replyLength = REPLY_OCTETS_MAX + 1;
    table.find(octets, octets.length, SCOPE, 1);
    t.equal(table.keep(query, 1), -1);
    query.replyLength = REPLY_OCTETS_MAX;
    table.keep(query, 1);
    const place = table.keep(query, 1);
    table.setHeld(place, 3, 2 ** 45 + 2 ** 31 + 5);
    const again = queryOf(octets);
    table.writeReply(place, again);

    t.equal(table.find(octets, octets.length, SCOPE, 1), place);
    t.equal(table.heldNumber(place), 2 ** 45 + 2 ** 31 + 5);
    t.same([...replyOf(again).slice(2)], [...replyOf(query).slice(2)]);
  },
);
