// Messages of our own. Replies are written straight over the query's reply buffer: header and question echoed, then what we say.
//
// HOT. Invariants: the question's octets are echoed exactly (0x20 case kept), so offset 12 of every reply is QNAME and
// 0xC00C points at it; AA=0, RA=1, RD and CD copied (RFC 1035 §4.1.1, RFC 4035 §3.2.2).

import { FLAG, HEADER_OCTETS, MESSAGE_OCTETS_MAX, OFFSET, readU16, writeU16, writeU32 } from '../header.ts';
import { copyOctets } from '../octets.ts';
import { CLASS, TYPE } from '../records/iana.ts';
import { COOKIE_OPTION_OCTETS, EDNS_UDP_SIZE } from './edns.ts';
import { type Query, TRANSPORT, WANTS } from './query.ts';

const QNAME_POINTER = 0xc000 | HEADER_OCTETS;
/** MNAME and RNAME of the SOA under our own negative responses (RFC 2308 §5 wants one; `.invalid` is nobody's, RFC 2606). */
const MNAME = Uint8Array.of(6, 99, 101, 110, 111, 116, 101, 7, 105, 110, 118, 97, 108, 105, 100, 0);
const SERIAL = 1;
const REFRESH_SECONDS = 3600;
const RETRY_SECONDS = 600;
const EXPIRE_SECONDS = 86_400;

/** The most octets a reply to this query may take: the client's UDP size up to ours, or all a transport with a length prefix carries. */
export function messageLimit(query: Query): number {
  const limit =
    query.transport === TRANSPORT.udp ? Math.min(query.udpSize, EDNS_UDP_SIZE) : MESSAGE_OCTETS_MAX;
  return Math.min(limit, query.reply.length);
}

/** As `messageLimit`, with room left for what each reply to such a query has to carry. */
export function replyLimit(query: Query): number {
  const limit = messageLimit(query);
  return (query.wants & WANTS.cookie) === 0 ? limit : limit - COOKIE_OPTION_OCTETS;
}

/**
 * Header and, when it was readable, the question.
 * @returns the offset just past them
 */
export function beginReply(query: Query, rcode: number): number {
  const { message, reply, qnameEnd } = query;
  const length = qnameEnd === 0 ? HEADER_OCTETS : qnameEnd + 4;
  for (let i = HEADER_OCTETS; i < length; i += 1) reply[i] = message[i]!;
  writeU16(reply, OFFSET.id, query.id);
  const kept = query.flags & (0x7800 | FLAG.rd | FLAG.cd);
  writeU16(reply, OFFSET.flags, FLAG.qr | FLAG.ra | kept | (rcode & 0x0f));
  writeU16(reply, OFFSET.qdcount, qnameEnd === 0 ? 0 : 1);
  writeU16(reply, OFFSET.ancount, 0);
  writeU16(reply, OFFSET.nscount, 0);
  writeU16(reply, OFFSET.arcount, 0);
  return length;
}

/** Header alone, all counts 0: what a message gets whose question nobody should repeat (FORMERR, NOTIMP). */
export function beginBareReply(query: Query, rcode: number): number {
  const { reply } = query;
  for (let i = 0; i < HEADER_OCTETS; i += 1) reply[i] = 0;
  writeU16(reply, OFFSET.id, query.id);
  writeU16(reply, OFFSET.flags, FLAG.qr | (query.flags & (0x7800 | FLAG.rd)) | (rcode & 0x0f));
  return HEADER_OCTETS;
}

/** Appends a record owned by QNAME with the given RDATA and counts it as an answer. */
export function appendAnswer(
  reply: Uint8Array,
  at: number,
  type: number,
  ttlSeconds: number,
  rdata: Uint8Array,
): number {
  const end = appendOwner(reply, at, QNAME_POINTER, type, ttlSeconds, rdata.length);
  copyOctets(rdata, 0, reply, end, rdata.length);
  writeU16(reply, OFFSET.ancount, readU16(reply, OFFSET.ancount) + 1);
  return end + rdata.length;
}

/**
 * Appends the SOA a negative response needs.
 * @param owner offset in the reply of the name that owns it: the suffix of QNAME that the rule names
 * @param ttlSeconds both its TTL and its MINIMUM, so that every cache keeps the response that long (RFC 2308 §5)
 * @param counter the header's field of the section it stands in
 */
export function appendSoa(
  reply: Uint8Array,
  at: number,
  owner: number,
  ttlSeconds: number,
  counter: number = OFFSET.nscount,
): number {
  const rdataLength = MNAME.length + 2 + 20;
  const mname = appendOwner(reply, at, 0xc000 | owner, TYPE.SOA, ttlSeconds, rdataLength);
  reply.set(MNAME, mname);
  const rname = mname + MNAME.length;
  writeU16(reply, rname, 0xc000 | mname);
  writeU32(reply, rname + 2, SERIAL);
  writeU32(reply, rname + 6, REFRESH_SECONDS);
  writeU32(reply, rname + 10, RETRY_SECONDS);
  writeU32(reply, rname + 14, EXPIRE_SECONDS);
  writeU32(reply, rname + 18, ttlSeconds);
  writeU16(reply, counter, readU16(reply, counter) + 1);
  return rname + 22;
}

function appendOwner(
  reply: Uint8Array,
  at: number,
  pointer: number,
  type: number,
  ttlSeconds: number,
  rdataLength: number,
): number {
  writeU16(reply, at, pointer);
  writeU16(reply, at + 2, type);
  writeU16(reply, at + 4, CLASS.IN);
  writeU32(reply, at + 6, ttlSeconds);
  writeU16(reply, at + 10, rdataLength);
  return at + 12;
}

/** A query of our own as one message: RD set, ID 0, no OPT. @param name wire form */
export function composeQuery(name: Uint8Array, qtype: number, qclass: number = CLASS.IN): Uint8Array {
  const end = HEADER_OCTETS + name.length;
  const message = new Uint8Array(end + 4);
  writeU16(message, OFFSET.flags, FLAG.rd);
  writeU16(message, OFFSET.qdcount, 1);
  message.set(name, HEADER_OCTETS);
  writeU16(message, end, qtype);
  writeU16(message, end + 2, qclass);
  return message;
}
