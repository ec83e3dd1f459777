// Messages of a transfer: records are added until one is full, owners compressed against the question's name (RFC 1035 §4.1.4).
import { FLAG, HEADER_OCTETS, OFFSET, writeU16, writeU32 } from '../../wire/header.ts';
import { CLASS } from '../../wire/records/iana.ts';

/** A pointer reaches no further than 16,383; a signature still fits behind it. */
const MESSAGE_OCTETS = 16_000;
/** Type, class, TTL and length of RDATA. */
const RECORD_FIXED = 10;
const POINTER_OCTETS = 2;

export class MessageWriter {
  readonly #bytes = new Uint8Array(MESSAGE_OCTETS);
  readonly #recordsAt: number;
  readonly #ttlSeconds: number;
  #end: number;
  #count = 0;
  /** Where the owner written last begins. */
  #ownerAt = 0;

  /** @param question the zone's name as it was asked for, type and class */
  constructor(id: number, question: Uint8Array, ttlSeconds: number) {
    writeU16(this.#bytes, OFFSET.id, id);
    writeU16(this.#bytes, OFFSET.flags, FLAG.qr | FLAG.aa);
    writeU16(this.#bytes, OFFSET.qdcount, 1);
    this.#bytes.set(question, HEADER_OCTETS);
    this.#recordsAt = HEADER_OCTETS + question.length;
    this.#end = this.#recordsAt;
    this.#ttlSeconds = ttlSeconds;
  }

  /** @param labels octets of the owner relative to the zone */
  fits(labels: number, rdata: number): boolean {
    return this.#end + labels + POINTER_OCTETS + RECORD_FIXED + rdata <= MESSAGE_OCTETS;
  }

  /** A record of `owner[from .. from + labels).ZONE`. */
  add(owner: Uint8Array, from: number, labels: number, type: number, rdata: Uint8Array): void {
    this.#ownerAt = this.#end;
    const bytes = this.#bytes;
    for (let i = 0; i < labels; i += 1) bytes[this.#end + i] = owner[from + i]!;
    this.#end += labels;
    this.#point(HEADER_OCTETS);
    this.#finishRecord(type, rdata);
  }

  /** Another record of the owner written last. */
  addSame(type: number, rdata: Uint8Array): void {
    this.#point(this.#ownerAt);
    this.#finishRecord(type, rdata);
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** The message so far, a copy; the next one begins. */
  finish(): Uint8Array {
    writeU16(this.#bytes, OFFSET.ancount, this.#count);
    const message = this.#bytes.slice(0, this.#end);
    this.#end = this.#recordsAt;
    this.#count = 0;
    return message;
  }

  #point(offset: number): void {
    writeU16(this.#bytes, this.#end, 0xc000 | offset);
    this.#end += POINTER_OCTETS;
  }

  #finishRecord(type: number, rdata: Uint8Array): void {
    const bytes = this.#bytes;
    writeU16(bytes, this.#end, type);
    writeU16(bytes, this.#end + 2, CLASS.IN);
    writeU32(bytes, this.#end + 4, this.#ttlSeconds);
    writeU16(bytes, this.#end + 8, rdata.length);
    const at = this.#end + RECORD_FIXED;
    for (let i = 0; i < rdata.length; i += 1) bytes[at + i] = rdata[i]!;
    this.#end = at + rdata.length;
    this.#count += 1;
  }
}
