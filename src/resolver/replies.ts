// Replies that say no: malformed, not implemented, refused, failed, come back over TCP.
//
// HOT.

import { FAILURE, type Failure } from '../upstream/exchange.ts';
import { FLAG, OFFSET, rcodeOf, readU16, writeU16 } from '../wire/header.ts';
import { beginBareReply, beginReply, replyLimit } from '../wire/message/compose.ts';
import { appendEde, appendOpt } from '../wire/message/edns.ts';
import { type Query, TRANSPORT } from '../wire/message/query.ts';
import { PARSE, type Parse } from '../wire/message/question.ts';
import { EDE, RCODE } from '../wire/records/iana.ts';

const NO_TEXT = new Uint8Array(0);

/**
 * Replies to a message that readQuery refused.
 * @returns the RCODE
 */
export function rejectReply(query: Query, parse: Parse): number {
  if (parse === PARSE.badvers) {
    const opt = beginReply(query, RCODE.NOERROR);
    query.replyLength = appendOpt(query.reply, opt, query.dnssecOk, RCODE.BADVERS);
    return RCODE.BADVERS;
  }
  const rcode = parse === PARSE.notimp ? RCODE.NOTIMP : RCODE.FORMERR;
  query.replyLength = beginBareReply(query, rcode);
  return rcode;
}

/** BADCOOKIE (RFC 7873 §8): what it asks for goes in as an option of ours. @returns the reply's length */
export function badCookieReply(query: Query): number {
  return appendOpt(query.reply, beginReply(query, RCODE.BADCOOKIE), query.dnssecOk, RCODE.BADCOOKIE);
}

/**
 * Question and RCODE, with an Extended DNS Error for clients that speak EDNS.
 * @param infoCode −1 for none
 * @returns the reply's length
 */
export function failureReply(query: Query, rcode: number, infoCode: number): number {
  const opt = beginReply(query, rcode);
  if (query.optOffset === 0) return opt;
  const end = appendOpt(query.reply, opt, query.dnssecOk, 0);
  if (infoCode < 0) return end;
  return appendEde(query.reply, opt, end, infoCode, NO_TEXT, 0, replyLimit(query));
}

/** TC=1 and nothing else over UDP; over a connection, which has proven its address, REFUSED. */
export function truncatedReply(query: Query): number {
  if (query.transport !== TRANSPORT.udp) return failureReply(query, RCODE.REFUSED, -1);
  const end = failureReply(query, RCODE.NOERROR, -1);
  writeU16(query.reply, OFFSET.flags, readU16(query.reply, OFFSET.flags) | FLAG.tc);
  return end;
}

/** The Extended DNS Error that says why no upstream answered (RFC 8914 §4). */
export function infoCodeOf(failure: Failure): number {
  switch (failure) {
    case FAILURE.network:
      return EDE.NETWORK_ERROR;
    case FAILURE.malformed:
    case FAILURE.mismatch:
      return EDE.INVALID_DATA;
    case FAILURE.timeout:
      return EDE.NO_REACHABLE_AUTHORITY;
    default:
      return EDE.OTHER;
  }
}

/** Whether a response's RCODE speaks of its sender's trouble and not of the name. */
export function saysItCannot(response: Uint8Array): boolean {
  const rcode = rcodeOf(readU16(response, OFFSET.flags));
  return rcode === RCODE.SERVFAIL || rcode === RCODE.REFUSED || rcode === RCODE.NOTIMP;
}
