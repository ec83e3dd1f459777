// The kernel's routing tables, asked through a socket of rtnetlink(7) of its own.
import type { Koffi } from './koffi.ts';
import { AF_NETLINK, MSG_DONTWAIT, SOCK } from './numbers.ts';

export class Routes {
  readonly #socket: (domain: number, type: number, protocol: number) => number;
  readonly #send: (fd: number, octets: Uint8Array, length: number, flags: number) => number;
  readonly #recv: (fd: number, octets: Uint8Array, length: number, flags: number) => number;
  readonly #close: (fd: number) => number;

  constructor(koffi: Koffi) {
    const c = koffi.load(null);
    this.#socket = c.func('socket', 'int', ['int', 'int', 'int']);
    this.#send = c.func('send', 'long', ['int', 'uint8_t *', 'size_t', 'int']);
    this.#recv = c.func('recv', 'long', ['int', 'uint8_t *', 'size_t', 'int']);
    this.#close = c.func('close', 'int', ['int']);
  }

  /**
   * Asks one question. The first part of the answer is there when `send` returns, each next one when the one before was read.
   * @param each gets the parts, valid during the call; true when it wants no more
   * @returns whether `each` had all it wanted
   */
  ask(request: Uint8Array, part: Uint8Array, each: (part: Uint8Array) => boolean): boolean {
    const fd = this.#socket(AF_NETLINK, SOCK.raw, 0);
    if (fd < 0) return false;
    try {
      if (this.#send(fd, request, request.length, 0) !== request.length) return false;
      for (;;) {
        const length = this.#recv(fd, part, part.length, MSG_DONTWAIT);
        if (length <= 0) return false;
        if (each(part.subarray(0, length))) return true;
      }
    } finally {
      this.#close(fd);
    }
  }
}
