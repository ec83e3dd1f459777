// Octets of a connection → the preface, then frames one by one (RFC 9113 §3.4, §4.1). A frame that came whole is read where it lies.
//
// HOT. Memory for half a frame grows with what has come, not with what was announced.
import { copyOctets } from '../../wire/octets.ts';
import { HEAD_OCTETS, PAYLOAD_OCTETS_MAX, readU24, readU31 } from './frame.ts';

const PREFACE = Uint8Array.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', (letter) => letter.charCodeAt(0));
const NONE = new Uint8Array(0);

export class FrameReader {
  /** The payload of the frame that `read` found, where `isWhole`. */
  octets: Uint8Array = NONE;
  start = 0;
  end = 0;
  isWhole = false;
  type = 0;
  flags = 0;
  streamId = 0;
  #preface = 0;
  #part: Uint8Array = NONE;
  #partLength = 0;

  get isPastPreface(): boolean {
    return this.#preface === PREFACE.length;
  }

  get isUnfinished(): boolean {
    return this.#partLength > 0 || !this.isPastPreface;
  }

  /** Goes on from `chunk[at]` to the end of a frame, or of the chunk. @returns where it is then; −1: no preface, or too long a frame */
  read(chunk: Uint8Array, at: number): number {
    this.isWhole = false;
    if (!this.isPastPreface) return this.#readPreface(chunk, at);
    if (this.#partLength > 0) return this.#goOn(chunk, at);
    const left = chunk.length - at;
    if (left >= HEAD_OCTETS) {
      const length = readU24(chunk, at);
      if (length > PAYLOAD_OCTETS_MAX) return -1;
      if (left >= HEAD_OCTETS + length) {
        this.#found(chunk, at, length);
        return at + HEAD_OCTETS + length;
      }
    }
    return this.#keep(chunk, at, left);
  }

  #readPreface(chunk: Uint8Array, from: number): number {
    let at = from;
    while (at < chunk.length && this.#preface < PREFACE.length) {
      if (chunk[at] !== PREFACE[this.#preface]) return -1;
      at += 1;
      this.#preface += 1;
    }
    return at;
  }

  /** The frame began in an earlier chunk. */
  #goOn(chunk: Uint8Array, from: number): number {
    let at = from;
    if (this.#partLength < HEAD_OCTETS) {
      at = this.#keep(chunk, at, Math.min(HEAD_OCTETS - this.#partLength, chunk.length - at));
      if (this.#partLength < HEAD_OCTETS) return at;
    }
    const length = readU24(this.#part, 0);
    if (length > PAYLOAD_OCTETS_MAX) return -1;
    at = this.#keep(chunk, at, Math.min(HEAD_OCTETS + length - this.#partLength, chunk.length - at));
    if (this.#partLength < HEAD_OCTETS + length) return at;
    this.#found(this.#part, 0, length);
    this.#part = NONE;
    this.#partLength = 0;
    return at;
  }

  #keep(chunk: Uint8Array, at: number, count: number): number {
    const wanted = this.#partLength + count;
    if (wanted > this.#part.length) {
      const grown = new Uint8Array(Math.max(64, 2 * wanted));
      grown.set(this.#part.subarray(0, this.#partLength));
      this.#part = grown;
    }
    copyOctets(chunk, at, this.#part, this.#partLength, count);
    this.#partLength = wanted;
    return at + count;
  }

  #found(octets: Uint8Array, at: number, length: number): void {
    this.octets = octets;
    this.start = at + HEAD_OCTETS;
    this.end = this.start + length;
    this.type = octets[at + 3]!;
    this.flags = octets[at + 4]!;
    this.streamId = readU31(octets, at + 5);
    this.isWhole = true;
  }
}
