// NOTIFY (RFC 1996): a primary says that its zone has changed. Pure: message in, reply and zone out; who listens calls it.
import { HEADER_OCTETS, readU16, writeU16 } from '../../../wire/header.ts';
import { CLASS, OPCODE, TYPE } from '../../../wire/iana.ts';
import { lowerName, skipUncompressedName } from '../../../wire/name.ts';
import { nameToText } from '../../../wire/presentation.ts';

export interface Notify {
  /** Lower case, no trailing dot. */
  readonly zone: string;
  /** What to send back. */
  readonly reply: Uint8Array;
}

/** @returns null when the message is no NOTIFY of a zone's SOA */
export function readNotify(message: Uint8Array): Notify | null {
  if (message.length < HEADER_OCTETS + 5) return null;
  const flags = readU16(message, 2);
  if ((flags & 0x8000) !== 0 || ((flags >> 11) & 0xf) !== OPCODE.NOTIFY || readU16(message, 4) !== 1)
    return null;
  const end = skipUncompressedName(message, HEADER_OCTETS, message.length);
  if (end < 0 || end + 4 > message.length) return null;
  if (readU16(message, end) !== TYPE.SOA || readU16(message, end + 2) !== CLASS.IN) return null;
  const name = new Uint8Array(end - HEADER_OCTETS);
  lowerName(message, HEADER_OCTETS, name.length, name);
  const reply = message.slice(0, end + 4);
  // QR and AA set, the opcode kept, everything else clear; the question alone (RFC 1996 §3.12).
  writeU16(reply, 2, 0x8400 | (OPCODE.NOTIFY << 11));
  writeU16(reply, 6, 0);
  writeU16(reply, 8, 0);
  writeU16(reply, 10, 0);
  return { zone: nameToText(name), reply };
}
