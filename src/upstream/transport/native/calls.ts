// The C library's sockets as this room needs them, called through koffi; no structure but epoll_event is laid out here.
//
// Linux on x64 and arm64; recvmmsg and sendmmsg by system call number, so that glibc and musl are alike (musl's wrapper of
// sendmmsg sends one at a time). Pointers go in as numbers: addresses of ArrayBuffers that their owners keep.
// Lifetime: a descriptor lives until `close`, or until its thread ends, however it ends: a clean-up hook closes it then.
import { endianness } from 'node:os';

type Koffi = typeof import('koffi');

export const AF = { unspecified: 0, inet: 2, inet6: 10 } as const;
const SOCK_DGRAM_NONBLOCK_CLOEXEC = 2 | 0o4000 | 0o2000000;
const CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;
const SOCKET_LEVEL = 1;
const RECEIVE_BUFFER = 8;
const EPOLL_CTL_ADD = 1;
const EPOLL_IN = 1;
export const ERRNO = { again: 11, refused: 111 } as const;

/** struct epoll_event is packed on x64 alone: events u32 at 0, the data at 4 or 8. */
const isPacked = process.arch === 'x64';
export const EVENT_OCTETS: number = isPacked ? 12 : 16;
export const EVENT_DATA: number = isPacked ? 4 : 8;

const MESSAGE_CALLS: Partial<Record<string, { readonly recvmmsg: number; readonly sendmmsg: number }>> = {
  x64: { recvmmsg: 299, sendmmsg: 307 },
  arm64: { recvmmsg: 243, sendmmsg: 269 },
};

let loaded: Promise<NativeCalls | string> | null = null;

/** The calls, loaded once a thread, or one sentence that says why they cannot be had. */
export function loadNativeCalls(): Promise<NativeCalls | string> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<NativeCalls | string> {
  const numbers = MESSAGE_CALLS[process.arch];
  if (process.platform !== 'linux' || numbers === undefined || endianness() !== 'LE')
    return 'sockets of the C library need Linux on x64 or arm64';
  try {
    const koffi = (await import('koffi')).default as unknown as Koffi;
    return new NativeCalls(koffi, numbers);
  } catch (error) {
    return `koffi does not load: ${error instanceof Error ? error.message : error}`;
  }
}

export class NativeCalls {
  readonly #koffi: Koffi;
  readonly #socket: (domain: number, type: number, protocol: number) => number;
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
  readonly #epollWait: (epoll: number, events: number, count: number, timeoutMs: number) => number;
  readonly #dup3: (from: number, to: number, flags: number) => number;
  readonly #connect: (fd: number, name: number, length: number) => number;
  readonly #numbers: { readonly recvmmsg: number; readonly sendmmsg: number };
  readonly #syscall: (
    call: number,
    fd: number,
    headers: number,
    count: number,
    flags: number,
    timeout: number,
  ) => number;
  readonly #getsockname: (fd: number, name: Uint8Array, length: Uint8Array) => number;
  readonly #closeSymbol: unknown;
  readonly #addHook: (env: unknown, hook: unknown, argument: number) => number;
  readonly #removeHook: (env: unknown, hook: unknown, argument: number) => number;

  constructor(koffi: Koffi, numbers: { readonly recvmmsg: number; readonly sendmmsg: number }) {
    this.#numbers = numbers;
    this.#koffi = koffi;
    const c = koffi.load(null);
    this.#socket = c.func('socket', 'int', ['int', 'int', 'int']);
    this.#setsockopt = c.func('setsockopt', 'int', ['int', 'int', 'int', 'uint8_t *', 'uint']);
    this.#close = c.func('close', 'int', ['int']);
    this.#epollCreate = c.func('epoll_create1', 'int', ['int']);
    this.#epollCtl = c.func('epoll_ctl', 'int', ['int', 'int', 'int', 'uint8_t *']);
    this.#epollWait = c.func('epoll_wait', 'int', ['int', 'uintptr_t', 'int', 'int']);
    this.#dup3 = c.func('dup3', 'int', ['int', 'int', 'int']);
    this.#connect = c.func('connect', 'int', ['int', 'uintptr_t', 'uint']);
    this.#syscall = c.func('syscall', 'int', ['long', 'int', 'uintptr_t', 'uint', 'int', 'uintptr_t']);
    this.#getsockname = c.func('getsockname', 'int', ['int', 'uint8_t *', 'uint8_t *']);
    // void (*)(void *): on both machines an int argument arrives in the register of a pointer argument.
    this.#closeSymbol = c.symbol('close');
    this.#addHook = c.func('napi_add_env_cleanup_hook', 'int', ['void *', 'void *', 'uintptr_t']);
    this.#removeHook = c.func('napi_remove_env_cleanup_hook', 'int', ['void *', 'void *', 'uintptr_t']);
  }

  /** Address of memory that does not move; whoever asks keeps `memory` alive for as long as the number is used. */
  addressOf(memory: ArrayBuffer): number {
    return Number(this.#koffi.address(memory));
  }

  errno(): number {
    return this.#koffi.errno();
  }

  /** A UDP socket without an address, −1 with errno. */
  openSocket(family: number, receiveBufferOctets: number): number {
    const fd = this.#socket(family, SOCK_DGRAM_NONBLOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    if (this.#addHook(this.#koffi.node.env, this.#closeSymbol, fd) !== 0) {
      this.#close(fd);
      return -1;
    }
    const octets = new Uint8Array(Int32Array.of(receiveBufferOctets).buffer);
    this.#setsockopt(fd, SOCKET_LEVEL, RECEIVE_BUFFER, octets, 4);
    return fd;
  }

  closeSocket(fd: number): void {
    this.#removeHook(this.#koffi.node.env, this.#closeSymbol, fd);
    this.#close(fd);
  }

  /** A descriptor that its new owner closes. */
  openPlainSocket(): number {
    return this.#socket(AF.inet, SOCK_DGRAM_NONBLOCK_CLOEXEC, 0);
  }

  /** Puts an epoll instance in the place of `target`, whatever that was; false with errno. */
  turnIntoEpoll(target: number): boolean {
    const epoll = this.#epollCreate(CLOEXEC);
    if (epoll < 0) return false;
    const isTurned = this.#dup3(epoll, target, CLOEXEC) >= 0;
    this.#close(epoll);
    return isTurned;
  }

  /** Watches `fd` for something to read; its events carry `data`. Closing `fd` ends that. */
  watch(epoll: number, fd: number, data: number): boolean {
    const event = new DataView(new ArrayBuffer(16));
    event.setUint32(0, EPOLL_IN, true);
    event.setUint32(EVENT_DATA, data, true);
    return this.#epollCtl(epoll, EPOLL_CTL_ADD, fd, new Uint8Array(event.buffer)) === 0;
  }

  /** Writes at most `count` events to `events`; never blocks. */
  wait(epoll: number, events: number, count: number): number {
    return this.#epollWait(epoll, events, count, 0);
  }

  connect(fd: number, name: number, length: number): boolean {
    return this.#connect(fd, name, length) === 0;
  }

  /** Sends mmsghdr structures; how many were taken, −1 with errno when the first was not. Never blocks. */
  send(fd: number, headers: number, count: number): number {
    return this.#syscall(this.#numbers.sendmmsg, fd, headers, count, MSG_DONTWAIT, 0);
  }

  /** Fills mmsghdr structures; how many, −1 with errno. Never blocks. */
  receive(fd: number, headers: number, count: number): number {
    return this.#syscall(this.#numbers.recvmmsg, fd, headers, count, MSG_DONTWAIT, 0);
  }

  /** The port a socket is bound to. */
  localPort(fd: number): number {
    const name = new Uint8Array(28);
    const length = new Uint8Array(Uint32Array.of(name.length).buffer);
    return this.#getsockname(fd, name, length) < 0 ? 0 : (name[2]! << 8) | name[3]!;
  }
}
