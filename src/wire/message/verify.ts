// The strict check of a message from a stranger, before anything else reads it: counts, bounds, names, RDATA shapes.
//
// HOT. Bounded by the message's length: every record costs at least eleven octets, and a name is followed through at
// most 127 labels of strictly backward pointers. Never throws.
import { FLAG, HEADER_OCTETS, OFFSET, readU16 } from '../header.ts';
import { expandName, skipUncompressedName } from '../names/name.ts';
import { TYPE } from '../records/iana.ts';
import { rdataIsSound } from '../records/rdata.ts';
import { nextRecord, RecordView } from '../records/records.ts';

const record = new RecordView();
const scratch = new Uint8Array(256);

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
  let at = qnameEnd + 4;
  let opts = 0;
  for (let i = 0; i < total; i += 1) {
    const next = nextRecord(message, at, length, record);
    if (next < 0 || expandName(message, record.owner, length, scratch) < 0) return 0;
    if (record.type === TYPE.OPT) {
      opts += 1;
      if (opts > 1 || i < front || scratch[0] !== 0) return 0;
    }
    if (!rdataIsSound(message, record, next, length)) return 0;
    at = next;
  }
  return at;
}
