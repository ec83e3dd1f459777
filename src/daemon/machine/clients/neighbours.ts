// The kernel's neighbour tables (ARP, NDP): which MAC address stands behind an address of this network.
//
// One dump over rtnetlink gives IPv4 and IPv6; where the C library cannot be called, /proc/net/arp gives IPv4.
import { readFileSync } from 'node:fs';
import { endianness } from 'node:os';
import { addressToText } from '../../../hits/address.ts';
import { clientMac } from './client-name.ts';

/** Address, as addressToText writes it → MAC. */
export type Neighbours = ReadonlyMap<string, string>;

/** Reads them now. Never fails: a table that cannot be read is empty. */
export type NeighbourReader = () => Neighbours;

const ARP_FILE = '/proc/net/arp';
const AF_NETLINK = 16;
const SOCK_RAW_CLOEXEC = 3 | 0o2000000;
const MSG_DONTWAIT = 0x40;
const RTM = { newNeighbour: 28, getNeighbour: 30 } as const;
const MESSAGE = { error: 2, done: 3 } as const;
const DUMP = 0x301;
const HEADER_OCTETS = 16;
/** struct ndmsg: family, three of padding, index (4), state (2), flags, type. */
const NEIGHBOUR_OCTETS = 12;
const STATE_AT = 8;
const ATTRIBUTE = { address: 1, hardware: 2 } as const;
/** NUD_INCOMPLETE, NUD_FAILED, NUD_NOARP: no machine is known to be there. */
const STATES_UNKNOWN = 0x01 | 0x20 | 0x40;
const BUFFER_OCTETS = 64 * 1024;
/** Octets of a dump that are read; what is behind is left out. */
const DUMP_OCTETS_MAX = 8 * 1024 * 1024;

/** @param arpFile read where the kernel cannot be asked */
export async function openNeighbours(arpFile: string = ARP_FILE): Promise<NeighbourReader> {
  const dump = await openDump();
  return () => dump?.() ?? readArp(arpFile);
}

/** Columns: IP address, HW type, flags, HW address, mask, device. */
export function readArp(path: string = ARP_FILE): Neighbours {
  let text = '';
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    // Not Linux, or no right to read it: nothing is known.
  }
  const rows = text.split('\n').slice(1);
  return new Map(
    rows.flatMap((row): [string, string][] => {
      const [ip = '', , , hardware] = row.trim().split(/\s+/);
      const mac = clientMac(hardware);
      return mac === null ? [] : [[ip, mac]];
    }),
  );
}

/** Null where it cannot be done; a single dump that fails is null too. */
async function openDump(): Promise<(() => Neighbours | null) | null> {
  if (process.platform !== 'linux' || endianness() !== 'LE') return null;
  try {
    const { load } = (await import('koffi')).default as unknown as typeof import('koffi');
    const c = load(null);
    const calls: Calls = {
      socket: c.func('socket', 'int', ['int', 'int', 'int']),
      send: c.func('send', 'long', ['int', 'uint8_t *', 'size_t', 'int']),
      receive: c.func('recv', 'long', ['int', 'uint8_t *', 'size_t', 'int']),
      close: c.func('close', 'int', ['int']),
    };
    return () => dumpNeighbours(calls);
  } catch {
    return null;
  }
}

interface Calls {
  readonly socket: (domain: number, type: number, protocol: number) => number;
  readonly send: (fd: number, octets: Uint8Array, length: number, flags: number) => number;
  readonly receive: (fd: number, octets: Uint8Array, length: number, flags: number) => number;
  readonly close: (fd: number) => number;
}

/** The kernel has the first part ready when `send` returns, and each next one when the one before was read. */
function dumpNeighbours({ socket, send, receive, close }: Calls): Neighbours | null {
  const fd = socket(AF_NETLINK, SOCK_RAW_CLOEXEC, 0);
  if (fd < 0) return null;
  try {
    const request = new Uint8Array(HEADER_OCTETS + NEIGHBOUR_OCTETS);
    const view = new DataView(request.buffer);
    view.setUint32(0, request.length, true);
    view.setUint16(4, RTM.getNeighbour, true);
    view.setUint16(6, DUMP, true);
    if (send(fd, request, request.length, 0) !== request.length) return null;
    const found = new Map<string, string>();
    const part = new Uint8Array(BUFFER_OCTETS);
    for (let read = 0; read < DUMP_OCTETS_MAX; ) {
      const length = receive(fd, part, part.length, MSG_DONTWAIT);
      if (length <= 0) return null;
      read += length;
      if (readNeighbours(part.subarray(0, length), found)) return found;
    }
    return found;
  } finally {
    close(fd);
  }
}

/**
 * Reads one part of a dump (rtnetlink(7)): messages of header and neighbour, each with attributes, all aligned to 4.
 * @returns whether it was the last
 */
export function readNeighbours(part: Uint8Array, found: Map<string, string>): boolean {
  const view = new DataView(part.buffer, part.byteOffset, part.byteLength);
  for (let at = 0; at + HEADER_OCTETS <= part.length; ) {
    const length = view.getUint32(at, true);
    const type = view.getUint16(at + 4, true);
    if (type === MESSAGE.done || type === MESSAGE.error) return true;
    if (length < HEADER_OCTETS || at + length > part.length) return true;
    if (type === RTM.newNeighbour) readOne(view, at + HEADER_OCTETS, at + length, found);
    at += (length + 3) & ~3;
  }
  return false;
}

function readOne(view: DataView, begin: number, end: number, found: Map<string, string>): void {
  if (begin + NEIGHBOUR_OCTETS > end) return;
  if ((view.getUint16(begin + STATE_AT, true) & STATES_UNKNOWN) !== 0) return;
  let ip = '';
  let mac: string | null = null;
  for (let at = begin + NEIGHBOUR_OCTETS; at + 4 <= end; ) {
    const length = view.getUint16(at, true);
    const type = view.getUint16(at + 2, true) & 0x3fff;
    if (length < 4 || at + length > end) break;
    const octets = new Uint8Array(view.buffer, view.byteOffset + at + 4, length - 4);
    if (type === ATTRIBUTE.address) ip = addressToText(octets);
    if (type === ATTRIBUTE.hardware && octets.length === 6) mac = clientMac(octetsAsMac(octets));
    at += (length + 3) & ~3;
  }
  if (ip !== '' && mac !== null) found.set(ip, mac);
}

const octetsAsMac = (octets: Uint8Array): string =>
  [...octets].map((octet) => octet.toString(16).padStart(2, '0')).join(':');
