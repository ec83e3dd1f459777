// Answers a name with an alias of our own: its CNAME, then whatever the target's answer is. Rare, so it may allocate.

import { FLAG, HEADER_OCTETS, OFFSET, rcodeOf, readU16, writeU16 } from '../../wire/header.ts';
import { appendAnswer, beginReply, replyLimit } from '../../wire/message/compose.ts';
import { appendOpt, appendOptions, findOpt, OPT_OCTETS } from '../../wire/message/edns.ts';
import { copyQuery, type Origin, Query } from '../../wire/message/query.ts';
import { readQuery } from '../../wire/message/question.ts';
import { MessageWriter } from '../../wire/message/rebuild.ts';
import { TYPE } from '../../wire/records/iana.ts';
import { nextRecord, RecordView, skipQuestions } from '../../wire/records/records.ts';

/** TTL of aliases of our own: they follow the configuration, so they are forgotten soon. */
const ALIAS_TTL_SECONDS = 60;

const record = new RecordView();

/** A query for the alias's target; its reply, sent to it as to any client, becomes the answer to the original. */
export function aliasQuery(original: Query, target: Uint8Array, deliver: (answered: Query) => void): Query {
  const kept = new Query(new Uint8Array(512), original.reply);
  copyQuery(original, kept);
  const { message, qnameEnd, messageLength } = original;
  const tail = message.subarray(qnameEnd, messageLength);
  const asked = new Uint8Array(HEADER_OCTETS + target.length + tail.length);
  asked.set(message.subarray(0, HEADER_OCTETS));
  asked.set(target, HEADER_OCTETS);
  asked.set(tail, HEADER_OCTETS + target.length);
  const query = new Query(new Uint8Array(512), new Uint8Array(65_535));
  copyQuery(original, query);
  query.message = asked;
  query.messageLength = asked.length;
  readQuery(query);
  const origin: Origin = {
    send: (answered) => {
      kept.reply = new Uint8Array(65_535);
      kept.replyLength = compose(kept, target, answered);
      deliver(kept);
    },
    abandon: () => original.origin?.abandon(kept),
  };
  query.origin = origin;
  return query;
}

function compose(original: Query, target: Uint8Array, answered: Query): number {
  const { reply } = original;
  const source = answered.reply.subarray(0, answered.replyLength);
  const limit = replyLimit(original) - (original.optOffset === 0 ? 0 : OPT_OCTETS);
  const question = beginReply(original, rcodeOf(readU16(source, OFFSET.flags)));
  const end = appendAnswer(reply, question, TYPE.CNAME, ALIAS_TTL_SECONDS, target);
  const writer = new MessageWriter(reply.subarray(0, limit), question);
  writer.end = end;
  const answers = readU16(source, OFFSET.ancount);
  const front = answers + readU16(source, OFFSET.nscount);
  let at = skipQuestions(source, source.length);
  let fits = at >= 0;
  for (let i = 0; fits && i < front; i += 1) {
    at = nextRecord(source, at, source.length, record);
    fits =
      at >= 0 && writer.copy(source, source.length, record, i < answers ? OFFSET.ancount : OFFSET.nscount);
  }
  if (!fits) {
    writer.end = question;
    writeU16(reply, OFFSET.ancount, 0);
    writeU16(reply, OFFSET.nscount, 0);
    writeU16(reply, OFFSET.flags, readU16(reply, OFFSET.flags) | FLAG.tc);
  }
  if (original.optOffset === 0) return writer.end;
  const opt = writer.end;
  const optEnd = appendOpt(reply, opt, original.dnssecOk, 0);
  const theirs = findOpt(source, source.length);
  return theirs === 0 ? optEnd : appendOptions(reply, opt, optEnd, source, theirs, replyLimit(original));
}
