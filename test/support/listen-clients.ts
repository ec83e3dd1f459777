// Clients of the listener tests: one datagram socket, one stream, both plain.
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { portOf } from '../../src/listen/open.ts';

export function hostOf(bound: string): string {
  return bound.slice(0, bound.lastIndexOf(':')).replace(/[[\]]/g, '');
}

export interface Client {
  send(message: Uint8Array): void;
  readonly replies: Uint8Array[];
  /** Resolves when `count` replies have come in all. */
  has(count: number): Promise<void>;
  readonly port: number;
  close(): void;
}

class Inbox {
  readonly replies: Uint8Array[] = [];
  #waiting: { count: number; resolve: () => void }[] = [];

  add(reply: Uint8Array): void {
    this.replies.push(reply);
    this.#waiting = this.#waiting.filter(({ count, resolve }) => {
      if (this.replies.length < count) return true;
      resolve();
      return false;
    });
  }

  has(count: number): Promise<void> {
    if (this.replies.length >= count) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ count, resolve }));
  }
}

export class UdpClient implements Client {
  readonly #socket: UdpSocket;
  readonly #inbox = new Inbox();
  /** Addresses replies came from. */
  readonly senders = new Set<string>();
  readonly #host: string;
  readonly #port: number;
  #closed = false;

  private constructor(socket: UdpSocket, host: string, port: number) {
    this.#socket = socket;
    this.#host = host;
    this.#port = port;
    socket.on('message', (reply, sender) => {
      this.senders.add(sender.address);
      this.#inbox.add(reply);
    });
  }

  /** @param local the client's own address; by default loopback */
  static async open(bound: string, host = hostOf(bound), local?: string): Promise<UdpClient> {
    const six = host.includes(':');
    const socket = createSocket({ type: six ? 'udp6' : 'udp4', recvBufferSize: 4 << 20 });
    socket.bind(0, local ?? (six ? '::1' : '127.0.0.1'));
    await once(socket, 'listening');
    return new UdpClient(socket, host, portOf(bound));
  }

  get replies(): Uint8Array[] {
    return this.#inbox.replies;
  }
  get port(): number {
    return this.#socket.address().port;
  }
  send(message: Uint8Array): void {
    this.#socket.send(message, this.#port, this.#host);
  }
  has(count: number): Promise<void> {
    return this.#inbox.has(count);
  }
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.close();
  }
}

export class StreamClient implements Client {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  /** Resolves when the other side has sent FIN or the connection broke. */
  readonly ended: Promise<void>;
  readonly #inbox = new Inbox();
  #bytes: Buffer = Buffer.alloc(0);

  constructor(socket: Socket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    this.ended = new Promise((resolve) => {
      socket.once('end', () => resolve());
      socket.once('close', () => resolve());
    });
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
  }

  static async open(bound: string): Promise<StreamClient> {
    const socket = connect({ host: hostOf(bound), port: portOf(bound), allowHalfOpen: true, noDelay: true });
    await once(socket, 'connect');
    return new StreamClient(socket);
  }

  static async openTls(bound: string, options: ConnectionOptions = {}): Promise<StreamClient> {
    const socket = connectTls({
      host: hostOf(bound),
      port: portOf(bound),
      rejectUnauthorized: false,
      ALPNProtocols: ['dot'],
      ...options,
    });
    await once(socket, 'secureConnect');
    return new StreamClient(socket);
  }

  #receive(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    while (this.#bytes.length >= 2) {
      const end = 2 + this.#bytes.readUInt16BE(0);
      if (this.#bytes.length < end) return;
      this.#inbox.add(this.#bytes.subarray(2, end));
      this.#bytes = this.#bytes.subarray(end);
    }
  }

  get replies(): Uint8Array[] {
    return this.#inbox.replies;
  }
  get port(): number {
    return this.socket.localPort!;
  }
  send(message: Uint8Array): void {
    this.socket.write(Buffer.concat([Buffer.from([message.length >> 8, message.length & 0xff]), message]));
  }
  /** Writes octets as they are and waits until they have left. */
  write(octets: Uint8Array): Promise<void> {
    return new Promise((resolve) => this.socket.write(octets, () => resolve()));
  }
  has(count: number): Promise<void> {
    return this.#inbox.has(count);
  }
  close(): void {
    this.socket.destroy();
  }
}
