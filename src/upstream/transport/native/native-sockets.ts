// Sockets of the C library for all UDP upstreams of one forwarder, and the one epoll instance that watches them.
//
// HOT. Node offers no way to wait for a descriptor without reading from it. So node:dgram is given a socket of its own,
// and while it is being opened the descriptor under it is turned (dup3) into the epoll instance. libuv finds it readable,
// tries recvmsg on it, fails with ENOTSOCK, and node:dgram reports that as an `error` event: the bell. (The same device
// as in listen/batch/bell.ts, for many sockets.) One wake serves all responses that are there, with one recv each.
//
// Trade, measured for one round trip with the upstream on loopback, in µs of CPU: 7.2 with 64 in flight, 8.5 with 16, 12.7
// with 4, 22 with 1; node:dgram 18 to 19 whatever the number. Drawing a fresh port costs 5, a new socket 11.
// Invariants: `memory` lives as long as this; the kernel touches it only during a call. Sockets are closed by their owner.
import { createSocket, type Socket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import ipaddr from 'ipaddr.js';
import type { OpenSocket, PortOwner, PortSocket, UdpPort } from '../udp-port.ts';
import { AF, ERRNO, EVENT_DATA, EVENT_OCTETS, type NativeCalls } from './calls.ts';

const EVENTS = 64;
/** Batches of events in one wake before other work of the event loop has its turn. */
const ROUNDS_MAX = 4;
const NAME_OCTETS = 28;
const RECEIVE_OCTETS = 8192;
const SEND_OCTETS = 8192;
const RECEIVE_BUFFER_OCTETS: number = 256 * 1024;

// Where things stand in `memory`.
const EVENTS_AT = 0;
const UNSPECIFIED_AT: number = EVENTS * 16;
const RECEIVE_AT: number = UNSPECIFIED_AT + 32;
const SEND_AT: number = RECEIVE_AT + RECEIVE_OCTETS;
const MEMORY_OCTETS: number = SEND_AT + SEND_OCTETS;

export class NativeSockets {
  readonly calls: NativeCalls;
  readonly epoll: number;
  readonly #memory = new ArrayBuffer(MEMORY_OCTETS);
  readonly #words = new Uint32Array(this.#memory);
  readonly #received = new Uint8Array(this.#memory, RECEIVE_AT, RECEIVE_OCTETS);
  readonly #sent = new Uint8Array(this.#memory, SEND_AT, SEND_OCTETS);
  readonly #address: number;
  readonly #bell: Socket;
  /** By the number its events carry. */
  readonly #sockets: (NativeSocket | null)[] = [];
  readonly #freeNumbers: number[] = [];

  /** Throws where the epoll instance cannot be made. */
  constructor(calls: NativeCalls) {
    this.calls = calls;
    this.#address = calls.addressOf(this.#memory);
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
    return this.#address + UNSPECIFIED_AT;
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
    const { calls } = this;
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      const events = calls.wait(this.epoll, this.#address + EVENTS_AT, EVENTS);
      for (let i = 0; i < events; i += 1) {
        const number = this.#words[(i * EVENT_OCTETS + EVENT_DATA) >>> 2]!;
        const socket = this.#sockets[number];
        // One that was closed by what an earlier event of this batch brought.
        if (socket === null || socket === undefined || socket.fd < 0) continue;
        const length = calls.receive(socket.fd, this.#address + RECEIVE_AT, RECEIVE_OCTETS);
        if (length >= 0) socket.received(this.#received, length);
        else if (calls.errno() !== ERRNO.again) socket.failed();
      }
      if (events < EVENTS) return;
    }
  }

  /** False when nothing was sent. */
  send(fd: number, message: Uint8Array, length: number): boolean {
    if (length > SEND_OCTETS) return false;
    const sent = this.#sent;
    for (let i = 0; i < length; i += 1) sent[i] = message[i]!;
    const { calls } = this;
    if (calls.send(fd, this.#address + SEND_AT, length) >= 0) return true;
    // An ICMP error for an earlier datagram is reported once, and this one has not been sent.
    return calls.errno() === ERRNO.refused && calls.send(fd, this.#address + SEND_AT, length) >= 0;
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
    return this.fd >= 0 && this.#sockets.send(this.fd, message, length);
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
