// The one check that every learnt name passes: leases, reverse DNS and files hold what strangers chose.
import { hostToName, nameToText } from '../wire/names/presentation.ts';

/** What a person would read as an address is no name (RFC 1123 §2.1). */
const LIKE_ADDRESS = /^\d+(?:\.\d+)+\.?$/;

/** Lower case, no trailing dot; null for what is no host name (RFC 1123 letters, an IDN as its A-labels). */
export function clientName(text: string | undefined): string | null {
  if (text === undefined || LIKE_ADDRESS.test(text.trim())) return null;
  const name = hostToName(text.trim());
  return name === null ? null : nameToText(name);
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** The same of octets that a client sent, as latin1: they are UTF-8, where they can be. */
export function sentName(text: string | undefined): string | null {
  if (text === undefined || !/[^ -~]/.test(text)) return clientName(text);
  try {
    return clientName(UTF8.decode(Buffer.from(text, 'latin1')));
  } catch {
    return clientName(text);
  }
}

const MAC = /^(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i;

/** Lower case with colons; null for what is no MAC address of six octets, and for the one of zeros. */
export function clientMac(text: string | undefined): string | null {
  if (text === undefined || !MAC.test(text)) return null;
  const mac = text.toLowerCase().replaceAll('-', ':');
  return mac === '00:00:00:00:00:00' ? null : mac;
}
