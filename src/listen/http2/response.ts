// Answers as frames: a header section that needs no table, and the octets behind it (RFC 9113 §8.1, RFC 8484 §4.2).
//
// HOT: all that does not change from answer to answer is written once.
import { copyOctets } from '../../wire/octets.ts';
import type { Room } from '../stream/outgoing.ts';
import { FLAGS, FRAME, HEAD_OCTETS, putHead } from './frame.ts';

/** Indices of HPACK's static table (RFC 7541 appendix A). */
const STATUS_200 = 0x80 | 8;
const NAME = {
  status: 8,
  allow: 22,
  cacheControl: 24,
  contentLength: 28,
  contentType: 31,
  date: 33,
} as const;
/** A dynamic table size update to none (RFC 7541 §6.3). */
const NO_TABLE = 0x20;
/** A literal field that no table keeps has this prefix of four bits, all ones where the index is larger. */
const LITERAL_MAX = 0x0f;

function literal(name: number, value: string): number[] {
  const index = name < LITERAL_MAX ? [name] : [LITERAL_MAX, name - LITERAL_MAX];
  return [...index, value.length, ...Buffer.from(value, 'latin1')];
}

const DATE_LENGTH = 29;
const DATE_OFFSET = 3;
const date = Uint8Array.from(literal(NAME.date, '.'.repeat(DATE_LENGTH)));
let dateSecond = -1;

/** Every answer has the time it was made at (RFC 9110 §6.6.1). */
function refreshDate(): void {
  const second = Math.floor(Date.now() / 1000);
  if (second === dateSecond) return;
  dateSecond = second;
  date.set(Buffer.from(new Date(second * 1000).toUTCString(), 'latin1'), DATE_OFFSET);
}

const FOUND = Uint8Array.from([STATUS_200, ...literal(NAME.contentType, 'application/dns-message')]);
const NO_STORE = Uint8Array.from(literal(NAME.cacheControl, 'no-store'));
const MAX_AGE = Uint8Array.from(Buffer.from('max-age='));
const DIGITS_MAX = 10;
/** A field that says nothing, with a value of noughts: length in seven bits, and what is beyond them in groups of seven. */
const PADDING = Uint8Array.from([0, 'padding'.length, ...Buffer.from('padding')]);
const LENGTH_MAX = 0x7f;
const NOUGHT = 48;
/** Of the field without its value. */
const PADDING_OCTETS = PADDING.length + 4;
/** All that `putFound` writes, at its longest, but for the value of `padding`. */
const FOUND_OCTETS_MAX =
  HEAD_OCTETS + 1 + FOUND.length + date.length + 2 * (3 + DIGITS_MAX) + MAX_AGE.length + PADDING_OCTETS;

/**
 * Header section of an answer of so many octets.
 * @param freshSeconds −1: not to be kept
 * @param reach its frame ends at this octet of the room or beyond; less than 16,384 from its beginning
 */
export function putFound(
  room: Room,
  streamId: number,
  length: number,
  freshSeconds: number,
  hasNoTable: boolean,
  reach: number,
): void {
  room.reserve(FOUND_OCTETS_MAX + Math.max(0, reach - room.length));
  const start = room.length;
  putHead(room, 0, FRAME.headers, FLAGS.endHeaders, streamId);
  if (hasNoTable) putOctet(room, NO_TABLE);
  putOctets(room, FOUND);
  refreshDate();
  putOctets(room, date);
  putOctet(room, LITERAL_MAX);
  putOctet(room, NAME.contentLength - LITERAL_MAX);
  putOctet(room, digitsOf(length));
  putDecimal(room, length);
  if (freshSeconds < 0) putOctets(room, NO_STORE);
  else {
    putOctet(room, LITERAL_MAX);
    putOctet(room, NAME.cacheControl - LITERAL_MAX);
    putOctet(room, MAX_AGE.length + digitsOf(freshSeconds));
    putOctets(room, MAX_AGE);
    putDecimal(room, freshSeconds);
  }
  if (room.length < reach) putPadding(room, reach - room.length);
  setLength(room, start);
}

/** Header section of an answer that is a status, with so many octets of text behind it; a HEAD has none. */
export function putStatus(
  room: Room,
  streamId: number,
  status: number,
  length: number,
  isHead: boolean,
  hasNoTable: boolean,
): void {
  refreshDate();
  const fields = [
    ...(hasNoTable ? [NO_TABLE] : []),
    ...literal(NAME.status, String(status)),
    ...date,
    ...literal(NAME.contentType, 'text/plain'),
    ...literal(NAME.contentLength, String(length)),
    ...literal(NAME.cacheControl, 'no-store'),
    ...(status === 405 ? literal(NAME.allow, 'GET, POST') : []),
  ];
  room.reserve(HEAD_OCTETS + fields.length);
  const flags = FLAGS.endHeaders | (isHead ? FLAGS.endStream : 0);
  putHead(room, fields.length, FRAME.headers, flags, streamId);
  putOctets(room, fields);
}

export function putData(
  room: Room,
  streamId: number,
  source: Uint8Array,
  start: number,
  length: number,
  isLast: boolean,
): void {
  room.reserve(HEAD_OCTETS + length);
  putHead(room, length, FRAME.data, isLast ? FLAGS.endStream : 0, streamId);
  copyOctets(source, start, room.octets, room.length, length);
  room.length += length;
}

/** A field of `octets` or some more. */
function putPadding(room: Room, octets: number): void {
  const length = Math.max(0, octets - PADDING.length - 1);
  putOctets(room, PADDING);
  if (length < LENGTH_MAX) putOctet(room, length);
  else {
    putOctet(room, LENGTH_MAX);
    let rest = length - LENGTH_MAX;
    for (; rest > LENGTH_MAX; rest >>>= 7) putOctet(room, 0x80 | (rest & LENGTH_MAX));
    putOctet(room, rest);
  }
  room.octets.fill(NOUGHT, room.length, room.length + length);
  room.length += length;
}

function setLength(room: Room, start: number): void {
  const length = room.length - start - HEAD_OCTETS;
  room.octets[start + 1] = length >>> 8;
  room.octets[start + 2] = length;
}

function putOctet(room: Room, octet: number): void {
  room.octets[room.length] = octet;
  room.length += 1;
}

function putOctets(room: Room, octets: ArrayLike<number>): void {
  for (let i = 0; i < octets.length; i += 1) room.octets[room.length + i] = octets[i]!;
  room.length += octets.length;
}

function digitsOf(value: number): number {
  let digits = 1;
  for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) digits += 1;
  return digits;
}

function putDecimal(room: Room, value: number): void {
  const digits = digitsOf(value);
  let rest = value;
  for (let i = digits - 1; i >= 0; i -= 1) {
    room.octets[room.length + i] = 48 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
  room.length += digits;
}
