// Sockets of the C library for all UDP upstreams of one forwarder, and the one poller that watches them.
//
// HOT. One wake serves all responses that are there, one recvmmsg a socket; queries asked in one turn leave together at
// its end, one sendmmsg a socket, equally long ones as segments of one. Where few ask, the listener waits for responses as well as
// for queries, and both leave at once (docs/decisions/0111).
//
// Figures: docs/decisions/0013-upstream-sockets.md. Invariants: what is queued is sent in this turn or dropped; a message
// leaves only by the socket it was queued for, not by one that took its place. Sockets are closed by their owner.

import type { Beside } from '../../native/event-loop.ts';
import type { Libc } from '../../native/libc.ts';
import { MESSAGES_MAX, Messages } from '../../native/messages.ts';
import { ERRNO } from '../../native/numbers.ts';
import { EVENTS_MAX, Poller } from '../../native/poller.ts';
import { socketName, UNSPECIFIED } from '../../native/socket-name.ts';
import { copyOctets } from '../../wire/octets.ts';
import type { OpenSocket, PortOwner, PortSocket, UdpPort } from './udp-port.ts';

const BATCH = MESSAGES_MAX;
/** Rounds of events in one wake before other work of the event loop has its turn. */
const ROUNDS_MAX = 4;
/** More than is accepted, so that what is too long can be told. */
const RECEIVE_OCTETS: number = 4096 + 64;
/** What the resolver builds at most. */
const SEND_OCTETS = 4096;
const RECEIVE_BUFFER_OCTETS: number = 256 * 1024;

export class NativeSockets implements Beside {
  readonly libc: Libc;
  readonly poller: Poller;
  readonly #received: Messages;
  readonly #sent: Messages;
  /** Whose each queued message is, and the descriptor it was queued for. */
  readonly #senders: (NativeSocket | null)[] = new Array<NativeSocket | null>(BATCH).fill(null);
  readonly #fds = new Int32Array(BATCH);
  #queued = 0;
  #isHeld = false;
  #segmented: boolean;
  readonly #onTurnEnd = (): void => void this.flush();
  /** By the number its events carry. */
  readonly #sockets: (NativeSocket | null)[] = [];
  readonly #freeNumbers: number[] = [];

  /** Throws where the poller cannot be made. */
  constructor(libc: Libc) {
    this.libc = libc;
    this.#received = new Messages(libc, BATCH, RECEIVE_OCTETS);
    this.#sent = new Messages(libc, BATCH, SEND_OCTETS);
    this.#segmented = libc.segments;
    this.poller = new Poller(libc, () => void this.read());
  }

  get descriptor(): number {
    return this.poller.descriptor;
  }

  hold(): void {
    this.#isHeld = true;
  }

  release(): void {
    this.#isHeld = false;
    this.flush();
  }

  /** Sockets connected to this address. */
  connectedTo(host: string, remotePort: number): OpenSocket {
    const target = { name: socketName(host, remotePort), six: host.includes(':') };
    return (port, owner) => new NativeSocket(this, target, port, owner);
  }

  register(socket: NativeSocket): number {
    const number = this.#freeNumbers.pop() ?? this.#sockets.length;
    this.#sockets[number] = socket;
    return number;
  }

  unregister(number: number): void {
    this.#sockets[number] = null;
    this.#freeNumbers.push(number);
  }

  read(): number {
    let messages = 0;
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      const events = this.poller.wait();
      for (let i = 0; i < events; i += 1) {
        // None when it was closed by what an earlier event of this batch brought.
        const socket = this.#sockets[this.poller.numberOf(i)];
        if (socket !== null && socket !== undefined) messages += this.#receive(socket);
      }
      if (events < EVENTS_MAX) break;
    }
    return messages;
  }

  #receive(socket: NativeSocket): number {
    const messages = this.#received;
    const { fd } = socket;
    const count = messages.receive(this.libc, fd);
    if (count < 0 && this.libc.errno() !== ERRNO.again) socket.failed();
    for (let i = 0; i < count && socket.fd === fd; i += 1)
      socket.received(messages.octets[i]!, messages.lengthOf(i));
    return Math.max(0, count);
  }

  /** Queues a message for the end of this turn; false when it can never be sent. */
  send(socket: NativeSocket, message: Uint8Array, length: number): boolean {
    if (length > SEND_OCTETS) return false;
    if (this.#queued === BATCH) this.flush();
    const i = this.#queued;
    copyOctets(message, 0, this.#sent.octets[i]!, 0, length);
    this.#sent.setLength(i, length);
    this.#senders[i] = socket;
    this.#fds[i] = socket.fd;
    this.#queued = i + 1;
    // Not the first: that may be a forwarder's that asks for names of upstreams, now and then.
    this.libc.eventLoop.beside = this;
    if (i === 0 && !this.#isHeld) process.nextTick(this.#onTurnEnd);
    return true;
  }

  /** Neighbours with one socket leave in one call. */
  flush(): number {
    const count = this.#queued;
    this.#queued = 0;
    let failed: NativeSocket[] | null = null;
    let first = 0;
    while (first < count) {
      const socket = this.#senders[first]!;
      const fd = this.#fds[first]!;
      let end = first + 1;
      while (end < count && this.#fds[end] === fd) end += 1;
      if (socket?.fd === fd && !this.#sendAll(fd, first, end)) {
        failed ??= [];
        if (!failed.includes(socket)) failed.push(socket);
      }
      first = end;
    }
    // When all has left: what others are asked instead takes the same places.
    if (failed !== null) for (const socket of failed) socket.failed();
    return count + this.#queued;
  }

  #sendAll(fd: number, first: number, end: number): boolean {
    const { libc } = this;
    let headers = this.#sent.plan(first, end, this.#segmented);
    let at = 0;
    // An ICMP error for an earlier datagram is reported in place of sending: once, then what is left is tried again.
    let errors = 0;
    while (at < headers) {
      const sent = this.#sent.send(libc, fd, at, headers);
      const errno = sent > 0 ? 0 : libc.errno();
      if (sent > 0) at += sent;
      else if (errno === ERRNO.again)
        return true; // no room: as good as lost on the way
      else if (errno === ERRNO.refused && errors < 2) errors += 1;
      else if (this.#segmented && (errno === ERRNO.io || errno === ERRNO.invalid)) {
        // An interface that cuts none: one by one from now on. What had left leaves twice, which harms nobody.
        this.#segmented = false;
        headers = this.#sent.plan(first, end, false);
        at = 0;
      } else return false;
    }
    return true;
  }

  /** All sockets have been discarded before. */
  close(): void {
    if (this.libc.eventLoop.beside === this) this.libc.eventLoop.beside = null;
    this.poller.close();
  }
}

interface Target {
  /** As the C library takes it. */
  readonly name: Uint8Array;
  readonly six: boolean;
}

class NativeSocket implements PortSocket {
  fd = -1;
  readonly #sockets: NativeSockets;
  readonly #target: Target;
  readonly #port: UdpPort;
  readonly #owner: PortOwner;
  #number = -1;

  constructor(sockets: NativeSockets, target: Target, port: UdpPort, owner: PortOwner) {
    this.#sockets = sockets;
    this.#target = target;
    this.#port = port;
    this.#owner = owner;
  }

  /** Disconnecting gives the port back, connecting draws another at random: inet_autobind, udp_lib_get_port. */
  draw(): boolean {
    const { libc } = this.#sockets;
    if (this.fd >= 0) libc.connect(this.fd, UNSPECIFIED);
    else if (!this.#open()) return false;
    if (libc.connect(this.fd, this.#target.name)) return true;
    this.discard();
    return false;
  }

  #open(): boolean {
    const { libc, poller } = this.#sockets;
    try {
      this.fd = libc.openUnbound(this.#target.six);
      libc.setReceiveBuffer(this.fd, RECEIVE_BUFFER_OCTETS);
      this.#number = this.#sockets.register(this);
      poller.watch(this.fd, this.#number);
      return true;
    } catch {
      this.discard();
      return false;
    }
  }

  send(message: Uint8Array, length: number): boolean {
    return this.fd >= 0 && this.#sockets.send(this, message, length);
  }

  received(octets: Uint8Array, length: number): void {
    this.#owner.received(this.#port, octets, length);
  }

  failed(): void {
    this.#owner.failed(this.#port);
  }

  discard(): void {
    if (this.fd < 0) return;
    this.#sockets.libc.closeSocket(this.fd);
    if (this.#number >= 0) this.#sockets.unregister(this.#number);
    this.fd = -1;
    this.#number = -1;
  }

  get localPort(): number {
    return this.fd < 0 ? 0 : this.#sockets.libc.localPort(this.fd);
  }
}
