// The strict check of a message from a stranger, before anything else reads it: counts, bounds, names, RDATA shapes.
//
// HOT. Bounded by the message's length: every record costs at least eleven octets, and a name is followed through at
// most 127 labels of strictly backward pointers. Never throws.
import { FLAG, HEADER_OCTETS, OFFSET, readU16 } from './header.ts';
import { CLASS, TYPE } from './iana.ts';
import { expandName, skipName, skipUncompressedName } from './name.ts';
import { nextRecord, RecordView } from './records.ts';

const record = new RecordView();
const scratch = new Uint8Array(256);
/** Length of the message being verified: RDATA names may point anywhere before themselves, never past it. */
let messageEnd = 0;

/**
 * The octets a well-formed response with exactly one question really takes; what comes after its last record is no part
 * of it.
 * @returns 0 when it is malformed
 */
export function verifiedLength(message: Uint8Array, length: number): number {
  if (length < HEADER_OCTETS || (readU16(message, OFFSET.flags) & FLAG.qr) === 0) return 0;
  if (readU16(message, OFFSET.qdcount) !== 1) return 0;
  const qnameEnd = skipUncompressedName(message, HEADER_OCTETS, length);
  if (qnameEnd < 0 || qnameEnd + 4 > length) return 0;
  const front = readU16(message, OFFSET.ancount) + readU16(message, OFFSET.nscount);
  const total = front + readU16(message, OFFSET.arcount);
  messageEnd = length;
  let at = qnameEnd + 4;
  let opts = 0;
  for (let i = 0; i < total; i += 1) {
    const next = nextRecord(message, at, length, record);
    if (next < 0 || expandName(message, record.owner, length, scratch) < 0) return 0;
    if (record.type === TYPE.OPT) {
      opts += 1;
      if (opts > 1 || i < front || scratch[0] !== 0) return 0;
    } else if (!rdataIsSound(message, next)) return 0;
    at = next;
  }
  return at;
}

/** Names in RDATA, as many as the type has, each well formed and the whole filling RDATA exactly. */
function rdataIsSound(message: Uint8Array, end: number): boolean {
  const { rdata, rdataLength } = record;
  switch (record.type) {
    case TYPE.A:
      return record.class !== CLASS.IN || rdataLength === 4;
    case TYPE.AAAA:
      return record.class !== CLASS.IN || rdataLength === 16;
    case TYPE.NS:
    case TYPE.MD:
    case TYPE.MF:
    case TYPE.CNAME:
    case TYPE.MB:
    case TYPE.MG:
    case TYPE.MR:
    case TYPE.PTR:
    case TYPE.DNAME:
      return names(message, rdata, end, 1) === end;
    case TYPE.MINFO:
    case TYPE.RP:
      return names(message, rdata, end, 2) === end;
    case TYPE.MX:
    case TYPE.AFSDB:
    case TYPE.RT:
    case TYPE.KX:
      return names(message, rdata + 2, end, 1) === end;
    case TYPE.PX:
      return names(message, rdata + 2, end, 2) === end;
    case TYPE.SRV:
      return names(message, rdata + 6, end, 1) === end;
    case TYPE.SOA:
      return names(message, rdata, end, 2) + 20 === end;
    case TYPE.SVCB:
    case TYPE.HTTPS:
      return serviceIsSound(message, rdata, end);
    case TYPE.TXT:
      return rdataLength > 0;
    default:
      return true;
  }
}

function names(message: Uint8Array, offset: number, end: number, count: number): number {
  let at = offset;
  for (let i = 0; i < count; i += 1) {
    if (at >= end || expandName(message, at, messageEnd, scratch) < 0) return -1;
    at = skipName(message, at, end);
    if (at < 0) return -1;
  }
  return at;
}

/** RFC 9460 §2.2: priority, uncompressed target, then key, length, value up to the end. */
function serviceIsSound(message: Uint8Array, rdata: number, end: number): boolean {
  if (rdata + 3 > end) return false;
  let at = skipUncompressedName(message, rdata + 2, end);
  if (at < 0) return false;
  while (at < end) {
    if (at + 4 > end) return false;
    at += 4 + readU16(message, at + 2);
  }
  return at === end;
}
