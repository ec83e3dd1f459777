// Lets only the question's own records out of a response: its CNAME/DNAME chain and RRset, the zone's SOA or NS, proofs
// for those who set DO, and addresses of names the answer itself points at. A bad upstream slips nothing else through.

import { OFFSET, readU16 } from '../../wire/header.ts';
import type { Query } from '../../wire/message/query.ts';
import { copyQuestion, MessageWriter } from '../../wire/message/rebuild.ts';
import { expandName, lowerName } from '../../wire/names/name.ts';
import { TYPE } from '../../wire/records/iana.ts';
import { nextRecord, RecordView } from '../../wire/records/records.ts';
import type { Chain } from './chain.ts';
import { PointedAt } from './pointed-at.ts';

const record = new RecordView();
const owner = new Uint8Array(256);
const pointedAt = new PointedAt();
/** Whether it has been filled from the response at hand: most have no additional addresses. */
let isFilled = false;

/** Whether record `record` (its lower-case owner in `owner`) may go out in section `counter`. */
function belongs(
  query: Query,
  response: Uint8Array,
  length: number,
  ownerLength: number,
  counter: number,
  chain: Chain,
): boolean {
  const { type } = record;
  if (record.class !== query.qclass && type !== TYPE.OPT) return false;
  // RFC 4035 §3.2.1: signatures go to those who set DO, or ask for them.
  if (type === TYPE.RRSIG && !query.dnssecOk && query.qtype !== TYPE.RRSIG) return false;
  const covered = type === TYPE.RRSIG ? readU16(response, record.rdata) : type;
  if (counter === OFFSET.ancount) {
    if (covered === TYPE.DNAME) return chain.isBelow(owner, ownerLength);
    if (chain.indexOf(owner, ownerLength) < 0) return false;
    return covered === query.qtype || type === query.qtype || covered === TYPE.CNAME;
  }
  if (counter === OFFSET.nscount) {
    if (covered === TYPE.NSEC || covered === TYPE.NSEC3) return query.dnssecOk;
    if (covered !== TYPE.SOA && covered !== TYPE.NS && covered !== TYPE.DS) return false;
    return chain.isBelow(owner, ownerLength);
  }
  if (type === TYPE.OPT) return true;
  if (covered !== TYPE.A && covered !== TYPE.AAAA) return false;
  if (!isFilled) pointedAt.fill(response, length, chain);
  isFilled = true;
  return pointedAt.has(owner, ownerLength);
}

function sectionOf(index: number, answers: number, front: number): number {
  return index < answers ? OFFSET.ancount : index < front ? OFFSET.nscount : OFFSET.arcount;
}

/**
 * @param response verified; `chain` has followed it
 * @param scratch where a cleaned copy is written when one is needed
 * @returns 0 when every record belongs and `response` may go as it is, else the length of the copy in `scratch`
 */
export function scrub(
  query: Query,
  response: Uint8Array,
  length: number,
  chain: Chain,
  scratch: Uint8Array,
): number {
  isFilled = false;
  if (foreignRecords(query, response, length, chain, null) === 0) return 0;
  const questionEnd = chain.lengths[0]! + 16;
  copyQuestion(response, scratch, questionEnd);
  const writer = new MessageWriter(scratch, questionEnd);
  foreignRecords(query, response, length, chain, writer);
  return writer.end;
}

/** Counts records that do not belong; with a writer, copies those that do. */
function foreignRecords(
  query: Query,
  response: Uint8Array,
  length: number,
  chain: Chain,
  writer: MessageWriter | null,
): number {
  const answers = readU16(response, OFFSET.ancount);
  const front = answers + readU16(response, OFFSET.nscount);
  const total = front + readU16(response, OFFSET.arcount);
  let at = chain.lengths[0]! + 16;
  let foreign = 0;
  for (let i = 0; i < total; i += 1) {
    at = nextRecord(response, at, length, record);
    if (at < 0) return foreign;
    const counter = sectionOf(i, answers, front);
    const plain =
      i < answers &&
      record.type === query.qtype &&
      record.class === query.qclass &&
      ownedByQname(response, record.owner);
    if (!plain) {
      const octets = expandName(response, record.owner, length, owner);
      lowerName(owner, 0, octets, owner);
      if (!belongs(query, response, length, octets, counter, chain)) {
        foreign += 1;
        continue;
      }
    }
    writer?.copy(response, length, record, counter);
  }
  return foreign;
}

/** The common case, an owner that is a pointer to QNAME, needs no name compared. */
function ownedByQname(response: Uint8Array, offset: number): boolean {
  return response[offset] === 0xc0 && response[offset + 1] === 12;
}
