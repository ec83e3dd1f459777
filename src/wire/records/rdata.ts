// Whether the RDATA of a stranger's record has the shape its type prescribes: names, character strings, options, lengths.
//
// HOT. Bounded by the record; never throws. Types without a rule here are octets that are passed on as they stand (RFC 3597).
import { readU16 } from '../header.ts';
import { expandName, skipName, skipUncompressedName } from '../names/name.ts';
import { CLASS, TYPE } from './iana.ts';
import { namesInRdata, type RecordView } from './records.ts';

/** Octets of an RRSIG before its signer's name (RFC 4034 §3.1). */
const SIGNATURE_HEAD_OCTETS = 18;
/** Serial, refresh, retry, expire and minimum (RFC 1035 §3.3.13). */
const SOA_TAIL_OCTETS = 20;
const scratch = new Uint8Array(256);

/**
 * @param end just past the record
 * @param messageEnd names may point to any place before themselves, never past this
 */
export function rdataIsSound(
  message: Uint8Array,
  record: RecordView,
  end: number,
  messageEnd: number,
): boolean {
  const { rdata, rdataLength } = record;
  const layout = namesInRdata(record.type);
  if (layout !== null) {
    const past = names(message, rdata + layout.before, end, layout.count, messageEnd);
    return past + (record.type === TYPE.SOA ? SOA_TAIL_OCTETS : 0) === end;
  }
  switch (record.type) {
    case TYPE.A:
      return record.class !== CLASS.IN || rdataLength === 4;
    case TYPE.AAAA:
      return record.class !== CLASS.IN || rdataLength === 16;
    case TYPE.SVCB:
    case TYPE.HTTPS:
      return rdataLength >= 3 && optionsFill(message, skipUncompressedName(message, rdata + 2, end), end);
    case TYPE.OPT:
      return optionsFill(message, rdata, end);
    case TYPE.TXT:
    case TYPE.SPF:
      return rdataLength > 0 && strings(message, rdata, end, rdataLength) === end;
    case TYPE.HINFO:
      return strings(message, rdata, end, 2) === end;
    case TYPE.NAPTR:
      return skipUncompressedName(message, strings(message, rdata + 4, end, 3), end) === end;
    // The names of DNSSEC's records are not compressed (RFC 3597 §4, RFC 4034 §3.1.7, §4.1.1).
    case TYPE.SIG:
    case TYPE.RRSIG:
      return isBefore(skipUncompressedName(message, rdata + SIGNATURE_HEAD_OCTETS, end), end);
    case TYPE.NXT:
    case TYPE.NSEC:
      return isBefore(skipUncompressedName(message, rdata, end), end + 1);
    case TYPE.CAA:
      return rdataLength > 2 && rdata + 2 + message[rdata + 1]! <= end;
    default:
      return true;
  }
}

const isBefore = (at: number, end: number): boolean => at >= 0 && at < end;

/** Just past `count` possibly compressed names, each well formed; −1 when they do not fit. */
function names(message: Uint8Array, offset: number, end: number, count: number, messageEnd: number): number {
  let at = offset;
  for (let i = 0; i < count; i += 1) {
    if (at >= end || expandName(message, at, messageEnd, scratch) < 0) return -1;
    at = skipName(message, at, end);
    if (at < 0) return -1;
  }
  return at;
}

/** Just past at most `countMax` character strings (RFC 1035 §3.3); past `end` when the last does not fit. */
function strings(message: Uint8Array, offset: number, end: number, countMax: number): number {
  let at = offset;
  for (let i = 0; i < countMax && at < end; i += 1) at += 1 + message[at]!;
  return at;
}

/** Key, length, value, as in OPT (RFC 6891 §6.1.2) and SVCB (RFC 9460 §2.2), up to the end exactly. */
function optionsFill(message: Uint8Array, offset: number, end: number): boolean {
  if (offset < 0) return false;
  let at = offset;
  while (at < end) {
    if (at + 4 > end) return false;
    at += 4 + readU16(message, at + 2);
  }
  return at === end;
}
