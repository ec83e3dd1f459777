// A port's socket through node:dgram: works everywhere, one system call and some objects a datagram.
//
// Linux gives a socket that was bound to port 0 a fresh random port when it is disconnected and connected again: two
// system calls (7 µs measured) instead of a new socket (45 µs). Elsewhere the socket itself is replaced.
import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { OpenSocket, PortOwner, PortSocket, UdpPort } from './udp-port.ts';

type LookupCallback = (error: null, address: string, family: number) => void;
// dgram's own lookup defers every call by a tick, literal addresses too.
function literal(address: string, family: unknown, callback: LookupCallback): void {
  callback(null, address, family as number);
}

const canRedraw = process.platform === 'linux';
const RECEIVE_BUFFER_OCTETS: number = 256 * 1024;

/** Sockets connected to this address. */
export function dgramSockets(host: string, remotePort: number): OpenSocket {
  return (port, owner) => new DgramSocket(port, owner, host, remotePort);
}

class DgramSocket implements PortSocket {
  readonly #port: UdpPort;
  readonly #owner: PortOwner;
  readonly #host: string;
  readonly #remotePort: number;
  #socket: Socket | null = null;

  constructor(port: UdpPort, owner: PortOwner, host: string, remotePort: number) {
    this.#port = port;
    this.#owner = owner;
    this.#host = host;
    this.#remotePort = remotePort;
  }

  draw(): boolean {
    try {
      if (this.#socket !== null && canRedraw) {
        this.#socket.disconnect();
        this.#socket.connect(this.#remotePort, this.#host);
        return true;
      }
      this.#socket?.close();
      this.#socket = this.#open();
      return true;
    } catch {
      this.discard();
      return false;
    }
  }

  #open(): Socket {
    const six = isIPv6(this.#host);
    const socket = createSocket({ type: six ? 'udp6' : 'udp4', lookup: literal as never });
    socket.on('error', () => {
      if (socket === this.#socket) this.#owner.failed(this.#port);
    });
    socket.on('message', (message) => {
      if (socket === this.#socket) this.#owner.received(this.#port, message, message.length);
    });
    try {
      // With `lookup` answering at once all of this is done when it returns.
      socket.bind({ port: 0, address: six ? '::' : '0.0.0.0', exclusive: true });
      socket.connect(this.#remotePort, this.#host);
      socket.setRecvBufferSize(RECEIVE_BUFFER_OCTETS);
    } catch (error) {
      socket.close();
      throw error;
    }
    return socket;
  }

  send(message: Uint8Array, length: number): boolean {
    try {
      this.#socket?.send(message, 0, length);
      return this.#socket !== null;
    } catch {
      return false;
    }
  }

  get localPort(): number {
    try {
      return this.#socket?.address().port ?? 0;
    } catch {
      return 0;
    }
  }

  discard(): void {
    const socket = this.#socket;
    this.#socket = null;
    try {
      socket?.close();
    } catch {
      // It never came to be open.
    }
  }
}
