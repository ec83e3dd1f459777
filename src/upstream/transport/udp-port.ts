// One connected UDP socket as an exchange sees it: a local port that is drawn, used a while, and drawn anew.
//
// HOT. The kernel drops what any address but the upstream's sends to it. Two kinds of socket stand behind it: node:dgram
// everywhere, the C library's where it can be called.

/** The socket itself. */
export interface PortSocket {
  /** Takes a fresh random local port; false when the kernel gives none. */
  draw(): boolean;
  /** False when nothing was sent. */
  send(message: Uint8Array, length: number): boolean;
  /** Closes it; the next `draw` opens another. */
  discard(): void;
  /** 0 when there is none: for tests. */
  readonly localPort: number;
}

export interface PortOwner {
  /** @param message its first `length` octets, valid only during the call */
  received(port: UdpPort, message: Uint8Array, length: number): void;
  /** The kernel refused something, or an ICMP error came for an earlier datagram. */
  failed(port: UdpPort): void;
}

/** Makes the socket of a port, connected to one upstream. */
export type OpenSocket = (port: UdpPort, owner: PortOwner) => PortSocket;

const REMEMBERED_IDS = 8;

export class UdpPort {
  readonly number: number;
  /** Queries sent since the port was drawn. */
  uses = 0;
  drawnMs = 0;
  inFlight = 0;
  /** First slot in flight on this port, −1 for none. */
  first = -1;
  readonly #socket: PortSocket;
  /** IDs that were answered or given up lately: a duplicate or late response to them is no forgery. */
  readonly #remembered = new Int32Array(REMEMBERED_IDS).fill(-1);
  #rememberAt = 0;

  constructor(number: number, owner: PortOwner, openSocket: OpenSocket) {
    this.number = number;
    this.#socket = openSocket(this, owner);
  }

  /** Takes a fresh port; nothing may be in flight. */
  draw(nowMs: number): boolean {
    this.uses = 0;
    this.drawnMs = nowMs;
    return this.#socket.draw();
  }

  send(message: Uint8Array, length: number): boolean {
    return this.#socket.send(message, length);
  }

  discard(): void {
    this.#socket.discard();
  }

  remember(id: number): void {
    this.#remembered[this.#rememberAt] = id;
    this.#rememberAt = (this.#rememberAt + 1) % REMEMBERED_IDS;
  }

  remembers(id: number): boolean {
    return this.#remembered.includes(id);
  }

  get localPort(): number {
    return this.#socket.localPort;
  }
}
