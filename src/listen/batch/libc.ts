// The C library's sockets, called through koffi. This file and datagrams.ts are the only ones that touch native code.
//
// Linux on x64 and arm64, glibc and musl alike: recvmmsg and sendmmsg are called by system call number, so the kernel's
// own layout of their structures holds for both libraries (musl's wrapper of sendmmsg sends one datagram at a time).
//
// Lifetime: a socket lives until closeSocket, or until its thread ends, however it ends (terminate, out of memory): an
// environment clean-up hook closes it then, else a dead worker's socket would keep taking its share of the queries.
import { endianness, networkInterfaces } from 'node:os';
import type { SocketAddress } from '../../config/config.ts';
import { isIpv6, writeAddress } from '../address.ts';

type Koffi = typeof import('koffi');

const SYSTEM_CALLS: Partial<Record<string, { readonly recvmmsg: number; readonly sendmmsg: number }>> = {
  x64: { recvmmsg: 299, sendmmsg: 307 },
  arm64: { recvmmsg: 243, sendmmsg: 269 },
};

// <bits/socket.h>, <asm-generic/socket.h>, <bits/in.h>: the same numbers on both machines.
export const AF = { inet: 2, inet6: 10 } as const;
export const LEVEL = { socket: 1, ip: 0, ipv6: 41 } as const;
export const PKTINFO = { ip: 8, ipv6: 50 } as const;
export const ERRNO = { again: 11, nomem: 12, nobufs: 105 } as const;
const SOCK_DGRAM_NONBLOCK_CLOEXEC = 2 | 0o4000 | 0o2000000;
const OPTION = { sendBuffer: 7, receiveBuffer: 8, reusePort: 15, receiveBufferForce: 33 } as const;
const IPV6_OPTION = { v6only: 26, receivePktinfo: 49 } as const;
const MSG_DONTWAIT = 0x40;
const CLOEXEC = 0o2000000;
const EPOLL = { add: 1, modify: 3, readable: 1 } as const;

export interface SocketOptions {
  readonly reusePort: boolean;
  readonly receiveBufferOctets: number;
  /** Ask for the local address of each datagram (needed on a wildcard address). */
  readonly pktinfo: boolean;
}

let loaded: Promise<Libc | string> | null = null;

/** The C library, loaded once a thread, or one sentence that says why it cannot be used. */
export function loadLibc(): Promise<Libc | string> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Libc | string> {
  const numbers = SYSTEM_CALLS[process.arch];
  if (process.platform !== 'linux' || numbers === undefined || endianness() !== 'LE')
    return `batched datagrams need Linux on x64 or arm64 (this is ${process.platform} on ${process.arch})`;
  try {
    const koffi = (await import('koffi')).default as unknown as Koffi;
    return new Libc(koffi, numbers);
  } catch (error) {
    return `batched datagrams need koffi, which does not load: ${error instanceof Error ? error.message : error}`;
  }
}

type MessagesCall = (
  call: number,
  fd: number,
  headers: number,
  count: number,
  flags: number,
  timeout: number,
) => number;

export class Libc {
  readonly #koffi: Koffi;
  readonly #numbers: { readonly recvmmsg: number; readonly sendmmsg: number };
  readonly #syscall: MessagesCall;
  readonly #socket: (domain: number, type: number, protocol: number) => number;
  readonly #bind: (fd: number, name: Uint8Array, length: number) => number;
  readonly #getsockname: (fd: number, name: Uint8Array, length: Uint8Array) => number;
  readonly #setsockopt: (
    fd: number,
    level: number,
    name: number,
    value: Uint8Array,
    length: number,
  ) => number;
  readonly #close: (fd: number) => number;
  readonly #epollCreate: (flags: number) => number;
  readonly #epollCtl: (epoll: number, operation: number, fd: number, event: Uint8Array) => number;
  readonly #dup3: (from: number, to: number, flags: number) => number;
  readonly #closeSymbol: unknown;
  readonly #addHook: (env: unknown, hook: unknown, argument: number) => number;
  readonly #removeHook: (env: unknown, hook: unknown, argument: number) => number;

  constructor(koffi: Koffi, numbers: { readonly recvmmsg: number; readonly sendmmsg: number }) {
    this.#koffi = koffi;
    this.#numbers = numbers;
    const c = koffi.load(null);
    const bytes = 'uint8_t *';
    this.#syscall = c.func('syscall', 'int', ['long', 'int', 'uintptr_t', 'uint', 'int', 'uintptr_t']);
    this.#socket = c.func('socket', 'int', ['int', 'int', 'int']);
    this.#bind = c.func('bind', 'int', ['int', bytes, 'uint']);
    this.#getsockname = c.func('getsockname', 'int', ['int', bytes, bytes]);
    this.#setsockopt = c.func('setsockopt', 'int', ['int', 'int', 'int', bytes, 'uint']);
    this.#close = c.func('close', 'int', ['int']);
    // void (*)(void *): on both machines an int argument arrives in the register of a pointer argument.
    this.#closeSymbol = c.symbol('close');
    this.#addHook = c.func('napi_add_env_cleanup_hook', 'int', ['void *', 'void *', 'uintptr_t']);
    this.#removeHook = c.func('napi_remove_env_cleanup_hook', 'int', ['void *', 'void *', 'uintptr_t']);
    this.#epollCreate = c.func('epoll_create1', 'int', ['int']);
    this.#epollCtl = c.func('epoll_ctl', 'int', ['int', 'int', 'int', bytes]);
    this.#dup3 = c.func('dup3', 'int', ['int', 'int', 'int']);
  }

  /** Address of memory that does not move; whoever asks keeps `memory` alive for as long as the number is used. */
  addressOf(memory: ArrayBuffer): number {
    return Number(this.#koffi.address(memory));
  }

  /** Fills mmsghdr structures; returns how many, −1 with errno. Never blocks. */
  receive(fd: number, headers: number, count: number): number {
    return this.#syscall(this.#numbers.recvmmsg, fd, headers, count, MSG_DONTWAIT, 0);
  }

  /** Sends mmsghdr structures; returns how many were taken, −1 with errno when the first was not. Never blocks. */
  send(fd: number, headers: number, count: number): number {
    return this.#syscall(this.#numbers.sendmmsg, fd, headers, count, MSG_DONTWAIT, 0);
  }

  errno(): number {
    return this.#koffi.errno();
  }

  /** An unbound socket nobody will ever send to; its owner closes it. */
  openPlainSocket(): number {
    const fd = this.#socket(AF.inet, SOCK_DGRAM_NONBLOCK_CLOEXEC, 0);
    if (fd < 0) throw this.#failure('socket');
    return fd;
  }

  /** Makes `target`, whatever it was, an epoll instance that is readable while `fd` is. */
  turnIntoEpoll(target: number, fd: number): void {
    const epoll = this.#epollCreate(CLOEXEC);
    if (epoll < 0) throw this.#failure('epoll_create1');
    try {
      if (this.#epollCtl(epoll, EPOLL.add, fd, epollEvent(EPOLL.readable)) < 0)
        throw this.#failure('epoll_ctl');
      if (this.#dup3(epoll, target, CLOEXEC) < 0) throw this.#failure('dup3');
    } finally {
      this.#close(epoll);
    }
  }

  /** Whether the epoll instance looks at `fd` at all. */
  watch(epoll: number, fd: number, watched: boolean): void {
    const event = epollEvent(watched ? EPOLL.readable : 0);
    if (this.#epollCtl(epoll, EPOLL.modify, fd, event) < 0) throw this.#failure('epoll_ctl');
  }

  /** A bound, non-blocking UDP socket. Throws an Error with a `code` such as EADDRINUSE. */
  openSocket(address: SocketAddress, options: SocketOptions): { readonly fd: number; readonly port: number } {
    const six = isIpv6(address.host);
    const fd = this.#socket(six ? AF.inet6 : AF.inet, SOCK_DGRAM_NONBLOCK_CLOEXEC, 0);
    if (fd < 0) throw this.#failure('socket');
    if (this.#addHook(this.#koffi.node.env, this.#closeSymbol, fd) !== 0) {
      this.#close(fd);
      throw new Error('the thread takes no clean-up hook');
    }
    try {
      if (options.reusePort) this.#require(fd, LEVEL.socket, OPTION.reusePort, 1);
      if (six) this.#require(fd, LEVEL.ipv6, IPV6_OPTION.v6only, 1);
      if (options.pktinfo && six) this.#require(fd, LEVEL.ipv6, IPV6_OPTION.receivePktinfo, 1);
      else if (options.pktinfo) this.#require(fd, LEVEL.ip, PKTINFO.ip, 1);
      // Beyond net.core.rmem_max with CAP_NET_ADMIN, up to it without.
      if (!this.#set(fd, LEVEL.socket, OPTION.receiveBufferForce, options.receiveBufferOctets))
        this.#set(fd, LEVEL.socket, OPTION.receiveBuffer, options.receiveBufferOctets);
      this.#set(fd, LEVEL.socket, OPTION.sendBuffer, options.receiveBufferOctets);
      const name = writeSocketName(address);
      if (this.#bind(fd, name, name.length) < 0) throw this.#failure('bind');
      const length = new Uint8Array(Uint32Array.of(name.length).buffer);
      if (this.#getsockname(fd, name, length) < 0) throw this.#failure('getsockname');
      return { fd, port: (name[2]! << 8) | name[3]! };
    } catch (error) {
      this.closeSocket(fd);
      throw error;
    }
  }

  closeSocket(fd: number): void {
    this.#removeHook(this.#koffi.node.env, this.#closeSymbol, fd);
    this.#close(fd);
  }

  #set(fd: number, level: number, name: number, value: number): boolean {
    return this.#setsockopt(fd, level, name, new Uint8Array(Int32Array.of(value).buffer), 4) === 0;
  }

  #require(fd: number, level: number, name: number, value: number): void {
    if (!this.#set(fd, level, name, value)) throw this.#failure('setsockopt');
  }

  #failure(call: string): Error {
    const number = this.errno();
    const code =
      Object.entries(this.#koffi.os.errno).find(([, value]) => value === number)?.[0] ?? 'EUNKNOWN';
    return Object.assign(new Error(`${call} failed: ${code}`), { code });
  }
}

/** struct epoll_event: events u32 at 0; its data, at 4 or 8, is not used. */
function epollEvent(events: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(events, 0, 0, 0).buffer);
}

/** A struct sockaddr_in or sockaddr_in6 (see datagrams.ts for the drawing). */
function writeSocketName(address: SocketAddress): Uint8Array {
  const octets = new Uint8Array(16);
  writeAddress(address.host, octets);
  const six = isIpv6(address.host);
  const name = new Uint8Array(six ? 28 : 16);
  const view = new DataView(name.buffer);
  view.setUint16(0, six ? AF.inet6 : AF.inet, true);
  view.setUint16(2, address.port);
  if (!six) {
    name.set(octets.subarray(12), 4);
    return name;
  }
  name.set(octets, 8);
  view.setUint32(24, zoneOf(address.host), true);
  return name;
}

/** The interface number of `fe80::1%eth0`, 0 without a zone. */
function zoneOf(host: string): number {
  const [, zone] = host.split('%');
  if (zone === undefined) return 0;
  if (/^\d+$/.test(zone)) return Number(zone);
  const addresses = networkInterfaces()[zone] ?? [];
  return addresses.find((address) => address.family === 'IPv6')?.scopeid ?? 0;
}
