// The sockets that NOTIFY goes out of, one a family, opened when the first is sent.
import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { NotifyTarget } from '../zone/outgoing/notifier.ts';

export class NotifySockets {
  readonly #onReply: (message: Uint8Array, from: NotifyTarget) => void;
  readonly #sockets = new Map<'udp4' | 'udp6', Socket>();

  constructor(onReply: (message: Uint8Array, from: NotifyTarget) => void) {
    this.#onReply = onReply;
  }

  /** What cannot be sent is as good as lost on its way: it is sent again. */
  send(message: Uint8Array, { host, port }: NotifyTarget): void {
    this.#socket(isIPv6(host) ? 'udp6' : 'udp4').send(message, port, host, () => undefined);
  }

  close(): void {
    for (const socket of this.#sockets.values()) socket.close();
    this.#sockets.clear();
  }

  #socket(family: 'udp4' | 'udp6'): Socket {
    const known = this.#sockets.get(family);
    if (known !== undefined) return known;
    const socket = createSocket(family);
    socket.on('error', () => undefined);
    socket.on('message', (message, { address, port }) => this.#onReply(message, { host: address, port }));
    this.#sockets.set(family, socket);
    return socket;
  }
}
