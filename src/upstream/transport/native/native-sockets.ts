// Sockets of the C library for all UDP upstreams of one forwarder, and the one epoll instance that watches them.
//
// HOT. Node offers no way to wait for a descriptor without reading from it. So node:dgram is given a socket of its own,
// and while it is being opened the descriptor under it is turned (dup3) into the epoll instance. libuv finds it readable,
// tries recvmsg on it, fails with ENOTSOCK, and node:dgram reports that as an `error` event: the bell. (The same device
// as in listen/batch/bell.ts, for many sockets.) One wake serves all responses that are there, one recvmmsg a socket;
// queries asked in one turn leave together at its end, one sendmmsg a socket.
//
// Figures: docs/decisions/0013-upstream-sockets.md. Invariants: what is queued is sent in this turn or dropped; a message
// leaves only by the socket it was queued for, not by one that took its place. Sockets are closed by their owner.
import { createSocket, type Socket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import ipaddr from 'ipaddr.js';
import type { OpenSocket, PortOwner, PortSocket, UdpPort } from '../udp-port.ts';
import { AF, ERRNO, EVENT_DATA, EVENT_OCTETS, type NativeCalls } from './calls.ts';
import { Messages } from './messages.ts';

const BATCH = 64;
/** Batches of events in one wake before other work of the event loop has its turn. */
const ROUNDS_MAX = 4;
const NAME_OCTETS = 28;
/** More than is accepted, so that what is too long can be told. */
const RECEIVE_OCTETS: number = 4096 + 64;
/** What the resolver builds at most. */
const SEND_OCTETS = 4096;
const RECEIVE_BUFFER_OCTETS: number = 256 * 1024;

export class NativeSockets {
  readonly calls: NativeCalls;
  readonly epoll: number;
  /** BATCH events, and a sockaddr of no family behind them. */
  readonly #events = new ArrayBuffer(BATCH * 16 + 32);
  readonly #words = new Uint32Array(this.#events);
  readonly #address: number;
  readonly #received: Messages;
  readonly #sent: Messages;
  /** Whose each queued message is, and the descriptor it was queued for. */
  readonly #senders: (NativeSocket | null)[] = new Array<NativeSocket | null>(BATCH).fill(null);
  readonly #fds = new Int32Array(BATCH);
  #queued = 0;
  readonly #flush = (): void => this.#sendQueued();
  readonly #bell: Socket;
  /** By the number its events carry. */
  readonly #sockets: (NativeSocket | null)[] = [];
  readonly #freeNumbers: number[] = [];

  /** Throws where the epoll instance cannot be made. */
  constructor(calls: NativeCalls) {
    this.calls = calls;
    this.#address = calls.addressOf(this.#events);
    this.#received = new Messages(calls, BATCH, RECEIVE_OCTETS);
    this.#sent = new Messages(calls, BATCH, SEND_OCTETS);
    this.epoll = calls.openPlainSocket();
    if (this.epoll < 0) throw new Error('no descriptor for upstream sockets');
    this.#bell = createSocket('udp4');
    this.#bell.on('error', () => this.#ring());
    this.#bell.bind({ fd: this.epoll });
    // libuv hands the descriptor to its own epoll when the loop next waits, which is after this.
    if (!calls.turnIntoEpoll(this.epoll)) {
      this.#bell.close();
      throw new Error('no epoll instance for upstream sockets');
    }
  }

  /** Sockets connected to this address. */
  connectedTo(host: string, remotePort: number): OpenSocket {
    const name = socketName(host, remotePort);
    const nameAddress = this.calls.addressOf(name);
    const six = host.includes(':');
    const target = { name, nameAddress, length: six ? 28 : 16, family: six ? AF.inet6 : AF.inet };
    return (port, owner) => new NativeSocket(this, target, port, owner);
  }

  get unspecified(): number {
    return this.#address + BATCH * 16;
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

  #ring(): void {
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      const events = this.calls.wait(this.epoll, this.#address, BATCH);
      for (let i = 0; i < events; i += 1) {
        const number = this.#words[(i * EVENT_OCTETS + EVENT_DATA) >>> 2]!;
        // None when it was closed by what an earlier event of this batch brought.
        const socket = this.#sockets[number];
        if (socket !== null && socket !== undefined) this.#receive(socket);
      }
      if (events < BATCH) return;
    }
  }

  #receive(socket: NativeSocket): void {
    const messages = this.#received;
    const { fd } = socket;
    const count = this.calls.receive(fd, messages.headerAt(0), BATCH);
    if (count < 0 && this.calls.errno() !== ERRNO.again) socket.failed();
    for (let i = 0; i < count && socket.fd === fd; i += 1)
      socket.received(messages.octets[i]!, messages.lengthOf(i));
  }

  /** Queues a message for the end of this turn; false when it can never be sent. */
  send(socket: NativeSocket, message: Uint8Array, length: number): boolean {
    if (length > SEND_OCTETS) return false;
    if (this.#queued === BATCH) this.#sendQueued();
    const i = this.#queued;
    const octets = this.#sent.octets[i]!;
    for (let at = 0; at < length; at += 1) octets[at] = message[at]!;
    this.#sent.setLength(i, length);
    this.#senders[i] = socket;
    this.#fds[i] = socket.fd;
    this.#queued = i + 1;
    if (i === 0) process.nextTick(this.#flush);
    return true;
  }

  /** Neighbours with one socket leave in one call. */
  #sendQueued(): void {
    const count = this.#queued;
    this.#queued = 0;
    let first = 0;
    while (first < count) {
      const socket = this.#senders[first]!;
      const fd = this.#fds[first]!;
      let end = first + 1;
      while (end < count && this.#fds[end] === fd) end += 1;
      if (socket?.fd === fd && !this.#sendAll(fd, first, end)) socket.failed();
      first = end;
    }
  }

  #sendAll(fd: number, first: number, end: number): boolean {
    const { calls } = this;
    let at = first;
    // An ICMP error for an earlier datagram is reported in place of sending: once, then what is left is tried again.
    let errors = 0;
    while (at < end) {
      const sent = calls.send(fd, this.#sent.headerAt(at), end - at);
      if (sent > 0) at += sent;
      else if (calls.errno() === ERRNO.again)
        return true; // no room: as good as lost on the way
      else if (calls.errno() !== ERRNO.refused || ++errors > 2) return false;
    }
    return true;
  }

  /** All sockets have been discarded before. */
  close(): void {
    this.#bell.close();
  }
}

interface Target {
  /** Keeps the memory alive that nameAddress points to. */
  readonly name: ArrayBuffer;
  readonly nameAddress: number;
  readonly length: number;
  readonly family: number;
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
    const { calls, epoll, unspecified } = this.#sockets;
    const { nameAddress, length, family } = this.#target;
    if (this.fd >= 0) calls.connect(this.fd, unspecified, 16);
    else {
      this.fd = calls.openSocket(family, RECEIVE_BUFFER_OCTETS);
      if (this.fd < 0) return false;
      this.#number = this.#sockets.register(this);
      if (!calls.watch(epoll, this.fd, this.#number)) {
        this.discard();
        return false;
      }
    }
    if (calls.connect(this.fd, nameAddress, length)) return true;
    this.discard();
    return false;
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
    this.#sockets.calls.closeSocket(this.fd);
    if (this.#number >= 0) this.#sockets.unregister(this.#number);
    this.fd = -1;
    this.#number = -1;
  }

  get localPort(): number {
    return this.fd < 0 ? 0 : this.#sockets.calls.localPort(this.fd);
  }
}

/**
 * struct sockaddr_in: family u16, port (network), address (network); sockaddr_in6: family u16, port, flowinfo u32,
 * address[16], scope_id u32.
 */
function socketName(host: string, port: number): ArrayBuffer {
  const [address = '', zone] = host.split('%');
  const octets = ipaddr.parse(address).toByteArray();
  const six = octets.length === 16;
  const name = new DataView(new ArrayBuffer(NAME_OCTETS + 4));
  name.setUint16(0, six ? AF.inet6 : AF.inet, true);
  name.setUint16(2, port);
  for (const [i, octet] of octets.entries()) name.setUint8((six ? 8 : 4) + i, octet);
  if (six) name.setUint32(24, scopeOf(zone), true);
  return name.buffer;
}

/** The interface number of `fe80::1%eth0`, 0 without a zone. */
function scopeOf(zone: string | undefined): number {
  if (zone === undefined) return 0;
  if (/^\d+$/.test(zone)) return Number(zone);
  const addresses = networkInterfaces()[zone] ?? [];
  return addresses.find(({ family }) => family === 'IPv6')?.scopeid ?? 0;
}
