// Memory of a batch of messages on connected sockets, laid out once for recvmmsg and sendmmsg. Reviewed like C.
//
// HOT. One ArrayBuffer holds it all; every pointer in it is written once, points into it, and lives as long as it does.
// Per message i, little-endian, offsets in octets:
//
//   64·i            struct mmsghdr   0 msg_name* (0)   8 msg_namelen u32 (0)   16 msg_iov*   24 msg_iovlen u64 (1)
//                                   32 msg_control* (0)   40 msg_controllen u64 (0)   48 msg_flags i32   56 msg_len u32
//   iovecs + 16·i   struct iovec     0 iov_base*   8 iov_len u64
//   octets + stride·i   the message; the stride is no power of two, which would crowd one set of the L1 cache
import type { NativeCalls } from './calls.ts';

const HEADER = 64;
const IOVEC = 16;
const SPARE = 64;

export class Messages {
  readonly count: number;
  /** octets[i] is the memory of message i. */
  readonly octets: readonly Uint8Array[];
  readonly #address: number;
  readonly #words: Uint32Array;
  readonly #iovecs: number;

  /** @param octetsMax of one message, a multiple of 64 */
  constructor(calls: NativeCalls, count: number, octetsMax: number) {
    this.count = count;
    this.#iovecs = count * HEADER;
    const octets = this.#iovecs + count * IOVEC;
    const stride = octetsMax + SPARE;
    const memory = new ArrayBuffer(octets + count * stride);
    this.#address = calls.addressOf(memory);
    if (this.#address === 0 || this.#address % 8 !== 0) throw new Error('memory is not aligned');
    this.#words = new Uint32Array(memory);
    this.octets = Array.from(
      { length: count },
      (_, i) => new Uint8Array(memory, octets + i * stride, octetsMax),
    );
    const pointers = new BigUint64Array(memory, 0, octets / 8);
    const base = BigInt(this.#address);
    for (let i = 0; i < count; i += 1) {
      const header = (i * HEADER) / 8;
      const iovec = (this.#iovecs + i * IOVEC) / 8;
      pointers[header + 2] = base + BigInt(this.#iovecs + i * IOVEC);
      pointers[header + 3] = 1n;
      pointers[iovec] = base + BigInt(octets + i * stride);
      pointers[iovec + 1] = BigInt(octetsMax);
    }
  }

  /** Address of header i. */
  headerAt(i: number): number {
    return this.#address + i * HEADER;
  }

  /** Length of received message i; as long as its memory when it was longer. */
  lengthOf(i: number): number {
    return this.#words[(i * HEADER + 56) >>> 2]!;
  }

  /** Sets the length of message i, which is to be sent. */
  setLength(i: number, length: number): void {
    this.#words[(this.#iovecs + i * IOVEC + 8) >>> 2] = length;
  }
}
