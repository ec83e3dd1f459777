// One address's MAC, asked of the kernel at once: by which interface it is reached, and who answers there.
//
// Two messages over rtnetlink(7), which the kernel answers before they return. An address behind a gateway is nobody's neighbour.
import { type Libc, loadLibc } from '../native/libc.ts';
import { addressToText, plainOctets } from '../wire/names/address.ts';
import { putScope, scopeOf } from '../wire/names/scope.ts';
import { macOctets, readNeighbours } from './neighbours.ts';

/** @param address 16 octets @returns six octets; null where the kernel knows nobody there */
export type NeighbourAsker = (address: Uint8Array) => Uint8Array | null;

const HEADER_OCTETS = 16;
/** struct rtmsg and struct ndmsg are equally long. */
const BODY_OCTETS = 12;
const ATTRIBUTE_OCTETS = 4;
const PART_OCTETS = 8192;
const FAMILY = { four: 2, six: 10 } as const;
const REQUEST = 1;
const MESSAGE = { newRoute: 24, getRoute: 26, getNeighbour: 30 } as const;
/** The address asked for, in both kinds of message. */
const DESTINATION = 1;
const ROUTE = { interface: 4, gateway: 5 } as const;

/** Null where the kernel cannot be asked. */
export async function openNeighbour(): Promise<NeighbourAsker | null> {
  const libc = await loadLibc();
  if (typeof libc === 'string') return null;
  const part = new Uint8Array(PART_OCTETS);
  return (address) => macOf(libc, part, address);
}

function macOf(libc: Libc, part: Uint8Array, address: Uint8Array): Uint8Array | null {
  const octets = plainOctets(address).slice();
  if (octets.length === 16) putScope(octets, 0);
  const number = scopeOf(address) || interfaceTo(libc, part, octets);
  if (number === 0) return null;
  const { request, body } = requestFor(MESSAGE.getNeighbour, octets);
  body.setUint32(4, number, true);
  const found = new Map<string, string>();
  libc.routes.ask(request, part, (answer) => {
    readNeighbours(answer, found);
    return true;
  });
  const scoped = octets.slice();
  if (scoped.length === 16) putScope(scoped, number);
  const mac = found.get(addressToText(scoped));
  return mac === undefined ? null : macOctets(mac);
}

/** 0: none, or by way of a gateway. */
function interfaceTo(libc: Libc, part: Uint8Array, octets: Uint8Array): number {
  const { request, body } = requestFor(MESSAGE.getRoute, octets);
  body.setUint8(1, 8 * octets.length);
  let number = 0;
  libc.routes.ask(request, part, (answer) => {
    number = readRoute(answer);
    return true;
  });
  return number;
}

function requestFor(type: number, octets: Uint8Array): { request: Uint8Array; body: DataView } {
  const request = new Uint8Array(HEADER_OCTETS + BODY_OCTETS + ATTRIBUTE_OCTETS + octets.length);
  const view = new DataView(request.buffer);
  view.setUint32(0, request.length, true);
  view.setUint16(4, type, true);
  view.setUint16(6, REQUEST, true);
  const body = new DataView(request.buffer, HEADER_OCTETS);
  body.setUint8(0, octets.length === 4 ? FAMILY.four : FAMILY.six);
  body.setUint16(BODY_OCTETS, ATTRIBUTE_OCTETS + octets.length, true);
  body.setUint16(BODY_OCTETS + 2, DESTINATION, true);
  request.set(octets, HEADER_OCTETS + BODY_OCTETS + ATTRIBUTE_OCTETS);
  return { request, body };
}

/** The interface of the one route in a kernel's answer; 0 where it has a gateway, or is none. */
export function readRoute(answer: Uint8Array): number {
  const view = new DataView(answer.buffer, answer.byteOffset, answer.byteLength);
  if (answer.length < HEADER_OCTETS + BODY_OCTETS || view.getUint16(4, true) !== MESSAGE.newRoute) return 0;
  const end = Math.min(answer.length, view.getUint32(0, true));
  let number = 0;
  for (let at = HEADER_OCTETS + BODY_OCTETS; at + ATTRIBUTE_OCTETS <= end; ) {
    const length = view.getUint16(at, true);
    const type = view.getUint16(at + 2, true);
    if (length < ATTRIBUTE_OCTETS || at + length > end) return 0;
    if (type === ROUTE.gateway) return 0;
    if (type === ROUTE.interface && length === 8) number = view.getUint32(at + 4, true);
    at += (length + 3) & ~3;
  }
  return number;
}
