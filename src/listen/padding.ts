// Padding of replies over TLS and HTTPS, so that their length tells nothing (RFC 7830, RFC 8467 §4.1).
//
// HOT.

import { MESSAGE_OCTETS_MAX } from '../wire/header.ts';
import { appendPadding, findOpt, isPadded } from '../wire/message/edns.ts';
import type { Query } from '../wire/message/query.ts';

const BLOCK_OCTETS = 468;

/** Pads the reply when its query was padded (RFC 7830 §4). */
export function padReply(query: Query): void {
  if (query.optOffset === 0 || !isPadded(query.message, query.optOffset)) return;
  const { reply, replyLength } = query;
  const opt = findOpt(reply, replyLength);
  const limit = Math.min(reply.length, MESSAGE_OCTETS_MAX);
  if (opt > 0) query.replyLength = appendPadding(reply, opt, replyLength, BLOCK_OCTETS, limit);
}
