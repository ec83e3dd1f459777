// The native memory of a batch of messages on connected sockets, laid out for recvmmsg and sendmmsg. Reviewed like C.
//
// HOT. One ArrayBuffer holds it all; the kernel reads and writes it only during a call to `receive` or `send`, which are
// synchronous. Every pointer in it points into the same ArrayBuffer, which lives as long as the Messages. Little-endian,
// offsets in octets:
//
//   64·h            struct mmsghdr   0 msg_name* (0)   8 msg_namelen u32 (0)   16 msg_iov*   24 msg_iovlen u64
//                                   32 msg_control*   40 msg_controllen u64   48 msg_flags i32   56 msg_len u32
//   iovecs + 16·v   struct iovec     0 iov_base*   8 iov_len u64
//   controls + 32·h struct cmsghdr   0 cmsg_len u64 (18)   8 level i32   12 type i32   16 octets of a segment u16
//   octets + stride·i   message i; the stride is no power of two, which would crowd one set of the L1 cache
//
// Received: header, iovec and message i belong together. Sent: `plan` puts iovecs in order of length, and one header over
// all that are equally long: the kernel walks its stack once for them and cuts the segments apart at the end (UDP_SEGMENT,
// Linux 4.18), 0.5 µs a datagram instead of 2.0 for 32 of them.
import type { Libc } from './libc.ts';
import { LEVEL, UDP_SEGMENT } from './numbers.ts';

const HEADER = 64;
const IOVEC = 16;
const CONTROL = 32;
const SPARE = 64;
/** Linux: UDP_MAX_SEGMENTS. */
export const MESSAGES_MAX = 64;
/** Longer ones leave alone: a segment has to fit the smallest path (RFC 8200 §5: 1280). */
const SEGMENT_OCTETS_MAX = 1024;
const CMSG = { length: 18, space: 24 } as const;
const WORD: number = 2 ** 32;

// Indices into #words (four octets each) of a header's fields.
const H = { iov: 16 / 4, iovLength: 24 / 4, control: 32 / 4, controlLength: 40 / 4, length: 56 / 4 } as const;

export class Messages {
  readonly count: number;
  /** octets[i] is the memory of message i. */
  readonly octets: readonly Uint8Array[];
  readonly #address: number;
  readonly #words: Uint32Array;
  readonly #iovecs: number;
  readonly #controls: number;
  readonly #octets: number;
  readonly #stride: number;
  /** Of messages to be sent. */
  readonly #lengths: Uint16Array;
  readonly #order: Uint8Array;

  /**
   * @param count at most MESSAGES_MAX
   * @param octetsMax of one message, a multiple of 64, below 65,536
   */
  constructor(libc: Libc, count: number, octetsMax: number) {
    if (count > MESSAGES_MAX || octetsMax % 64 !== 0 || octetsMax > 65_472)
      throw new Error('a batch of messages is too large');
    this.count = count;
    this.#iovecs = count * HEADER;
    this.#controls = this.#iovecs + count * IOVEC;
    this.#octets = this.#controls + count * CONTROL;
    this.#stride = octetsMax + SPARE;
    const memory = new ArrayBuffer(this.#octets + count * this.#stride);
    this.#address = libc.addressOf(memory);
    if (this.#address === 0 || this.#address % 8 !== 0) throw new Error('memory is not aligned');
    this.#words = new Uint32Array(memory);
    this.#lengths = new Uint16Array(count);
    this.#order = new Uint8Array(count);
    this.octets = Array.from(
      { length: count },
      (_, i) => new Uint8Array(memory, this.#octets + i * this.#stride, octetsMax),
    );
    for (let i = 0; i < count; i += 1) {
      const control = (this.#controls + i * CONTROL) >>> 2;
      this.#words[control] = CMSG.length;
      this.#words[control + 2] = LEVEL.udp;
      this.#words[control + 3] = UDP_SEGMENT;
      this.#putIovec(i, i, octetsMax);
      this.#putHeader(i, i, 1, 0);
    }
  }

  #putPointer(word: number, offset: number): void {
    const address = this.#address + offset;
    this.#words[word] = address % WORD;
    this.#words[word + 1] = address / WORD;
  }

  #putIovec(v: number, message: number, length: number): void {
    const word = (this.#iovecs + v * IOVEC) >>> 2;
    this.#putPointer(word, this.#octets + message * this.#stride);
    this.#words[word + 2] = length;
  }

  /** @param segment octets of each of `count` segments, 0 when there is one */
  #putHeader(h: number, iovec: number, count: number, segment: number): void {
    const word = (h * HEADER) >>> 2;
    const control = this.#controls + h * CONTROL;
    this.#putPointer(word + H.iov, this.#iovecs + iovec * IOVEC);
    this.#words[word + H.iovLength] = count;
    this.#putPointer(word + H.control, control);
    this.#words[word + H.controlLength] = segment === 0 ? 0 : CMSG.space;
    this.#words[(control >>> 2) + 4] = segment;
  }

  /** Receives as many as there are and fit; −1 with errno. For memory that nothing is planned in. */
  receive(libc: Libc, fd: number): number {
    return libc.receive(fd, this.#address, this.count);
  }

  /** Length of received message i; as long as its memory when it was longer. */
  lengthOf(i: number): number {
    return this.#words[(i * HEADER + 4 * H.length) >>> 2]!;
  }

  /** Says how long message i is, which is to be sent. */
  setLength(i: number, length: number): void {
    this.#lengths[i] = Math.min(length, this.octets[i]!.length);
  }

  /**
   * Lays out messages `first` up to `end` for `send`; what was planned before is forgotten.
   * @param segmented equally long ones under one header
   * @returns how many headers there are
   */
  plan(first: number, end: number, segmented: boolean): number {
    const lengths = this.#lengths;
    const order = this.#order;
    const count = Math.min(end, this.count) - first;
    // Insertion sort, stable: one length after the other is the common case.
    for (let i = 0; i < count; i += 1) {
      const length = lengths[first + i]!;
      let at = i;
      for (; at > 0 && lengths[order[at - 1]!]! > length; at -= 1) order[at] = order[at - 1]!;
      order[at] = first + i;
    }
    let headers = 0;
    for (let from = 0; from < count; headers += 1) {
      const length = lengths[order[from]!]!;
      let to = from;
      do {
        this.#putIovec(to, order[to]!, length);
        to += 1;
      } while (segmented && length <= SEGMENT_OCTETS_MAX && to < count && lengths[order[to]!] === length);
      this.#putHeader(headers, from, to - from, to - from > 1 ? length : 0);
      from = to;
    }
    return headers;
  }

  /** Sends what headers `first` up to `end` say; returns how many the kernel took, −1 with errno. */
  send(libc: Libc, fd: number, first: number, end: number): number {
    if (first < 0 || first >= end || end > this.count) return 0;
    return libc.send(fd, this.#address + first * HEADER, end - first);
  }
}
