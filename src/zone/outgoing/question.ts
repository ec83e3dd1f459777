// A question about a zone that is served: SOA, AXFR or IXFR, and the serial that the asker has (RFC 1995 §3).
import { FLAG, HEADER_OCTETS, OFFSET, opcodeOf, readU16, readU32, writeU16 } from '../../wire/header.ts';
import { appendEde, appendOpt } from '../../wire/message/edns.ts';
import { Query } from '../../wire/message/query.ts';
import { PARSE, readQuery } from '../../wire/message/question.ts';
import { skipName } from '../../wire/names/name.ts';
import { CLASS, RCODE, TYPE } from '../../wire/records/iana.ts';
import { nextRecord, RecordView } from '../../wire/records/records.ts';
import { SOA_NUMBERS_OCTETS } from '../../wire/records/ttl.ts';

export interface ZoneQuestion {
  readonly id: number;
  readonly qtype: number;
  /** Name, type and class as they were sent. */
  readonly question: Uint8Array;
  /** Lower case, wire form. */
  readonly zone: Uint8Array;
  /** Serial of the SOA in the authority section; null where none is asked from. */
  readonly have: number | null;
  readonly hasOpt: boolean;
}

/** Of a message that is no question at all nothing is said; of one that cannot be answered, the RCODE. */
export type Read = ZoneQuestion | { readonly rcode: number } | null;

const NO_REPLY = new Uint8Array(0);

export function readZoneQuestion(message: Uint8Array): Read {
  const query = new Query(message, NO_REPLY);
  query.messageLength = message.length;
  const parse = readQuery(query);
  if (parse === PARSE.ignore) return null;
  if (parse === PARSE.notimp) return { rcode: RCODE.NOTIMP };
  if (parse !== PARSE.ok) return { rcode: RCODE.FORMERR };
  const { qtype, qclass, qnameEnd } = query;
  if (qclass !== CLASS.IN || (qtype !== TYPE.SOA && qtype !== TYPE.AXFR && qtype !== TYPE.IXFR))
    return { rcode: RCODE.REFUSED };
  const have = qtype === TYPE.IXFR ? serialOf(message, qnameEnd + 4, query) : null;
  if (qtype === TYPE.IXFR && have === null) return { rcode: RCODE.FORMERR };
  return {
    id: query.id,
    qtype,
    question: message.slice(HEADER_OCTETS, qnameEnd + 4),
    zone: query.qname.slice(0, qnameEnd - HEADER_OCTETS),
    have,
    hasOpt: query.optOffset !== 0,
  };
}

/** Of the zone's own SOA, right after the question; null where there is none. */
function serialOf(message: Uint8Array, at: number, query: Query): number | null {
  if (readU16(message, OFFSET.nscount) !== 1) return null;
  const record = new RecordView();
  if (nextRecord(message, at, message.length, record) < 0 || record.type !== TYPE.SOA) return null;
  const end = record.rdata + record.rdataLength;
  const mailbox = skipName(message, record.rdata, end);
  const numbers = mailbox < 0 ? -1 : skipName(message, mailbox, end);
  if (numbers < 0 || numbers + SOA_NUMBERS_OCTETS !== end || query.qnameEnd === 0) return null;
  return readU32(message, numbers);
}

/** A reply without records to a message that is long enough to have a header. @param told for a person, as EXTRA-TEXT */
export function emptyReply(
  message: Uint8Array,
  rcode: number,
  question: ZoneQuestion | null,
  ede: { readonly code: number; readonly text: string } | null,
): Uint8Array {
  const asked = question?.question ?? new Uint8Array(0);
  const reply = new Uint8Array(HEADER_OCTETS + asked.length + 512);
  reply.set(message.subarray(0, 2));
  const flags = readU16(message, OFFSET.flags);
  writeU16(reply, OFFSET.flags, FLAG.qr | (opcodeOf(flags) << 11) | (flags & FLAG.rd) | rcode);
  writeU16(reply, OFFSET.qdcount, question === null ? 0 : 1);
  reply.set(asked, HEADER_OCTETS);
  const end = HEADER_OCTETS + asked.length;
  if (question?.hasOpt !== true) return reply.subarray(0, end);
  const optEnd = appendOpt(reply, end, false, 0);
  if (ede === null) return reply.subarray(0, optEnd);
  const text = new TextEncoder().encode(ede.text);
  return reply.subarray(0, appendEde(reply, end, optEnd, ede.code, text, text.length, reply.length));
}
