// What the client got, read off the reply that goes out and the way its query ended.
//
// HOT.
import { RESULT, type Result } from '../events/result.ts';
import { FLAG, OFFSET, readU16 } from '../wire/header.ts';
import type { Query } from '../wire/message/query.ts';
import { RCODE, TYPE } from '../wire/records/iana.ts';
import { ENDING, type Ending } from './query-observer.ts';

/** @param rcode −1: no reply */
export function resultOf(query: Query, ending: Ending, rcode: number): Result {
  switch (ending) {
    case ENDING.sinkholed:
      return RESULT.blocked;
    case ENDING.rewritten:
      return RESULT.rewritten;
    case ENDING.tcpOnly:
      return RESULT.truncated;
    case ENDING.local:
      return RESULT.local;
    case ENDING.special:
      // HINFO of RFC 8482 is nothing that the name has.
      return query.qtype === TYPE.ANY ? RESULT.nodata : resultOfReply(query, rcode);
    case ENDING.withheld:
      return RESULT.withheld;
    case ENDING.failed:
    case ENDING.malformed:
      return RESULT.failed;
    case ENDING.refused:
      return RESULT.refused;
    case ENDING.denied:
      return rcode < 0 ? RESULT.dropped : RESULT.refused;
    case ENDING.dropped:
    case ENDING.ignored:
      return RESULT.dropped;
    case ENDING.limited:
      return rcode === RCODE.NOERROR ? RESULT.truncated : RESULT.limited;
    default:
      return resultOfReply(query, rcode);
  }
}

function resultOfReply(query: Query, rcode: number): Result {
  if (rcode === RCODE.NXDOMAIN) return RESULT.nxdomain;
  if (rcode !== RCODE.NOERROR) return rcode < 0 ? RESULT.dropped : RESULT.failed;
  if ((readU16(query.reply, OFFSET.flags) & FLAG.tc) !== 0) return RESULT.truncated;
  return hasData(query) ? RESULT.data : RESULT.nodata;
}

/** Whether the reply's answer section holds a record of the type asked for: an alias alone is NODATA (RFC 2308 §2.2). */
function hasData(query: Query): boolean {
  const { reply, replyLength, qtype } = query;
  let records = readU16(reply, OFFSET.ancount);
  let at = query.qnameEnd + 4; // the question is echoed as it came
  for (; records > 0; records -= 1) {
    while (at < replyLength && reply[at]! !== 0 && reply[at]! < 0xc0) at += reply[at]! + 1;
    at += at < replyLength && reply[at]! >= 0xc0 ? 2 : 1;
    if (at + 10 > replyLength) return false;
    if (qtype === TYPE.ANY || readU16(reply, at) === qtype) return true;
    at += 10 + readU16(reply, at + 8);
  }
  return false;
}
