// RADIUS accounting (RFC 2866): who was given which address by a switch, an access point or a VPN, as octets.
//
// A request counts when its authenticators prove the shared secret. Own code: what npm has for RADIUS loads dictionaries of thousands of
// attributes, has no types and no IPv6 prefixes; twelve attributes are of use here.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { canonicalMac } from '../../config/values/clients.ts';
import {
  addressToText,
  maskedOctets,
  textToAddress,
  WHOLE_ADDRESS,
  wideOctets,
} from '../../wire/names/address.ts';
import { clientMac } from '../client-name.ts';
import type { Session } from './session.ts';

const CODE = { accountingRequest: 4, accountingResponse: 5, statusServer: 12 } as const;
const HEADER_OCTETS = 20;
const AUTHENTICATOR_AT = 4;
const AUTHENTICATOR_OCTETS = 16;
const PACKET_OCTETS_MAX = 4096;
const ATTRIBUTE = {
  userName: 1,
  nasIpAddress: 4,
  framedIpAddress: 8,
  callingStationId: 31,
  nasIdentifier: 32,
  proxyState: 33,
  acctStatusType: 40,
  acctDelayTime: 41,
  acctSessionId: 44,
  messageAuthenticator: 80,
  nasIpv6Address: 95,
  framedIpv6Prefix: 97,
  framedIpv6Address: 168,
} as const;
const STATUS: Readonly<Record<number, Accounting['status']>> = {
  1: 'start',
  2: 'stop',
  3: 'interim',
  7: 'on',
  8: 'off',
};

export interface Accounting {
  readonly status: 'start' | 'stop' | 'interim' | 'on' | 'off';
  readonly user: string | null;
  readonly sessionId: string;
  /** The access server, as it calls itself. */
  readonly nas: string;
  readonly networks: Session['networks'];
  readonly mac: string | null;
  /** How long ago it happened. */
  readonly delaySeconds: number;
}

export type Received =
  | { readonly kind: 'accounting'; readonly said: Accounting; readonly reply: Buffer }
  /** It asks whether anybody is there, or says what is not read here. */
  | { readonly kind: 'answered'; readonly reply: Buffer }
  | { readonly kind: 'refused'; readonly why: 'malformed' | 'authenticator' };

type Attribute = readonly [type: number, value: Buffer];

/** @param packet a datagram @param secret what its sender shares with us */
export function readAccounting(packet: Buffer, secret: string): Received {
  const attributes = attributesOf(packet);
  if (attributes === null) return { kind: 'refused', why: 'malformed' };
  const { length } = attributes;
  const request = packet.subarray(0, length);
  if (!isGenuine(request, attributes.all, secret)) return { kind: 'refused', why: 'authenticator' };
  const reply = replyTo(request, attributes.all, secret);
  if (request[0] === CODE.statusServer) return { kind: 'answered', reply };
  const said = accountingOf(attributes.all);
  return said === null ? { kind: 'answered', reply } : { kind: 'accounting', said, reply };
}

function attributesOf(
  packet: Buffer,
): { readonly length: number; readonly all: readonly Attribute[] } | null {
  if (packet.length < HEADER_OCTETS || packet.length > PACKET_OCTETS_MAX) return null;
  const [code = 0] = packet;
  if (code !== CODE.accountingRequest && code !== CODE.statusServer) return null;
  const length = packet.readUInt16BE(2);
  if (length < HEADER_OCTETS || length > packet.length) return null;
  const all: Attribute[] = [];
  for (let at = HEADER_OCTETS; at < length; ) {
    const octets = packet[at + 1] ?? 0;
    if (octets < 2 || at + octets > length) return null;
    all.push([packet[at] ?? 0, packet.subarray(at + 2, at + octets)]);
    at += octets;
  }
  return { length, all };
}

/** RFC 2866 §3 for the Request Authenticator; RFC 3579 §3.2 and RFC 5997 §3 for the Message-Authenticator. */
function isGenuine(request: Buffer, attributes: readonly Attribute[], secret: string): boolean {
  const isStatus = request[0] === CODE.statusServer;
  const zeroed = Buffer.from(request);
  if (!isStatus) zeroed.fill(0, AUTHENTICATOR_AT, HEADER_OCTETS);
  const authenticator = request.subarray(AUTHENTICATOR_AT, HEADER_OCTETS);
  if (!isStatus && !isEqual(authenticator, createHash('md5').update(zeroed).update(secret).digest()))
    return false;
  const signed = attributes.find(([type]) => type === ATTRIBUTE.messageAuthenticator);
  // Only this proves a Status-Server, whose authenticator is random.
  if (signed === undefined) return !isStatus;
  const [, value] = signed;
  if (value.length !== AUTHENTICATOR_OCTETS) return false;
  const at = value.byteOffset - request.byteOffset;
  zeroed.fill(0, at, at + AUTHENTICATOR_OCTETS);
  return isEqual(value, createHmac('md5', secret).update(zeroed).digest());
}

const isEqual = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);

/**
 * With the proxies' state as it came (RFC 2866 §4.2). Signed where that is defined: in the answer to a Status-Server (RFC 5997 §4.2);
 * FreeRADIUS refuses a Message-Authenticator in another one that is made as in Access-Accept.
 */
function replyTo(request: Buffer, attributes: readonly Attribute[], secret: string): Buffer {
  const isSigned = request[0] === CODE.statusServer;
  const parts = attributes.flatMap(([type, value]) =>
    type === ATTRIBUTE.proxyState ? [Buffer.from([type, value.length + 2]), value] : [],
  );
  const signature = Buffer.alloc(isSigned ? AUTHENTICATOR_OCTETS + 2 : 0);
  if (isSigned) signature.set([ATTRIBUTE.messageAuthenticator, signature.length]);
  const reply = Buffer.concat([request.subarray(0, HEADER_OCTETS), signature, ...parts]);
  reply[0] = CODE.accountingResponse;
  reply.writeUInt16BE(reply.length, 2);
  if (isSigned)
    createHmac('md5', secret)
      .update(reply)
      .digest()
      .copy(reply, HEADER_OCTETS + 2);
  createHash('md5').update(reply).update(secret).digest().copy(reply, AUTHENTICATOR_AT);
  return reply;
}

function accountingOf(attributes: readonly Attribute[]): Accounting | null {
  const first = (type: number): Buffer | undefined => attributes.find(([one]) => one === type)?.[1];
  const number = (type: number): number => {
    const value = first(type);
    return value?.length === 4 ? value.readUInt32BE() : 0;
  };
  const text = (type: number): string | null => first(type)?.toString('utf8') ?? null;
  const status = STATUS[number(ATTRIBUTE.acctStatusType)];
  if (status === undefined) return null;
  const addresses = [ATTRIBUTE.nasIpAddress, ATTRIBUTE.nasIpv6Address].flatMap((type) => first(type) ?? []);
  const nas = text(ATTRIBUTE.nasIdentifier) ?? addresses.map((octets) => addressToText(octets))[0] ?? '';
  return {
    status,
    user: text(ATTRIBUTE.userName),
    sessionId: text(ATTRIBUTE.acctSessionId) ?? '',
    nas,
    networks: attributes.flatMap(networkOf),
    mac: stationMac(text(ATTRIBUTE.callingStationId)),
    delaySeconds: number(ATTRIBUTE.acctDelayTime),
  };
}

/** Addresses that mean "any" or "the access server chooses" (RFC 2865 §5.8) are none. */
function networkOf([type, value]: Attribute): Session['networks'] {
  if (type === ATTRIBUTE.framedIpAddress && value.length === 4) {
    const isNone = value.every((octet) => octet === 0) || value.readUInt32BE() >= 0xfffffffe;
    return isNone ? [] : [{ bytes: wideOctets(Uint8Array.from(value)), bits: WHOLE_ADDRESS }];
  }
  if (type === ATTRIBUTE.framedIpv6Address && value.length === 16)
    return value.every((octet) => octet === 0)
      ? []
      : [{ bytes: Uint8Array.from(value), bits: WHOLE_ADDRESS }];
  if (type === ATTRIBUTE.framedIpv6Prefix && value.length >= 2) {
    const bits = value[1] ?? 0;
    if (bits < 32 || bits > WHOLE_ADDRESS || value.length - 2 > 16) return [];
    const bytes = new Uint8Array(16);
    bytes.set(value.subarray(2));
    return [{ bytes: maskedOctets(bytes, bits), bits }];
  }
  return [];
}

/** `02-00-00-00-00-01`, `02:00:…`, `0200.0000.0001`, `020000000001`, with `:SSID` behind it in some; null for a telephone or an address. */
function stationMac(written: string | null): string | null {
  if (written === null || textToAddress(written) !== null) return null;
  const [station = ''] =
    /^(?:[0-9a-f]{2}[:.-]?){5}[0-9a-f]{2}(?![0-9a-f])|^(?:[0-9a-f]{4}[.-]){2}[0-9a-f]{4}(?![0-9a-f])/i.exec(
      written,
    ) ?? [];
  // A telephone number of twelve digits is no MAC.
  return /^\d+$/.test(station) ? null : clientMac(canonicalMac(station));
}
