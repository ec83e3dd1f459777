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

/** A root name, type, class, TTL and length of no RDATA. */
const RECORD_OCTETS_MIN = 11;

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

/** Of each answer record, the place of its owner in the chain. As many as fit in a message. */
const places = new Uint8Array(Math.ceil(65_535 / RECORD_OCTETS_MIN));
const FOREIGN = 0xff;
/** Where the section ends that `places` was filled from; −1 when it is malformed. */
let answersEnd = 0;

/** Where an answer record that belongs stands in the chain; a DNAME before the first name that it covers. */
function placeOf(ownerLength: number, chain: Chain): number {
  const place = chain.indexOf(owner, ownerLength);
  return place < 0 ? chain.firstBelow(owner, ownerLength) : place;
}

/**
 * @param response verified; `chain` has followed it
 * @param scratch where a cleaned copy is written when one is needed
 * @returns 0 when every record belongs, the chain in its order, and `response` may go as it is, else the length of the copy in `scratch`
 */
export function scrub(
  query: Query,
  response: Uint8Array,
  length: number,
  chain: Chain,
  scratch: Uint8Array,
): number {
  isFilled = false;
  const start = chain.lengths[0]! + 16;
  const answers = readU16(response, OFFSET.ancount);
  const isWhole = answersAreWhole(query, response, length, chain, answers);
  const end = answersEnd;
  if (isWhole && restBelongs(query, response, length, chain, end, null)) return 0;
  copyQuestion(response, scratch, start);
  const writer = new MessageWriter(scratch, start);
  copyInOrder(response, length, chain, answers, writer);
  restBelongs(query, response, length, chain, end, writer);
  return writer.end;
}

/** Fills `places`; whether all answers belong, and stand in the chain's order: some resolvers of clients read on at each alias and never back (glibc). */
function answersAreWhole(
  query: Query,
  response: Uint8Array,
  length: number,
  chain: Chain,
  answers: number,
): boolean {
  let at = chain.lengths[0]! + 16;
  let last = 0;
  let isWhole = true;
  for (let i = 0; i < answers; i += 1) {
    at = nextRecord(response, at, length, record);
    if (at < 0) break;
    let place = 0;
    // The common case, an owner that is a pointer to QNAME, needs no name compared.
    if (
      record.type !== query.qtype ||
      record.class !== query.qclass ||
      !ownedByQname(response, record.owner)
    ) {
      const octets = expandName(response, record.owner, length, owner);
      lowerName(owner, 0, octets, owner);
      const isOurs = belongs(query, response, length, octets, OFFSET.ancount, chain);
      place = isOurs ? placeOf(octets, chain) : FOREIGN;
    }
    places[i] = place;
    if (place === FOREIGN || place < last) isWhole = false;
    else last = place;
  }
  answersEnd = at;
  return isWhole;
}

function copyInOrder(
  response: Uint8Array,
  length: number,
  chain: Chain,
  answers: number,
  writer: MessageWriter,
): void {
  for (let place = 0; place < chain.count; place += 1) {
    let at = chain.lengths[0]! + 16;
    for (let i = 0; i < answers && at >= 0; i += 1) {
      at = nextRecord(response, at, length, record);
      if (at >= 0 && places[i] === place) writer.copy(response, length, record, OFFSET.ancount);
    }
  }
}

/** Whether all records of the other sections belong; with a writer, copies those that do. */
function restBelongs(
  query: Query,
  response: Uint8Array,
  length: number,
  chain: Chain,
  start: number,
  writer: MessageWriter | null,
): boolean {
  const front = readU16(response, OFFSET.nscount);
  const total = front + readU16(response, OFFSET.arcount);
  let at = start;
  let isWhole = true;
  for (let i = 0; i < total && at >= 0; i += 1) {
    at = nextRecord(response, at, length, record);
    if (at < 0) break;
    const counter = i < front ? OFFSET.nscount : OFFSET.arcount;
    const octets = expandName(response, record.owner, length, owner);
    lowerName(owner, 0, octets, owner);
    if (belongs(query, response, length, octets, counter, chain))
      writer?.copy(response, length, record, counter);
    else isWhole = false;
  }
  return isWhole;
}

function ownedByQname(response: Uint8Array, offset: number): boolean {
  return response[offset] === 0xc0 && response[offset + 1] === 12;
}
