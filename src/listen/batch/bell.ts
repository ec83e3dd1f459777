// Tells the event loop that a socket has something to read, and leaves all of it there.
//
// Node offers no way to wait for a descriptor without reading from it. So node:dgram is given a socket of its own, and
// while it is being opened the descriptor under it is turned (dup3) into an epoll instance that watches the real socket.
// libuv finds it readable, tries recvmsg on it, fails with ENOTSOCK, and node:dgram reports that as an `error` event:
// the bell. What this buys over the ways that were tried (docs/decisions/0003-batched-datagrams.md): no datagram is
// taken by libuv, so every one comes with its control data; and all of it is Node's own machinery, so ticks and
// promises run as ever, and a thread that is ended from outside ends cleanly.
import { createSocket, type Socket } from 'node:dgram';
import type { Libc } from './libc.ts';

export class Bell {
  readonly #libc: Libc;
  readonly #fd: number;
  readonly #socket: Socket;
  /** Number of the epoll instance; owned by #socket, which closes it with itself or with its thread. */
  readonly #epoll: number;

  /** Calls `ring` in every turn of the event loop in which `fd` has something to read. */
  constructor(libc: Libc, fd: number, ring: () => void) {
    this.#libc = libc;
    this.#fd = fd;
    this.#epoll = libc.openPlainSocket();
    this.#socket = createSocket('udp4');
    this.#socket.on('error', ring);
    try {
      this.#socket.bind({ fd: this.#epoll });
      // libuv hands the descriptor to its own epoll when the loop next waits, which is after this.
      libc.turnIntoEpoll(this.#epoll, fd);
    } catch (error) {
      this.#socket.close();
      throw error;
    }
  }

  mute(): void {
    this.#libc.watch(this.#epoll, this.#fd, false);
  }

  unmute(): void {
    this.#libc.watch(this.#epoll, this.#fd, true);
  }

  close(): void {
    this.#socket.close();
  }
}
