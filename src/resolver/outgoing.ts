// The query we send on: rebuilt from what was read, so that no octet the check did not see leaves the machine.
//
// HOT. Header with ID 0 (the exchange draws its own), RD and CD as the client set them, AD always set since we understand
// it (RFC 6840 §5.7), the question as sent, one OPT with our UDP size and the client's DO bit. No option of the client's goes on: EDNS is
// between neighbours (RFC 6891 §6.1.1), what it says of the client (identity, subnet) is nobody's business upstream, and so all clients
// that ask the same share one answer.

import { FLAG, HEADER_OCTETS, OFFSET, writeU16 } from '../wire/header.ts';
import { appendOpt } from '../wire/message/edns.ts';
import type { Query } from '../wire/message/query.ts';

/**
 * Builds the query in `target`.
 * @returns its length
 */
export function buildOutgoing(query: Query, target: Uint8Array): number {
  const { message, qnameEnd } = query;
  writeU16(target, OFFSET.id, 0);
  writeU16(target, OFFSET.flags, (query.flags & (FLAG.rd | FLAG.cd)) | FLAG.ad);
  writeU16(target, OFFSET.qdcount, 1);
  writeU16(target, OFFSET.ancount, 0);
  writeU16(target, OFFSET.nscount, 0);
  writeU16(target, OFFSET.arcount, 0);
  const questionEnd = qnameEnd + 4;
  for (let i = HEADER_OCTETS; i < questionEnd; i += 1) target[i] = message[i]!;
  return appendOpt(target, questionEnd, query.dnssecOk, 0);
}
