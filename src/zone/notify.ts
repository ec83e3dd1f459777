// NOTIFY (RFC 1996): a primary says that its zone has changed. Pure: message in, reply out, and whether to believe it.
import ipaddr from 'ipaddr.js';
import { HEADER_OCTETS, readU16, writeU16 } from '../wire/header.ts';
import { lowerName, skipUncompressedName } from '../wire/names/name.ts';
import { CLASS, OPCODE, RCODE, TYPE } from '../wire/records/iana.ts';
import { isSigned, type TsigKey, TsigSession } from './tsig.ts';
import { ZoneError } from './zone-error.ts';

/** What is answered to a NOTIFY. */
export interface Notified {
  readonly reply: Uint8Array;
  /** Why it is not believed; null when it is. */
  readonly refused: string | null;
}

/** Whom to believe. */
export interface Primary {
  /** Lower case, wire form. */
  readonly zone: Uint8Array;
  /** Where it was last found, as text. */
  readonly addresses: readonly string[];
  readonly tsig: TsigKey | null;
  readonly nowSeconds: () => number;
}

/** The zone a NOTIFY speaks of, lower case, wire form; null when the message is no NOTIFY of a zone's SOA. */
export function zoneOfNotify(message: Uint8Array): Uint8Array | null {
  const end = questionEnd(message);
  if (end < 0) return null;
  const zone = new Uint8Array(end - 4 - HEADER_OCTETS);
  lowerName(message, HEADER_OCTETS, zone.length, zone);
  return zone;
}

/**
 * Answers a NOTIFY: only one from the primary's own address is believed, and where there is a key only one signed with it.
 * @param from the sender, 16 octets
 * @returns null when it speaks of another zone
 */
export function answerNotify(message: Uint8Array, from: Uint8Array, primary: Primary): Notified | null {
  const zone = zoneOfNotify(message);
  if (zone === null || Buffer.compare(zone, primary.zone) !== 0) return null;
  if (!primary.addresses.some((address) => isSame(address, from)))
    return refusal(message, RCODE.REFUSED, 'it does not come from the primary');
  const reply = replyTo(message, RCODE.NOERROR);
  if (primary.tsig === null)
    return isSigned(message)
      ? refusal(message, RCODE.NOTAUTH, 'it is signed and the list has no key (tsig)')
      : { reply, refused: null };
  if (!isSigned(message)) return refusal(message, RCODE.REFUSED, 'it is not signed with the key of the list');
  const session = new TsigSession(primary.tsig, primary.nowSeconds);
  try {
    session.verify(message);
  } catch (error) {
    if (error instanceof ZoneError) return refusal(message, RCODE.NOTAUTH, error.message);
    throw error;
  }
  return { reply: session.sign(reply), refused: null };
}

function refusal(message: Uint8Array, rcode: number, refused: string): Notified {
  return { reply: replyTo(message, rcode), refused };
}

/** QR and AA set, the opcode kept, everything else clear; the question alone (RFC 1996 §3.12). */
function replyTo(message: Uint8Array, rcode: number): Uint8Array {
  const reply = Uint8Array.from(message.subarray(0, questionEnd(message)));
  writeU16(reply, 2, 0x8400 | (OPCODE.NOTIFY << 11) | rcode);
  for (const count of [6, 8, 10]) writeU16(reply, count, 0);
  return reply;
}

/** −1 when the message is no NOTIFY of a zone's SOA. */
function questionEnd(message: Uint8Array): number {
  if (message.length < HEADER_OCTETS + 5) return -1;
  const flags = readU16(message, 2);
  if ((flags & 0x8000) !== 0 || ((flags >> 11) & 0xf) !== OPCODE.NOTIFY || readU16(message, 4) !== 1)
    return -1;
  const end = skipUncompressedName(message, HEADER_OCTETS, message.length);
  if (end < 0 || end + 4 > message.length) return -1;
  return readU16(message, end) === TYPE.SOA && readU16(message, end + 2) === CLASS.IN ? end + 4 : -1;
}

/** @param wide 16 octets, IPv4 as ::ffff:a.b.c.d */
function isSame(text: string, wide: Uint8Array): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  const own = address instanceof ipaddr.IPv4 ? address.toIPv4MappedAddress() : address;
  return Buffer.compare(Uint8Array.from(own.toByteArray()), wide) === 0;
}
