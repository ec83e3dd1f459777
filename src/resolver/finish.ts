// Fits a verified upstream (or cached) response to the client that asked: ID, question as the client wrote it, flags,
// OPT, and the size its transport can carry. Everything else stays as the upstream said it.
//
// HOT. Input has passed verifiedLength and answers this very question, so its QNAME is as long as ours and compression
// pointers stay valid when the sections are copied to the same offsets.

import { FLAG, HEADER_OCTETS, OFFSET, readU16, writeU16 } from '../wire/header.ts';
import { replyLimit } from '../wire/message/compose.ts';
import { appendEde, appendOpt, appendOptions, OPT_OCTETS } from '../wire/message/edns.ts';
import type { Query } from '../wire/message/query.ts';
import { copyOctets } from '../wire/octets.ts';
import { TYPE } from '../wire/records/iana.ts';
import { nextRecord, RecordView } from '../wire/records/records.ts';

const record = new RecordView();
const NO_TEXT = new Uint8Array(0);

/** Where the parts of the response being finished end; one is enough, the walk is synchronous. */
const parts = { authorityEnd: 0, end: 0, opt: 0, optEnd: 0 };

function locate(response: Uint8Array, length: number, qnameEnd: number): boolean {
  const front = readU16(response, OFFSET.ancount) + readU16(response, OFFSET.nscount);
  const total = front + readU16(response, OFFSET.arcount);
  let at = qnameEnd + 4;
  parts.opt = 0;
  parts.authorityEnd = at;
  for (let i = 0; i < total; i += 1) {
    const start = at;
    at = nextRecord(response, at, length, record);
    if (at < 0) return false;
    if (i < front) parts.authorityEnd = at;
    if (record.type === TYPE.OPT) {
      parts.opt = start;
      parts.optEnd = at;
    }
  }
  parts.end = at;
  return true;
}

/**
 * Builds the client's reply from a response.
 * @param extraInfoCode an Extended DNS Error of our own to add (stale), −1 for none
 * @returns the reply's length, 0 when the response cannot be relayed
 */
export function finishReply(
  query: Query,
  response: Uint8Array,
  length: number,
  extraInfoCode: number,
): number {
  const { reply, message, qnameEnd } = query;
  if (!locate(response, length, qnameEnd)) return 0;
  const { opt, optEnd, authorityEnd } = parts;
  const limit = replyLimit(query);
  const tail = query.optOffset === 0 ? 0 : OPT_OCTETS;
  let additional = readU16(response, OFFSET.arcount);
  let end = parts.end;
  if (opt !== 0) {
    additional -= 1;
    // An OPT in front of other records: what follows it may hold pointers, so the additional section goes whole.
    if (optEnd === parts.end) end = opt;
    else {
      end = authorityEnd;
      additional = 0;
    }
  }
  let truncated = false;
  if (end + tail > limit && authorityEnd + tail <= limit) {
    end = authorityEnd; // RFC 2181 §9: additional data that does not fit is no truncation
    additional = 0;
  } else if (end + tail > limit) {
    truncated = true;
    end = qnameEnd + 4;
    additional = 0;
  }
  copyOctets(response, 0, reply, 0, end);
  for (let i = HEADER_OCTETS; i < qnameEnd + 4; i += 1) reply[i] = message[i]!;
  writeHeader(query, readU16(response, OFFSET.flags), truncated);
  if (truncated) {
    writeU16(reply, OFFSET.ancount, 0);
    writeU16(reply, OFFSET.nscount, 0);
  }
  writeU16(reply, OFFSET.arcount, additional);
  if (query.optOffset === 0) return end;
  const extended = opt === 0 ? 0 : response[opt + 5]! << 4;
  const at = end;
  end = appendOpt(reply, at, query.dnssecOk, extended);
  if (opt !== 0) end = appendOptions(reply, at, end, response, opt, limit);
  if (extraInfoCode >= 0) end = appendEde(reply, at, end, extraInfoCode, NO_TEXT, 0, limit);
  return end;
}

function writeHeader(query: Query, responseFlags: number, truncated: boolean): void {
  const { reply } = query;
  let flags = FLAG.qr | FLAG.ra | (query.flags & (FLAG.rd | FLAG.cd)) | (responseFlags & 0x0f);
  // AA stays clear, whatever the upstream said: who forwards is no authority, nor are answers of a cache (RFC 1035 §4.1.1).
  // RFC 6840 §5.8: AD only for those who said that they understand it.
  if (query.dnssecOk || (query.flags & FLAG.ad) !== 0) flags |= responseFlags & FLAG.ad;
  if (truncated) flags |= FLAG.tc;
  writeU16(reply, OFFSET.id, query.id);
  writeU16(reply, OFFSET.flags, flags);
  writeU16(reply, OFFSET.qdcount, 1);
}
