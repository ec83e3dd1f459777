// Whether a message that came back is the response to the query that went out, and whether it is fit to be read further.
//
// HOT. The letters of our QNAME carry random case (draft-vixie-dnsext-dns0x20): an answer must repeat them, so that a
// forger has to guess them beside port and ID.
import { FLAG, HEADER_OCTETS, OFFSET, opcodeOf, readU16 } from '../wire/header.ts';
import { verifiedLength } from '../wire/message/verify.ts';
import { equalNames, skipUncompressedName } from '../wire/names/name.ts';
import { nextRecord, RecordView, recordCount } from '../wire/records/records.ts';
import type { RandomSource } from './random.ts';

export const JUDGEMENT = {
  accepted: 0,
  /** Another message's answer, a query, or no DNS at all. */
  foreign: 1,
  /** The question is ours but for the case of letters. */
  folded: 2,
  /** Ours and truncated (TC): to be asked again over a stream. */
  truncated: 3,
  /** Ours and broken. */
  malformed: 4,
} as const;
export type Judgement = (typeof JUDGEMENT)[keyof typeof JUDGEMENT];

const record = new RecordView();

/** Offset just past the question of a query we built. */
export function questionEndOf(query: Uint8Array, length: number): number {
  const nameEnd = skipUncompressedName(query, HEADER_OCTETS, length);
  return nameEnd < 0 || nameEnd + 4 > length ? -1 : nameEnd + 4;
}

/** Gives each letter of the QNAME a random case. */
export function scrambleCase(query: Uint8Array, questionEnd: number, random: RandomSource): void {
  const end = questionEnd - 5;
  let bits = 0;
  let left = 0;
  for (let at = HEADER_OCTETS; at < end; at += 1) {
    const letter = query[at]! | 0x20;
    if (letter < 0x61 || letter > 0x7a) continue;
    if (left === 0) {
      bits = random.u16();
      left = 16;
    }
    query[at] = letter ^ ((bits & 1) << 5);
    bits >>>= 1;
    left -= 1;
  }
}

/** Lower case throughout, for an upstream that makes it so anyway. */
export function foldCase(query: Uint8Array, questionEnd: number): void {
  const end = questionEnd - 5;
  for (let at = HEADER_OCTETS; at < end; at += 1) {
    const octet = query[at]!;
    if (octet >= 0x41 && octet <= 0x5a) query[at] = octet | 0x20;
  }
}

/**
 * Puts the octets of `query`'s QNAME in place of the response's own, which differ at most in case, and of owner names that
 * repeat it without compression: nobody but the upstream is to see the random letters.
 */
export function restoreCase(
  response: Uint8Array,
  length: number,
  query: Uint8Array,
  questionEnd: number,
): void {
  copyName(query, response, HEADER_OCTETS, questionEnd);
  let at = questionEnd;
  for (let left = recordCount(response); left > 0; left -= 1) {
    at = nextRecord(response, at, length, record);
    if (at < 0) return;
    // A pointer leads to the letters that have just been put back.
    if (response[record.owner]! >= 0xc0) continue;
    if (equalNames(query, HEADER_OCTETS, response, record.owner))
      copyName(query, response, record.owner, questionEnd);
  }
}

function copyName(query: Uint8Array, target: Uint8Array, offset: number, questionEnd: number): void {
  const octets = questionEnd - 5 - HEADER_OCTETS; // without the root, which has no case
  for (let i = 0; i < octets; i += 1) target[offset + i] = query[HEADER_OCTETS + i]!;
}

/** The octets of the response proper, once `judge` has accepted it: what trails it is left off. */
export let acceptedLength = 0;

/**
 * Judges `response[0 .. length)` against the query as sent, ID included.
 * @param questionEnd of the query
 */
export function judge(
  response: Uint8Array,
  length: number,
  query: Uint8Array,
  questionEnd: number,
): Judgement {
  if (length < questionEnd) return JUDGEMENT.foreign;
  if (response[0] !== query[0] || response[1] !== query[1]) return JUDGEMENT.foreign;
  const flags = readU16(response, OFFSET.flags);
  if ((flags & FLAG.qr) === 0 || opcodeOf(flags) !== 0) return JUDGEMENT.foreign;
  if (readU16(response, OFFSET.qdcount) !== 1) return JUDGEMENT.foreign;
  const likeness = compareQuestions(response, query, questionEnd);
  if (likeness !== JUDGEMENT.accepted) return likeness;
  if ((flags & FLAG.tc) !== 0) return JUDGEMENT.truncated;
  acceptedLength = verifiedLength(response, length);
  return acceptedLength === 0 ? JUDGEMENT.malformed : JUDGEMENT.accepted;
}

function compareQuestions(response: Uint8Array, query: Uint8Array, questionEnd: number): Judgement {
  const nameEnd = questionEnd - 4;
  let likeness: Judgement = JUDGEMENT.accepted;
  for (let at = HEADER_OCTETS; at < questionEnd; at += 1) {
    const ours = query[at]!;
    if (response[at] === ours) continue;
    const letter = ours | 0x20;
    if (at >= nameEnd || letter < 0x61 || letter > 0x7a || (response[at]! | 0x20) !== letter)
      return JUDGEMENT.foreign;
    likeness = JUDGEMENT.folded;
  }
  return likeness;
}

/** As `judge`, for a transport nobody can forge into: letters may come back in another case. */
export function judgeFolded(
  response: Uint8Array,
  length: number,
  query: Uint8Array,
  questionEnd: number,
): Judgement {
  const judgement = judge(response, length, query, questionEnd);
  if (judgement !== JUDGEMENT.folded) return judgement;
  if ((readU16(response, OFFSET.flags) & FLAG.tc) !== 0) return JUDGEMENT.truncated;
  acceptedLength = verifiedLength(response, length);
  return acceptedLength === 0 ? JUDGEMENT.malformed : JUDGEMENT.folded;
}
