// One connected UDP socket whose local port can be drawn anew: the kernel drops what any other address sends to it.
//
// Linux gives a socket that was bound to port 0 a fresh random port when it is disconnected and connected again: two
// system calls (7 µs measured) instead of a new socket (45 µs). Elsewhere the socket itself is replaced.
import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';

export interface PortOwner {
  received(port: UdpPort, message: Uint8Array): void;
  /** The kernel refused something, or an ICMP error came for an earlier datagram. */
  failed(port: UdpPort): void;
}

type LookupCallback = (error: null, address: string, family: number) => void;
// dgram's own lookup defers every call by a tick, literal addresses too.
function literal(address: string, family: unknown, callback: LookupCallback): void {
  callback(null, address, family as number);
}

const REMEMBERED_IDS = 8;
const canRedraw = process.platform === 'linux';
const RECEIVE_BUFFER_OCTETS: number = 256 * 1024;

export class UdpPort {
  readonly number: number;
  /** Queries sent since the port was drawn. */
  uses = 0;
  drawnMs = 0;
  inFlight = 0;
  /** First slot in flight on this socket, −1 for none. */
  first = -1;
  /** IDs that were answered or given up lately: a duplicate or late response to them is no forgery. */
  readonly #remembered = new Int32Array(REMEMBERED_IDS).fill(-1);
  #rememberAt = 0;
  readonly #host: string;
  readonly #remotePort: number;
  readonly #owner: PortOwner;
  #socket: Socket | null = null;

  constructor(number: number, host: string, remotePort: number, owner: PortOwner) {
    this.number = number;
    this.#host = host;
    this.#remotePort = remotePort;
    this.#owner = owner;
  }

  /** Draws a fresh local port; nothing may be in flight. False when the kernel gives none. */
  draw(nowMs: number): boolean {
    this.uses = 0;
    this.drawnMs = nowMs;
    this.#remembered.fill(-1);
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
      if (socket === this.#socket) this.#owner.failed(this);
    });
    socket.on('message', (message) => {
      if (socket === this.#socket) this.#owner.received(this, message);
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

  remember(id: number): void {
    this.#remembered[this.#rememberAt] = id;
    this.#rememberAt = (this.#rememberAt + 1) % REMEMBERED_IDS;
  }

  remembers(id: number): boolean {
    return this.#remembered.includes(id);
  }

  /** False when nothing was sent. */
  send(message: Uint8Array, length: number): boolean {
    try {
      this.#socket?.send(message, 0, length);
      return this.#socket !== null;
    } catch {
      return false;
    }
  }

  /** The local port, 0 when there is none: for tests. */
  get localPort(): number {
    try {
      return this.#socket?.address().port ?? 0;
    } catch {
      return 0;
    }
  }

  /** Closes the socket; the next `draw` opens another. */
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
