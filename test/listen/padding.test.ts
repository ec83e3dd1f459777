// Replies over encrypted transports: a multiple of 468 octets for those who pad, untouched for all others.
import t from 'tap';
import { padReply } from '../../src/listen/padding.ts';
import { appendOpt } from '../../src/wire/message/edns.ts';
import type { Query } from '../../src/wire/message/query.ts';
import { readQuery } from '../../src/wire/message/question.ts';
import { verifiedLength } from '../../src/wire/message/verify.ts';
import { queryOf, wireMessage, wireOpt, wireOption } from '../support/wire-message.ts';

/** A query that was answered with its own question and an OPT. */
function answered(options: readonly (readonly number[])[], room = 65_535): Query {
  const query = queryOf(wireMessage({ additional: [wireOpt(options.flat())] }), room);
  readQuery(query);
  const end = query.qnameEnd + 4;
  query.reply.set(query.message.subarray(0, end));
  query.reply[2] = 0x80;
  query.reply.fill(0, 6, 12);
  query.replyLength = appendOpt(query.reply, end, false, 0);
  return query;
}

t.test('a padded query gets a reply of a multiple of 468 octets that is still sound', async (t) => {
  const query = answered([wireOption(12, [0, 0, 0])]);

  padReply(query);

  t.equal(query.replyLength, 468);
  t.equal(verifiedLength(query.reply, query.replyLength), 468);
});

t.test('a query without padding gets its reply as it is', async (t) => {
  for (const options of [[], [wireOption(10, [1, 2, 3, 4, 5, 6, 7, 8])]]) {
    const query = answered(options);
    const before = query.replyLength;
    padReply(query);
    t.equal(query.replyLength, before);
  }
});

t.test('a reply that has no room for padding goes without', async (t) => {
  const query = answered([wireOption(12, [])], 200);
  const before = query.replyLength;
  padReply(query);
  t.equal(query.replyLength, before);
});
