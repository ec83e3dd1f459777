// The addresses an answer leads to, one after another: those of A and AAAA records and the hints of SVCB and HTTPS (RFC 9460 §7.3).
//
// HOT. A cursor over one message at a time: the walk is synchronous. The message has passed verifiedLength.
import { OFFSET, readU16 } from '../../wire/header.ts';
import { skipName } from '../../wire/names/name.ts';
import { CLASS, SERVICE_KEY, TYPE } from '../../wire/records/iana.ts';
import { nextRecord, RecordView, skipQuestions } from '../../wire/records/records.ts';

const record = new RecordView();

export class LedTo {
  /** Where the present address stands in the message, and its octets: 4 or 16. */
  offset = 0;
  octets = 0;
  /** Whether the present one stands in the answer section. */
  isAnswer = false;
  #answers = 0;
  #message: Uint8Array = new Uint8Array(0);
  #end = 0;
  #at = 0;
  #left = 0;
  /** What is left of a record's addresses, or of its parameters. */
  #hintsEnd = 0;
  #parametersAt = 0;
  #parametersEnd = 0;

  begin(message: Uint8Array, length: number): void {
    this.#message = message;
    this.#end = length;
    this.#at = skipQuestions(message, length);
    this.#answers = readU16(message, OFFSET.ancount);
    this.#left = this.#answers + readU16(message, OFFSET.nscount) + readU16(message, OFFSET.arcount);
    this.offset = 0;
    this.octets = 0;
    this.#hintsEnd = 0;
    this.#parametersAt = 0;
    this.#parametersEnd = 0;
  }

  /** Goes on to the next address; false when there is none. */
  next(): boolean {
    for (;;) {
      this.offset += this.octets;
      if (this.octets > 0 && this.offset + this.octets <= this.#hintsEnd) return true;
      this.octets = 0;
      if (this.#nextHint()) continue;
      if (!this.#nextRecord()) return false;
    }
  }

  /** Stands before the first address of the next hint; false when the record has no more. */
  #nextHint(): boolean {
    while (this.#parametersAt + 4 <= this.#parametersEnd) {
      const key = readU16(this.#message, this.#parametersAt);
      const value = this.#parametersAt + 4;
      const valueEnd = value + readU16(this.#message, this.#parametersAt + 2);
      this.#parametersAt = valueEnd;
      if (valueEnd > this.#parametersEnd) return false;
      if (key === SERVICE_KEY.ipv4hint || key === SERVICE_KEY.ipv6hint) {
        this.#stand(value, valueEnd, key === SERVICE_KEY.ipv4hint ? 4 : 16);
        return true;
      }
    }
    return false;
  }

  /** Goes on to the next record that may hold addresses; false when there is none. */
  #nextRecord(): boolean {
    while (this.#left > 0 && this.#at >= 0) {
      this.#left -= 1;
      this.isAnswer = this.#answers > 0;
      this.#answers -= 1;
      this.#at = nextRecord(this.#message, this.#at, this.#end, record);
      if (this.#at < 0) return false;
      const { type, rdata, rdataLength } = record;
      if (record.class !== CLASS.IN) continue;
      if (type === TYPE.A || type === TYPE.AAAA) {
        this.#stand(rdata, rdata + rdataLength, type === TYPE.A ? 4 : 16);
        return true;
      }
      if (type !== TYPE.SVCB && type !== TYPE.HTTPS) continue;
      const parameters = skipName(this.#message, rdata + 2, rdata + rdataLength);
      if (parameters < 0) continue;
      this.#parametersAt = parameters;
      this.#parametersEnd = rdata + rdataLength;
      return true;
    }
    return false;
  }

  /** `next` steps over the present address first, so this stands one before. */
  #stand(start: number, end: number, octets: number): void {
    this.offset = start - octets;
    this.octets = octets;
    this.#hintsEnd = end;
  }
}

/** Where in 16 octets an IPv4 address stands that they only wrap (RFC 4291 §2.5.5, RFC 6052 §2.1, RFC 3056 §2); −1 if none does. */
export function wrappedIpv4(octets: Uint8Array, offset: number): number {
  const first = readU16(octets, offset);
  if (first === 0x2002) return offset + 2;
  const nat64 = first === 0x0064 && readU16(octets, offset + 2) === 0xff9b;
  if (first !== 0 && !nat64) return -1;
  for (let i = nat64 ? 4 : 2; i < 10; i += 1) if (octets[offset + i] !== 0) return -1;
  const last = readU16(octets, offset + 10);
  if (nat64) return last === 0 ? offset + 12 : -1;
  return last === 0xffff || (last === 0 && readU16(octets, offset + 12) !== 0) ? offset + 12 : -1;
}
