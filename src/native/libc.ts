// The C library's sockets, called through koffi. Only this room touches native code.
//
// Linux on x64 and arm64, glibc and musl alike: recvmmsg and sendmmsg are called by system call number, so the kernel's
// own layout of their structures holds for both libraries (musl's wrapper of sendmmsg sends one datagram at a time).
//
// Lifetime: a socket lives until closeSocket, or until its thread ends, however it ends (terminate, out of memory): an
// environment clean-up hook closes it then, else a dead worker's socket would keep taking its share of the queries.
import type { SocketAddress } from '../config/config.ts';
import { EventLoop } from './event-loop.ts';
import { errnoName, type Koffi, loadKoffi } from './koffi.ts';
import {
  type CallNumbers,
  CLOEXEC,
  DUPFD_CLOEXEC,
  EVENT,
  LEVEL,
  MADVISE,
  MSG_DONTWAIT,
  MSG_WAITFORONE,
  OPTION,
  PKTINFO,
  SOCK,
  UDP_SEGMENT,
} from './numbers.ts';
import { Routes } from './routes.ts';
import { AF, NAME_OCTETS, portOfName, socketName } from './socket-name.ts';

export interface SocketOptions {
  readonly reusePort: boolean;
  readonly receiveBufferOctets: number;
  /** Ask for the local address of each datagram (needed on a wildcard address). */
  readonly pktinfo: boolean;
  /** `receive` can wait on it, for as long, to the kernel's next tick (1 to 10 ms). */
  readonly blocksMs?: number;
}

let loaded: Promise<Libc | string> | null = null;

/** The C library, loaded once a thread, or one sentence that says why it cannot be used. */
export function loadLibc(): Promise<Libc | string> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Libc | string> {
  const native = await loadKoffi();
  return typeof native === 'string'
    ? `batched datagrams need ${native}`
    : new Libc(native.koffi, native.numbers);
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
  /** Whether the kernel cuts segments (Linux 4.18); an older one would send them as one datagram. */
  readonly segments: boolean;
  /** sched_yield(2): those that wait for this thread's processor go first; returns at once where nobody does. */
  readonly letOthersRun: () => number;
  readonly eventLoop: EventLoop;
  readonly routes: Routes;
  readonly #koffi: Koffi;
  readonly #numbers: CallNumbers;
  readonly #syscall: MessagesCall;
  readonly #socket: (domain: number, type: number, protocol: number) => number;
  readonly #bind: (fd: number, name: Uint8Array, length: number) => number;
  readonly #getsockname: (fd: number, name: Uint8Array, length: Uint8Array) => number;
  readonly #setsockopt: (fd: number, level: number, name: number, value: Uint8Array, size: number) => number;
  readonly #close: (fd: number) => number;
  readonly #epollCreate: (flags: number) => number;
  readonly #epollCtl: (epoll: number, operation: number, fd: number, event: Uint8Array) => number;
  readonly #epollWait: (epoll: number, events: number, count: number, timeoutMs: number) => number;
  readonly #connect: (fd: number, name: Uint8Array, length: number) => number;
  readonly #fcntl: (fd: number, command: number, type: 'int', argument: number) => number;
  readonly #dup3: (from: number, to: number, flags: number) => number;
  readonly #setAttributes: (call: number, pid: number, attributes: Uint8Array, flags: number) => number;
  readonly #madvise: (address: number, octets: number, advice: number) => number;
  /** glibc's own; null elsewhere. */
  readonly #trim: ((keepOctets: number) => number) | null;
  readonly #closeSymbol: unknown;
  /** One struct epoll_event. */
  readonly #eventWords = new Uint32Array(4);
  readonly #event = new Uint8Array(this.#eventWords.buffer);
  readonly #addHook: (env: unknown, hook: unknown, argument: number) => number;
  readonly #removeHook: (env: unknown, hook: unknown, argument: number) => number;

  constructor(koffi: Koffi, numbers: CallNumbers) {
    this.#koffi = koffi;
    this.#numbers = numbers;
    this.eventLoop = new EventLoop(koffi);
    this.routes = new Routes(koffi);
    const c = koffi.load(null);
    const bytes = 'uint8_t *';
    this.#syscall = c.func('syscall', 'int', ['long', 'int', 'uintptr_t', 'uint', 'int', 'uintptr_t']);
    this.#setAttributes = c.func('syscall', 'int', ['long', 'int', bytes, 'uint']);
    this.#socket = c.func('socket', 'int', ['int', 'int', 'int']);
    this.#bind = c.func('bind', 'int', ['int', bytes, 'uint']);
    this.#getsockname = c.func('getsockname', 'int', ['int', bytes, bytes]);
    this.#setsockopt = c.func('setsockopt', 'int', ['int', 'int', 'int', bytes, 'uint']);
    this.#close = c.func('close', 'int', ['int']);
    // void (*)(void *): an int argument arrives in the register of a pointer argument on both machines.
    this.#closeSymbol = c.symbol('close');
    this.#addHook = c.func('napi_add_env_cleanup_hook', 'int', ['void *', 'void *', 'uintptr_t']);
    this.#removeHook = c.func('napi_remove_env_cleanup_hook', 'int', ['void *', 'void *', 'uintptr_t']);
    this.#epollCreate = c.func('epoll_create1', 'int', ['int']);
    this.#epollCtl = c.func('epoll_ctl', 'int', ['int', 'int', 'int', bytes]);
    this.#epollWait = c.func('epoll_wait', 'int', ['int', 'uintptr_t', 'int', 'int']);
    this.#connect = c.func('connect', 'int', ['int', bytes, 'uint']);
    this.letOthersRun = c.func('sched_yield', 'int', []);
    this.#fcntl = c.func('int fcntl(int, int, ...)');
    this.#dup3 = c.func('dup3', 'int', ['int', 'int', 'int']);
    this.#madvise = c.func('madvise', 'int', ['uintptr_t', 'size_t', 'int']);
    try {
      this.#trim = c.func('malloc_trim', 'int', ['size_t']);
    } catch {
      this.#trim = null;
    }
    this.segments = this.#canSegment();
  }

  /** Gives memory that was freed back to the system, which the C library may keep otherwise: some milliseconds. */
  giveBackMemory(): void {
    this.#trim?.(0);
  }

  /** Gives a buffer's memory back at once, but for its edges; the buffer lives on, and whoever reads it reads zeros. */
  discard(memory: SharedArrayBuffer): void {
    const address = Number(this.#koffi.address(new Uint8Array(memory)));
    const page = MADVISE.pageOctets;
    const from = Math.ceil(address / page) * page;
    const octets = Math.floor((address + memory.byteLength - from) / page) * page;
    if (octets > 0) this.giveBackPages(from, octets);
  }

  /** Gives pages back, which stay mapped: whoever touches one reads it from its file again; of memory, zeros. */
  giveBackPages(address: number, octets: number): void {
    this.#madvise(address, octets, MADVISE.dontNeed);
  }

  /** Address of memory that does not move; whoever asks keeps `memory` alive for as long as the number is used. */
  addressOf(memory: ArrayBuffer): number {
    return Number(this.#koffi.address(memory));
  }

  /**
   * Fills mmsghdr structures; returns how many, −1 with errno.
   * @param waits for the first one: of a socket opened with `blocksMs`, and for as long; else it never blocks
   */
  receive(fd: number, headers: number, count: number, waits = false): number {
    const flags = waits ? MSG_WAITFORONE : MSG_DONTWAIT;
    return this.#syscall(this.#numbers.recvmmsg, fd, headers, count, flags, 0);
  }

  /** Sends mmsghdr structures; returns how many were taken, −1 with errno when the first was not. Never blocks. */
  send(fd: number, headers: number, count: number): number {
    return this.#syscall(this.#numbers.sendmmsg, fd, headers, count, MSG_DONTWAIT, 0);
  }

  /** sched_setattr(2) of a thread, 0 for this one, with a struct sched_attr; false with errno. */
  schedule(id: number, attributes: Uint8Array): boolean {
    return this.#setAttributes(this.#numbers.schedSetattr, id, attributes, 0) === 0;
  }

  errno(): number {
    return this.#koffi.errno();
  }

  /** An unbound socket nobody will ever send to; its owner closes it. */
  openPlainSocket(): number {
    const fd = this.#socket(AF.inet, SOCK.datagramNonblock, 0);
    if (fd < 0) throw this.#failure('socket');
    return fd;
  }

  /** Another descriptor of the same file, which no child process inherits; its owner closes it. */
  duplicate(fd: number): number {
    const own = this.#fcntl(fd, DUPFD_CLOEXEC, 'int', 0);
    if (own < 0) throw this.#failure('fcntl');
    return own;
  }

  /** Makes `target`, whatever it was, an epoll instance. */
  turnIntoEpoll(target: number): void {
    const epoll = this.#epollCreate(CLOEXEC);
    if (epoll < 0) throw this.#failure('epoll_create1');
    const isTurned = this.#dup3(epoll, target, CLOEXEC) >= 0;
    const failure = isTurned ? null : this.#failure('dup3');
    this.#close(epoll);
    if (failure !== null) throw failure;
  }

  /** epoll_ctl; events of `fd` carry `number`. Allocates nothing. */
  control(epoll: number, operation: number, fd: number, events: number, number: number): void {
    this.#eventWords[0] = events;
    this.#eventWords[EVENT.data >>> 2] = number;
    if (this.#epollCtl(epoll, operation, fd, this.#event) < 0) throw this.#failure('epoll_ctl');
  }

  /** Writes at most `count` struct epoll_event to the memory at `events`; never blocks. */
  wait(epoll: number, events: number, count: number): number {
    return this.#epollWait(epoll, events, count, 0);
  }

  /** A bound UDP socket. Throws an Error with a `code` such as EADDRINUSE. */
  openSocket(address: SocketAddress, options: SocketOptions): { readonly fd: number; readonly port: number } {
    const name = socketName(address.host, address.port);
    const six = name[0] === AF.inet6;
    const fd = this.openUnbound(six, options.blocksMs === undefined ? SOCK.datagramNonblock : SOCK.datagram);
    try {
      if (options.blocksMs !== undefined)
        this.#require(fd, LEVEL.socket, OPTION.receiveTimeout, timeval(options.blocksMs));
      if (options.reusePort) this.#require(fd, LEVEL.socket, OPTION.reusePort, 1);
      if (six) this.#require(fd, LEVEL.ipv6, OPTION.v6only, 1);
      if (options.pktinfo && six) this.#require(fd, LEVEL.ipv6, OPTION.receivePktinfo6, 1);
      else if (options.pktinfo) this.#require(fd, LEVEL.ip, PKTINFO.ip, 1);
      // Beyond net.core.rmem_max with CAP_NET_ADMIN, up to it without.
      if (!this.#set(fd, LEVEL.socket, OPTION.receiveBufferForce, options.receiveBufferOctets))
        this.setReceiveBuffer(fd, options.receiveBufferOctets);
      this.#set(fd, LEVEL.socket, OPTION.sendBuffer, options.receiveBufferOctets);
      if (this.#bind(fd, name, name.length) < 0) throw this.#failure('bind');
      return { fd, port: this.localPort(fd) };
    } catch (error) {
      this.closeSocket(fd);
      throw error;
    }
  }

  /** A UDP socket without an address, non-blocking unless `type` says otherwise, closed with its thread at the latest. */
  openUnbound(six: boolean, type: number = SOCK.datagramNonblock): number {
    const fd = this.#socket(six ? AF.inet6 : AF.inet, type, 0);
    if (fd < 0) throw this.#failure('socket');
    if (this.#addHook(this.#koffi.node.env, this.#closeSymbol, fd) !== 0) {
      this.#close(fd);
      throw new Error('the thread takes no clean-up hook');
    }
    return fd;
  }

  setReceiveBuffer(fd: number, octets: number): void {
    this.#set(fd, LEVEL.socket, OPTION.receiveBuffer, octets);
  }

  /** Makes `name` the one address that is sent to and heard, from a local port the kernel draws; false with errno. */
  connect(fd: number, name: Uint8Array): boolean {
    return this.#connect(fd, name, name.length) === 0;
  }

  /** The port a socket is bound to. */
  localPort(fd: number): number {
    const name = new Uint8Array(NAME_OCTETS.inet6);
    const length = new Uint8Array(Uint32Array.of(name.length).buffer);
    if (this.#getsockname(fd, name, length) < 0) throw this.#failure('getsockname');
    return portOfName(name);
  }

  closeSocket(fd: number): void {
    this.#removeHook(this.#koffi.node.env, this.#closeSymbol, fd);
    this.#close(fd);
  }

  #canSegment(): boolean {
    const fd = this.#socket(AF.inet, SOCK.datagramNonblock, 0);
    const can = this.#set(fd, LEVEL.udp, UDP_SEGMENT, 0);
    this.#close(fd);
    return can;
  }

  #set(fd: number, level: number, name: number, value: number | Uint8Array): boolean {
    const octets = typeof value === 'number' ? new Uint8Array(Int32Array.of(value).buffer) : value;
    return this.#setsockopt(fd, level, name, octets, octets.length) === 0;
  }

  #require(fd: number, level: number, name: number, value: number | Uint8Array): void {
    if (!this.#set(fd, level, name, value)) throw this.#failure('setsockopt');
  }

  #failure(call: string): Error {
    const code = errnoName(this.#koffi, this.errno());
    return Object.assign(new Error(`${call} failed: ${code}`), { code });
  }
}

/** struct timeval: seconds and microseconds, eight octets each on both machines. */
function timeval(ms: number): Uint8Array {
  return new Uint8Array(
    BigInt64Array.of(BigInt(Math.floor(ms / 1000)), BigInt(Math.floor((ms % 1000) * 1000))).buffer,
  );
}
