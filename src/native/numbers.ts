// The numbers Linux goes by on x64 and arm64: system calls, options, flags, layouts.

export interface CallNumbers {
  readonly recvmmsg: number;
  readonly sendmmsg: number;
  readonly schedSetattr: number;
}

export const SYSTEM_CALLS: Partial<Record<string, CallNumbers>> = {
  x64: { recvmmsg: 299, sendmmsg: 307, schedSetattr: 314 },
  arm64: { recvmmsg: 243, sendmmsg: 269, schedSetattr: 274 },
};

// <bits/socket.h>, <asm-generic/socket.h>, <bits/in.h>: the same numbers on both machines.
export const LEVEL = { socket: 1, ip: 0, ipv6: 41, udp: 17 } as const;
/** SO_PEERCRED and struct ucred. */
export const PEER = { option: 17, octets: 12, user: 4 } as const;
export const UDP_SEGMENT = 103;
export const PKTINFO = { ip: 8, ipv6: 50 } as const;
export const ERRNO = { io: 5, again: 11, nomem: 12, invalid: 22, nobufs: 105, refused: 111 } as const;
export const OPTION = {
  sendBuffer: 7,
  receiveBuffer: 8,
  reusePort: 15,
  receiveTimeout: 20,
  receiveBufferForce: 33,
  v6only: 26,
  receivePktinfo6: 49,
} as const;
/** `pageOctets`: the most of any machine, some on arm64 have pages of 64 KiB. */
export const MADVISE = { dontNeed: 4, pageOctets: 65_536 } as const;
export const MSG_DONTWAIT = 0x40;
/** Of recvmmsg(2): what comes after the first message is not waited for. */
export const MSG_WAITFORONE = 0x1_0000;
/** A command of fcntl(2). */
export const DUPFD_CLOEXEC = 1030;
export const CLOEXEC = 0o2000000;
export const SOCK = {
  stream: 1 | CLOEXEC,
  datagram: 2 | CLOEXEC,
  datagramNonblock: 2 | 0o4000 | CLOEXEC,
  raw: 3 | CLOEXEC,
} as const;
export const AF_NETLINK = 16;
export const EPOLL = { add: 1, modify: 3, readable: 1 } as const;
/** struct epoll_event is packed on x64 alone: events u32 at 0, the data at 4 or 8. */
const isPacked = process.arch === 'x64';
export const EVENT = { octets: isPacked ? 12 : 16, data: isPacked ? 4 : 8 } as const;
/** struct pollfd; `readable` asked for, and told in the upper half of the same word. */
export const POLL = { octets: 8, readable: 1 } as const;
/** posix_spawn_file_actions_t has 80 octets in both C libraries; the rest is for a later one. */
export const FILE_ACTIONS_OCTETS = 256;
export const OPEN = { read: 0, write: 1 } as const;
/** waitpid(2), and what it says: the signal in the low bits, else the code. */
export const WAIT = { noHang: 1, signalMask: 0x7f, codeShift: 8 } as const;
