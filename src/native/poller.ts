// Tells the event loop that one of the sockets it watches has something to read, and leaves all of it there.
//
// Node offers no way to wait for a descriptor without reading from it. So node:dgram is given a socket of its own, and
// while it is being opened the descriptor under it is turned (dup3) into an epoll instance that watches the real sockets.
// libuv finds it readable, tries recvmsg on it, fails with ENOTSOCK, and calls node:dgram back with that. What this buys over the ways that were tried (docs/decisions/0003-batched-datagrams.md): no datagram is
// taken by libuv, so every one comes with its control data; and all of it is Node's own machinery, so ticks and
// promises run as ever, and a thread that is ended from outside ends cleanly.
import { createSocket, type Socket } from 'node:dgram';
import type { Libc } from './libc.ts';
import { EPOLL, EVENT } from './numbers.ts';

/** Sockets that one `wait` reports. */
export const EVENTS_MAX = 64;

export class Poller {
  readonly #libc: Libc;
  readonly #socket: Socket;
  /** Number of the epoll instance; owned by #socket, which closes it with itself or with its thread. */
  readonly #epoll: number;
  /** EVENTS_MAX struct epoll_event; #address points to it and lives as long. */
  readonly #events = new ArrayBuffer(EVENTS_MAX * 16);
  readonly #words = new Uint32Array(this.#events);
  readonly #address: number;

  /** Calls `onReadable` in every turn of the event loop in which a watched socket has something to read. */
  constructor(libc: Libc, onReadable: () => void) {
    this.#libc = libc;
    this.#address = libc.addressOf(this.#events);
    this.#epoll = libc.openPlainSocket();
    this.#socket = createSocket('udp4');
    this.#socket.on('error', onReadable);
    try {
      this.#socket.bind({ fd: this.#epoll });
      // libuv hands the descriptor to its own epoll when the loop next waits, which is after this.
      libc.turnIntoEpoll(this.#epoll);
      listenAtOnce(this.#socket, onReadable);
    } catch (error) {
      this.#socket.close();
      throw error;
    }
  }

  /** Watches `fd` from now on; `wait` reports it as `number`. Closing `fd` ends that. */
  watch(fd: number, number: number): void {
    this.#libc.control(this.#epoll, EPOLL.add, fd, EPOLL.readable, number);
  }

  /** What `fd` has is not reported until `unmute`. */
  mute(fd: number, number: number): void {
    this.#libc.control(this.#epoll, EPOLL.modify, fd, 0, number);
  }

  unmute(fd: number, number: number): void {
    this.#libc.control(this.#epoll, EPOLL.modify, fd, EPOLL.readable, number);
  }

  /** Readable when a watched socket has something to read. */
  get descriptor(): number {
    return this.#epoll;
  }

  /** How many sockets have something to read, at most EVENTS_MAX; `numberOf` tells which. */
  wait(): number {
    return this.#libc.wait(this.#epoll, this.#address, EVENTS_MAX);
  }

  numberOf(event: number): number {
    return this.#words[(event * EVENT.octets + EVENT.data) >>> 2]!;
  }

  close(): void {
    this.#socket.close();
  }
}

/**
 * Takes libuv's callback before node:dgram does, which would make an Error with its stack of every wake and emit it: some
 * microseconds and most of an idle thread's garbage. Where node:dgram is not built as it was, its `error` event calls.
 */
function listenAtOnce(socket: Socket, onReadable: () => void): void {
  const symbol = Object.getOwnPropertySymbols(socket).find(
    ({ description }) => description === 'state symbol',
  );
  const handle = symbol === undefined ? null : Reflect.get(socket, symbol)?.handle;
  if (typeof handle?.onmessage === 'function') handle.onmessage = onReadable;
}
