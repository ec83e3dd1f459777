// The native memory of a batch of datagrams, laid out once for recvmmsg and sendmmsg. Reviewed like C.
//
// HOT. One ArrayBuffer holds it all; the kernel reads and writes it only during a call to `receive` or `send`, which are
// synchronous. Every pointer in it is written once, in the constructor, and points into the same ArrayBuffer, which
// lives as long as the Datagrams. Per datagram i, little-endian, offsets in octets:
//
//   headers + 64·i   struct mmsghdr    0 msg_name*    8 msg_namelen u32   16 msg_iov*      24 msg_iovlen u64
//                                     32 msg_control* 40 msg_controllen u64  48 msg_flags i32  56 msg_len u32
//   iovecs  + 16·i   struct iovec      0 iov_base*    8 iov_len u64
//   names   + 32·i   sockaddr_in       0 family u16   2 port (network)   4 address (network)
//                    sockaddr_in6      0 family u16   2 port   4 flowinfo   8 address[16]   24 scope_id u32
//   controls + 64·i  struct cmsghdr    0 cmsg_len u64   8 level i32   12 type i32   16 data:
//                    in_pktinfo       16 ifindex i32   20 spec_dst[4]   24 addr[4]          (cmsg_len 28, space 32)
//                    in6_pktinfo      16 addr[16]      32 ifindex u32                       (cmsg_len 36, space 40)
//   plan                 how messages to be sent share headers (segments.ts)
//   octets  + STRIDE·i   the message
//
// STRIDE is no power of two: at a stride of 4096 the first lines of all datagrams would share one set of the L1 cache.
import type { Query } from '../wire/message/query.ts';
import { isLinkLocal, putScope } from '../wire/names/scope.ts';
import type { Libc } from './libc.ts';
import { ERRNO, LEVEL, PKTINFO } from './numbers.ts';
import { planOctets, Segments } from './segments.ts';
import { AF, NAME_OCTETS } from './socket-name.ts';

export const DATAGRAM_OCTETS_MAX = 4_096;
const STRIDE = DATAGRAM_OCTETS_MAX + 64;
const HEADER = 64;
const IOVEC = 16;
const NAME = 32;
const CONTROL = 64;
const MSG_TRUNC = 0x20;
const CMSG_LEN = { inet: 28, inet6: 36 } as const;
const CMSG_SPACE = { inet: 32, inet6: 40 } as const;

// Indices into #words (four octets each) of a header's fields.
const H = { nameLength: 8 / 4, controlLength: 40 / 4, flags: 48 / 4, length: 56 / 4 } as const;

/** The local address a datagram came to, and by which interface: what a late reply on a wildcard address needs. */
export class Path {
  /** in_pktinfo's spec_dst, or in6_pktinfo's addr, as the kernel wrote it. */
  readonly local = new Uint32Array(4);
  hasLocal = false;
  interfaceIndex = 0;
  /** sin6_scope_id of the sender: not 0 for a link-local one. */
  scope = 0;
}

export class Datagrams {
  readonly count: number;
  /** octets[i] is the memory of message i. */
  readonly octets: readonly Uint8Array[];
  readonly #address: number;
  readonly #six: boolean;
  readonly #bytes: Uint8Array;
  readonly #words: Uint32Array;
  readonly #iovecs: number;
  readonly #names: number;
  readonly #controls: number;
  readonly #controlSpace: number;
  readonly #plan: number;
  readonly #octets: number;
  readonly #segments: Segments;

  /** @param pktinfo the socket was opened with it: local addresses are received and can be set */
  constructor(libc: Libc, count: number, six: boolean, pktinfo: boolean) {
    this.count = count;
    this.#six = six;
    this.#iovecs = count * HEADER;
    this.#names = this.#iovecs + count * IOVEC;
    this.#controls = this.#names + count * NAME;
    this.#plan = this.#controls + count * CONTROL;
    const octets = this.#plan + planOctets(count);
    this.#octets = octets;
    const memory = new ArrayBuffer(octets + count * STRIDE);
    this.#address = libc.addressOf(memory);
    if (this.#address % 8 !== 0 || this.#address === 0) throw new Error('memory is not aligned');
    this.#bytes = new Uint8Array(memory);
    this.#words = new Uint32Array(memory);
    this.#controlSpace = pktinfo ? (six ? CMSG_SPACE.inet6 : CMSG_SPACE.inet) : 0;
    this.octets = Array.from(
      { length: count },
      (_, i) => new Uint8Array(memory, octets + i * STRIDE, DATAGRAM_OCTETS_MAX),
    );
    const pointers = new BigUint64Array(memory, 0, octets / 8);
    for (let i = 0; i < count; i++) {
      const header = (i * HEADER) / 8;
      const iovec = (this.#iovecs + i * IOVEC) / 8;
      pointers[header] = this.#pointer(this.#names + i * NAME);
      pointers[header + 2] = this.#pointer(this.#iovecs + i * IOVEC);
      pointers[header + 3] = 1n;
      pointers[header + 4] = pktinfo ? this.#pointer(this.#controls + i * CONTROL) : 0n;
      pointers[iovec] = this.#pointer(octets + i * STRIDE);
      pointers[iovec + 1] = BigInt(DATAGRAM_OCTETS_MAX);
    }
    const layout = {
      count,
      iovecs: this.#iovecs,
      names: this.#names,
      nameOctets: NAME,
      controls: this.#controls,
      plan: this.#plan,
    };
    this.#segments = new Segments(memory, (offset) => this.#pointer(offset), layout, libc.segments);
    this.rearm(count);
  }

  #pointer(offset: number): bigint {
    return BigInt(this.#address) + BigInt(offset);
  }

  /**
   * Receives as many as there are and fit; −1 with errno. Bounded by `count`, memory always armed for all of them.
   * @param waits as in `Libc.receive`
   */
  receive(libc: Libc, fd: number, waits = false): number {
    return libc.receive(fd, this.#address, this.count, waits);
  }

  /** Sends datagrams `first` up to `end`; returns how many the kernel took, −1 with errno. */
  send(libc: Libc, fd: number, first: number, end: number): number {
    if (first < 0 || first >= end || end > this.count) return 0;
    return libc.send(fd, this.#address + first * HEADER, end - first);
  }

  /** Lays out messages `first` up to `end`, which have been addressed, for `sendPlanned`. @returns how many headers they take */
  plan(first: number, end: number): number {
    return this.#segments.plan(first, end);
  }

  /** Messages under headers `first` up to `end` of the plan. */
  messagesIn(first: number, end: number): number {
    return this.#segments.messagesIn(first, end);
  }

  /** Sends headers `first` up to `end` of the plan; returns how many the kernel took, −1 with errno. */
  sendPlanned(libc: Libc, fd: number, first: number, end: number): number {
    if (first < 0 || first >= end || end > this.count) return 0;
    return libc.send(fd, this.#address + this.#plan + first * HEADER, end - first);
  }

  /**
   * After header `first` was refused: if it has several messages, each from there on gets a header of its own, and for ever
   * where an interface cuts no segments.
   * @returns how many headers there are now, of `end` before
   */
  splitPlan(first: number, end: number, errno: number): number {
    if (this.#segments.messagesIn(first, first + 1) < 2) return end;
    if (errno === ERRNO.io || errno === ERRNO.invalid) this.#segments.isOn = false;
    return this.#segments.singly(first, end);
  }

  /** Undoes what the kernel wrote over the sizes of the first `used` headers. */
  rearm(used: number): void {
    const words = this.#words;
    for (let i = 0; i < used; i++) {
      const header = (i * HEADER) >>> 2;
      words[header + H.nameLength] = NAME;
      words[header + H.controlLength] = this.#controlSpace;
      words[header + H.flags] = 0;
    }
  }

  /** Length of received message i, −1 when it was longer than its memory. */
  lengthOf(i: number): number {
    const header = (i * HEADER) >>> 2;
    if ((this.#words[header + H.flags]! & MSG_TRUNC) !== 0) return -1;
    return this.#words[header + H.length]!;
  }

  /** Takes the first `octets` of received message i off, at most its length: what is behind them begins where it did. */
  drop(i: number, octets: number): void {
    const at = this.#octets + i * STRIDE;
    const end = at + this.lengthOf(i);
    if (octets % 4 !== 0) this.#bytes.copyWithin(at, at + octets, end);
    // A loop is shorter than a call for what queries are, and to the left it may go within one memory; a last word is copied whole.
    else
      for (let to = at >>> 2, from = (at + octets) >>> 2; from << 2 < end; to += 1, from += 1)
        this.#words[to] = this.#words[from]!;
  }

  /** Puts the sender of received message i into the query; false when it cannot be answered (port 0). */
  readSender(i: number, query: Query): boolean {
    const bytes = this.#bytes;
    const name = this.#names + i * NAME;
    const target = query.address;
    query.isForwarded = false;
    query.port = (bytes[name + 2]! << 8) | bytes[name + 3]!;
    if (this.#six) {
      for (let k = 0; k < 16; k++) target[k] = bytes[name + 8 + k]!;
      if (target[0] === 0xfe) putScope(target, this.#words[(name >>> 2) + 6]!);
    } else {
      for (let k = 0; k < 10; k++) target[k] = 0;
      target[10] = 0xff;
      target[11] = 0xff;
      for (let k = 0; k < 4; k++) target[12 + k] = bytes[name + 4 + k]!;
    }
    return query.port !== 0;
  }

  /** The words of the local address of received message i, as an index into #words; −1 when the kernel gave none. */
  #localOf(i: number): number {
    const words = this.#words;
    const control = (this.#controls + i * CONTROL) >>> 2;
    const room = words[((i * HEADER) >>> 2) + H.controlLength]!;
    if (this.#six) {
      const found =
        room >= CMSG_LEN.inet6 && words[control + 2] === LEVEL.ipv6 && words[control + 3] === PKTINFO.ipv6;
      return found ? control + 4 : -1;
    }
    const found =
      room >= CMSG_LEN.inet && words[control + 2] === LEVEL.ip && words[control + 3] === PKTINFO.ip;
    return found ? control + 5 : -1;
  }

  /** Whether received message i came by `path`. */
  cameBy(i: number, path: Path): boolean {
    const words = this.#words;
    if (this.#six && words[((this.#names + i * NAME) >>> 2) + 6] !== path.scope) return false;
    if (this.#controlSpace === 0) return true;
    const local = this.#localOf(i);
    if (local < 0 || !path.hasLocal) return local < 0 && !path.hasLocal;
    if (!this.#six) return words[local] === path.local[0];
    for (let k = 0; k < 4; k++) if (words[local + k] !== path.local[k]) return false;
    return words[local + 4] === path.interfaceIndex;
  }

  /** The path received message i came by, as an object of its own. */
  pathOf(i: number): Path {
    const words = this.#words;
    const path = new Path();
    if (this.#six) path.scope = words[((this.#names + i * NAME) >>> 2) + 6]!;
    const local = this.#controlSpace === 0 ? -1 : this.#localOf(i);
    if (local < 0) return path;
    path.hasLocal = true;
    for (let k = 0; k < (this.#six ? 4 : 1); k++) path.local[k] = words[local + k]!;
    if (this.#six) path.interfaceIndex = words[local + 4]!;
    return path;
  }

  /** Makes datagram i a message of `length` octets to the query's sender, from the address it was sent to. */
  address(i: number, length: number, query: Query, path: Path): void {
    const words = this.#words;
    const header = (i * HEADER) >>> 2;
    words[((this.#iovecs + i * IOVEC) >>> 2) + 2] = length;
    this.#writeName(i, query, path);
    words[header + H.nameLength] = this.#six ? NAME_OCTETS.inet6 : NAME_OCTETS.inet;
    words[header + H.controlLength] = path.hasLocal ? this.#controlSpace : 0;
    if (path.hasLocal) this.#writeLocal(i, path);
  }

  #writeName(i: number, query: Query, path: Path): void {
    const bytes = this.#bytes;
    const name = this.#names + i * NAME;
    const { port } = query;
    const address = query.isForwarded ? query.sender : query.address;
    bytes[name + 1] = 0;
    bytes[name + 2] = port >>> 8;
    bytes[name + 3] = port;
    if (this.#six) {
      bytes[name] = AF.inet6;
      for (let k = 0; k < 16; k++) bytes[name + 8 + k] = address[k]!;
      // The scope has a place of its own.
      if (isLinkLocal(address)) bytes.fill(0, name + 10, name + 12);
      this.#words[(name >>> 2) + 6] = path.scope;
    } else {
      bytes[name] = AF.inet;
      for (let k = 0; k < 4; k++) bytes[name + 4 + k] = address[12 + k]!;
    }
  }

  /** The interface is left to routing, except for link-local addresses, which mean nothing without one. */
  #writeLocal(i: number, path: Path): void {
    const words = this.#words;
    const control = (this.#controls + i * CONTROL) >>> 2;
    if (!this.#six) {
      words[control] = CMSG_LEN.inet;
      words[control + 2] = LEVEL.ip;
      words[control + 3] = PKTINFO.ip;
      words[control + 4] = 0;
      words[control + 5] = path.local[0]!;
      words[control + 6] = 0;
      return;
    }
    words[control] = CMSG_LEN.inet6;
    words[control + 2] = LEVEL.ipv6;
    words[control + 3] = PKTINFO.ipv6;
    for (let k = 0; k < 4; k++) words[control + 4 + k] = path.local[k]!;
    // fe80::/10 in network order: octets fe, 80..bf are the low two of the first word.
    const linkLocal = (path.local[0]! & 0xc0ff) === 0x80fe;
    words[control + 8] = linkLocal ? path.interfaceIndex : 0;
  }
}
