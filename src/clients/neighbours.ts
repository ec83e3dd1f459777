// The kernel's neighbour tables (ARP, NDP): which MAC address stands behind an address of this network.
//
// One dump over rtnetlink gives IPv4 and IPv6; where the C library cannot be called, /proc/net/arp gives IPv4.
import { readFileSync } from 'node:fs';
import { type Libc, loadLibc } from '../native/libc.ts';
import { addressToText } from '../wire/names/address.ts';
import { putScope } from '../wire/names/scope.ts';
import { clientMac } from './client-name.ts';

/** Address, as addressToText writes it → MAC. */
export type Neighbours = ReadonlyMap<string, string>;

/** Reads them now. Never fails: a table that cannot be read is empty. */
export type NeighbourReader = () => Neighbours;

const ARP_FILE = '/proc/net/arp';
const RTM = { newNeighbour: 28, getNeighbour: 30 } as const;
const MESSAGE = { error: 2, done: 3 } as const;
const DUMP = 0x301;
const HEADER_OCTETS = 16;
/** struct ndmsg: family, three of padding, index (4), state (2), flags, type. */
const NEIGHBOUR_OCTETS = 12;
const INTERFACE_AT = 4;
const STATE_AT = 8;
const ATTRIBUTE = { address: 1, hardware: 2 } as const;
/** NUD_INCOMPLETE, NUD_FAILED, NUD_NOARP: no machine is known to be there. */
const STATES_UNKNOWN = 0x01 | 0x20 | 0x40;
const PART_OCTETS = 64 * 1024;
/** What is behind is left out. */
const NEIGHBOURS_MAX = 65_536;

/** @param arpFile read where the kernel cannot be asked */
export async function openNeighbours(arpFile: string = ARP_FILE): Promise<NeighbourReader> {
  const libc = await loadLibc();
  if (typeof libc === 'string') return () => readArp(arpFile);
  const part = new Uint8Array(PART_OCTETS);
  return () => dumpNeighbours(libc, part) ?? readArp(arpFile);
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

/** Null when the kernel does not say. */
function dumpNeighbours(libc: Libc, part: Uint8Array): Neighbours | null {
  const request = new Uint8Array(HEADER_OCTETS + NEIGHBOUR_OCTETS);
  const view = new DataView(request.buffer);
  view.setUint32(0, request.length, true);
  view.setUint16(4, RTM.getNeighbour, true);
  view.setUint16(6, DUMP, true);
  const found = new Map<string, string>();
  const isWhole = libc.routes.ask(
    request,
    part,
    (octets) => readNeighbours(octets, found) || found.size >= NEIGHBOURS_MAX,
  );
  return isWhole ? found : null;
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
    if (type === ATTRIBUTE.address) {
      const address = octets.slice();
      if (address.length === 16) putScope(address, view.getUint32(begin + INTERFACE_AT, true));
      ip = addressToText(address);
    }
    if (type === ATTRIBUTE.hardware && octets.length === 6) mac = clientMac(octetsAsMac(octets));
    at += (length + 3) & ~3;
  }
  if (ip !== '' && mac !== null) found.set(ip, mac);
}

export const octetsAsMac = (octets: Uint8Array): string =>
  [...octets].map((octet) => octet.toString(16).padStart(2, '0')).join(':');

/** Of a MAC as `octetsAsMac` writes it. */
export const macOctets = (mac: string): Uint8Array =>
  Uint8Array.from(mac.split(':'), (part) => Number.parseInt(part, 16));
