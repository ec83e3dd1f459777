// Lays out the replies of a batch for sendmmsg: equally long ones to one client leave under one header. Reviewed like C.
//
// HOT. The kernel walks its stack once a header and cuts the segments apart at the end (UDP_SEGMENT, Linux 4.18): on loopback
// a datagram of eight costs 0.8 µs instead of 2.1 (docs/decisions/0033-segments.md). All of it is in the
// batch's own ArrayBuffer (datagrams.ts, whose headers, iovecs and controls are only read here). Little-endian, offsets in
// octets from where the plan begins:
//
//   64·h             struct mmsghdr   name of its first message, iovecs of all, control of its own when there are several
//   iovecs + 16·v    struct iovec     in the order of the plan: those of one header are neighbours
//   controls + 64·h  the first message's local address (32 or 40 octets, where there is one), then
//                    struct cmsghdr   0 cmsg_len u64 (18)   8 level i32   12 type i32   16 octets of a segment u16
//
// Invariants: every message of the plan is in exactly one header; headers follow one another in the order of #order.
import { LEVEL, UDP_SEGMENT } from './numbers.ts';

const HEADER = 64;
const IOVEC = 16;
const CONTROL = 64;
/** Octets a plan for so many messages takes. */
export const planOctets = (count: number): number => count * (HEADER + IOVEC + CONTROL);

/** Linux: UDP_MAX_SEGMENTS. */
const SEGMENTS_MAX = 64;
/** Longer ones leave alone: a segment has to fit the smallest path (RFC 8200 §5: 1280). */
const SEGMENT_OCTETS_MAX = 1024;
/** All segments and their headers have to fit one IP datagram. */
const TOTAL_OCTETS_MAX = 65_000;
const CMSG = { length: 18, space: 24 } as const;
/** Words of a name that differ between clients, and of a control that holds a local address. */
const NAME_WORDS = 7;

// Indices into words (four octets each) of a header's fields.
const H = { iov: 16 / 4, iovLength: 24 / 4, control: 32 / 4, controlLength: 40 / 4 } as const;

/** Where a batch's parts begin in its memory, in octets. */
export interface BatchLayout {
  readonly count: number;
  readonly iovecs: number;
  readonly names: number;
  readonly nameOctets: number;
  readonly controls: number;
  readonly plan: number;
}

export class Segments {
  /** Off where the kernel or an interface cuts none. */
  isOn: boolean;
  readonly #layout: BatchLayout;
  readonly #words: Uint32Array;
  readonly #iovecs: number;
  readonly #controls: number;
  /** Pointers to the plan's iovecs and controls, two words each. */
  readonly #iovecPointers: Uint32Array;
  readonly #controlPointers: Uint32Array;
  /** Messages in the order of the plan. */
  readonly #order: Uint8Array;
  /** By header: its first place in #order; and the one past all. */
  readonly #starts: Uint8Array;
  /** Groups by hash of client and length: number + 1; a power of two of places, twice as many as messages. */
  readonly #table: Uint8Array;
  readonly #first: Uint8Array;
  readonly #last: Uint8Array;
  readonly #sizes: Uint8Array;
  readonly #next: Uint8Array;

  /** @param pointer the words of the address of an offset in the memory, the lower first */
  constructor(
    memory: ArrayBuffer,
    pointer: (offset: number) => bigint,
    layout: BatchLayout,
    segments: boolean,
  ) {
    const { count, plan } = layout;
    if (count > SEGMENTS_MAX) throw new Error('a batch of datagrams is too large');
    this.isOn = segments;
    this.#layout = layout;
    this.#words = new Uint32Array(memory);
    this.#iovecs = plan + count * HEADER;
    this.#controls = this.#iovecs + count * IOVEC;
    const pointers = (from: number, octets: number): Uint32Array =>
      new Uint32Array(BigUint64Array.from({ length: count }, (_, i) => pointer(from + i * octets)).buffer);
    this.#iovecPointers = pointers(this.#iovecs, IOVEC);
    this.#controlPointers = pointers(this.#controls, CONTROL);
    this.#order = new Uint8Array(count);
    this.#starts = new Uint8Array(count + 1);
    this.#table = new Uint8Array(2 * SEGMENTS_MAX);
    this.#first = new Uint8Array(count);
    this.#last = new Uint8Array(count);
    this.#sizes = new Uint8Array(count);
    this.#next = new Uint8Array(count);
  }

  /** Lays out messages `first` up to `end`; what was planned before is forgotten. @returns how many headers there are */
  plan(first: number, end: number): number {
    if (first < 0 || end > this.#layout.count) return 0;
    const groups = this.#group(first, end);
    let place = 0;
    for (let group = 0; group < groups; group += 1) {
      const from = place;
      let message = this.#first[group]!;
      for (let left = this.#sizes[group]!; left > 0; left -= 1) {
        this.#order[place] = message;
        place += 1;
        message = this.#next[message]!;
      }
      this.#lay(group, from, place);
    }
    return groups;
  }

  /** Messages under headers `first` up to `end`. */
  messagesIn(first: number, end: number): number {
    return this.#starts[end]! - this.#starts[first]!;
  }

  /** Gives each message from header `first` on a header of its own. @returns how many headers there are now, of `end` before */
  singly(first: number, end: number): number {
    const from = this.#starts[first]!;
    const to = this.#starts[end]!;
    for (let place = from; place < to; place += 1) this.#lay(first + place - from, place, place + 1);
    return first + to - from;
  }

  /** Chains those that may share a header. @returns how many groups there are */
  #group(first: number, end: number): number {
    const table = this.#table;
    let groups = 0;
    table.fill(0);
    for (let message = first; message < end; message += 1) {
      const length = this.#lengthOf(message);
      const isShort = this.isOn && length <= SEGMENT_OCTETS_MAX;
      let place = this.#hashOf(message, length);
      while (isShort && table[place] !== 0 && !this.#fits(table[place]! - 1, message, length))
        place = (place + 1) & (table.length - 1);
      const group = isShort ? table[place]! - 1 : -1;
      if (group >= 0) {
        this.#next[this.#last[group]!] = message;
        this.#last[group] = message;
        this.#sizes[group]! += 1;
        continue;
      }
      if (isShort) table[place] = groups + 1;
      this.#first[groups] = message;
      this.#last[groups] = message;
      this.#sizes[groups] = 1;
      groups += 1;
    }
    return groups;
  }

  #lengthOf(message: number): number {
    return this.#words[((this.#layout.iovecs + message * IOVEC) >>> 2) + 2]!;
  }

  #nameOf(message: number): number {
    return (this.#layout.names + message * this.#layout.nameOctets) >>> 2;
  }

  #hashOf(message: number, length: number): number {
    const words = this.#words;
    const name = this.#nameOf(message);
    // Family and port; an IPv4 address, or the low half of an IPv6 one.
    const mixed = Math.imul(words[name]! ^ words[name + 1]! ^ words[name + 5]! ^ length, 0x9e3779b1);
    return (mixed >>> 24) & (this.#table.length - 1);
  }

  /** Whether a message may follow those of a group: same client, same local address, same length, and room. */
  #fits(group: number, message: number, length: number): boolean {
    const words = this.#words;
    const other = this.#first[group]!;
    if (this.#lengthOf(other) !== length) return false;
    if ((this.#sizes[group]! + 1) * length > TOTAL_OCTETS_MAX) return false;
    const name = this.#nameOf(message);
    const otherName = this.#nameOf(other);
    for (let i = 0; i < NAME_WORDS; i += 1) if (words[name + i] !== words[otherName + i]) return false;
    const controlWords = words[((message * HEADER) >>> 2) + H.controlLength]! >>> 2;
    if (words[((other * HEADER) >>> 2) + H.controlLength]! >>> 2 !== controlWords) return false;
    const control = (this.#layout.controls + message * CONTROL) >>> 2;
    const otherControl = (this.#layout.controls + other * CONTROL) >>> 2;
    for (let i = 0; i < controlWords; i += 1)
      if (words[control + i] !== words[otherControl + i]) return false;
    return true;
  }

  /** Writes header h over the messages at places `from` up to `to` of #order. */
  #lay(h: number, from: number, to: number): void {
    const words = this.#words;
    for (let place = from; place < to; place += 1) {
      const iovec = (this.#iovecs + place * IOVEC) >>> 2;
      const own = (this.#layout.iovecs + this.#order[place]! * IOVEC) >>> 2;
      for (let i = 0; i < 4; i += 1) words[iovec + i] = words[own + i]!;
    }
    const first = this.#order[from]!;
    const header = (this.#layout.plan + h * HEADER) >>> 2;
    const own = (first * HEADER) >>> 2;
    for (let i = 0; i < HEADER / 4; i += 1) words[header + i] = words[own + i]!;
    words[header + H.iov] = this.#iovecPointers[2 * from]!;
    words[header + H.iov + 1] = this.#iovecPointers[2 * from + 1]!;
    words[header + H.iovLength] = to - from;
    if (to - from > 1) this.#laySegment(h, header, first);
    this.#starts[h] = from;
    this.#starts[h + 1] = to;
  }

  #laySegment(h: number, header: number, first: number): void {
    const words = this.#words;
    const control = (this.#controls + h * CONTROL) >>> 2;
    const own = (this.#layout.controls + first * CONTROL) >>> 2;
    const localWords = words[header + H.controlLength]! >>> 2;
    for (let i = 0; i < localWords; i += 1) words[control + i] = words[own + i]!;
    const segment = control + localWords;
    words[segment] = CMSG.length;
    words[segment + 1] = 0;
    words[segment + 2] = LEVEL.udp;
    words[segment + 3] = UDP_SEGMENT;
    words[segment + 4] = this.#lengthOf(first);
    words[header + H.control] = this.#controlPointers[2 * h]!;
    words[header + H.control + 1] = this.#controlPointers[2 * h + 1]!;
    words[header + H.controlLength] = localWords * 4 + CMSG.space;
  }
}
