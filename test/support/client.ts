// Speaks DNS to a server as octets: one UDP query, one TCP connection with many, and floods that are counted.
import { createSocket, type Socket } from 'node:dgram';
import { connect, type Socket as TcpSocket } from 'node:net';

export interface Server {
  readonly host: string;
  readonly port: number;
}

const TIMEOUT_MS = 5000;

/** The first datagram that comes back, null when none does in time. */
export function askUdp(server: Server, message: Uint8Array, timeoutMs = TIMEOUT_MS): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(server.host.includes(':') ? 'udp6' : 'udp4');
    const finish = (answer: Buffer | null): void => {
      clearTimeout(timer);
      socket.close();
      resolve(answer);
    };
    const timer = setTimeout(() => finish(null), timeoutMs);
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') return finish(null);
      clearTimeout(timer);
      socket.close();
      reject(error);
    });
    socket.once('message', (answer) => finish(answer));
    socket.connect(server.port, server.host, () => socket.send(message));
  });
}

/** One query over a TCP connection of its own; null when the server closes it or stays silent. */
export async function askTcp(
  server: Server,
  message: Uint8Array,
  timeoutMs = TIMEOUT_MS,
): Promise<Buffer | null> {
  const client = await TcpClient.open(server);
  try {
    client.send(message);
    return await client.next(timeoutMs);
  } finally {
    client.close();
  }
}

/** A TCP connection: what comes in is cut into messages by their length prefixes. */
export class TcpClient {
  readonly socket: TcpSocket;
  #pending: Buffer = Buffer.alloc(0);
  readonly #messages: Buffer[] = [];
  #wake: (() => void) | null = null;
  #ended = false;

  static open(server: Server): Promise<TcpClient> {
    return new Promise((resolve, reject) => {
      const socket = connect(server.port, server.host);
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new TcpClient(socket));
      });
    });
  }

  private constructor(socket: TcpSocket) {
    this.socket = socket;
    const over = (): void => {
      this.#ended = true;
      this.#wake?.();
    };
    socket.setNoDelay(true);
    socket.on('error', over);
    socket.on('close', over);
    socket.on('end', over);
    socket.on('data', (data: Buffer) => this.#take(data));
  }

  /** Whether the server has ended the connection. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Sends one message with its length prefix. */
  send(message: Uint8Array): void {
    this.socket.write(Buffer.concat([Buffer.from([message.length >> 8, message.length & 255]), message]));
  }

  /** The next message, null when the connection ends or nothing comes in time. */
  async next(timeoutMs = TIMEOUT_MS): Promise<Buffer | null> {
    const deadline = performance.now() + timeoutMs;
    while (this.#messages.length === 0) {
      const leftMs = deadline - performance.now();
      if (this.#ended || leftMs <= 0) return null;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#wake = null;
    }
    return this.#messages.shift() ?? null;
  }

  /** Waits until the server ends the connection; false when it does not in time. */
  async endsWithin(timeoutMs: number): Promise<boolean> {
    const deadline = performance.now() + timeoutMs;
    while (!this.#ended && performance.now() < deadline) await this.next(deadline - performance.now());
    return this.#ended;
  }

  close(): void {
    this.socket.destroy();
  }

  #take(data: Buffer): void {
    this.#pending = Buffer.concat([this.#pending, data]);
    while (this.#pending.length >= 2) {
      const length = this.#pending.readUInt16BE(0);
      if (this.#pending.length < 2 + length) break;
      this.#messages.push(this.#pending.subarray(2, 2 + length));
      this.#pending = this.#pending.subarray(2 + length);
    }
    this.#wake?.();
  }
}

/** A connected UDP socket that counts what comes back by ID. */
export class UdpClient {
  readonly #socket: Socket;
  readonly answers = new Map<number, Buffer>();
  received = 0;

  static open(server: Server): Promise<UdpClient> {
    const socket = createSocket({
      type: server.host.includes(':') ? 'udp6' : 'udp4',
      recvBufferSize: 4 << 20,
    });
    return new Promise((resolve) => {
      socket.connect(server.port, server.host, () => resolve(new UdpClient(socket)));
    });
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('error', () => {}); // ICMP port unreachable: seen as answers that do not come
    socket.on('message', (answer) => {
      this.received += 1;
      if (answer.length >= 2) this.answers.set(answer.readUInt16BE(0), answer);
    });
  }

  /** Resolves when the kernel has taken the datagram. */
  send(message: Uint8Array): Promise<void> {
    return new Promise((resolve) => this.#socket.send(message, () => resolve()));
  }

  close(): void {
    this.#socket.close();
  }
}
