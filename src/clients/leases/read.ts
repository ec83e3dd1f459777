// Lease files of DHCP servers: which address has which MAC and which name. Told apart by their content.
//
// All are written while we read: the last line may be half. A line that is none is passed over; a file none of whose lines is one
// is not a lease file, and that is said.
import { addressToText, mayBeMachine, textToAddress } from '../../wire/names/address.ts';
import { iscLeases } from './isc.ts';
import { isKea, keaLeases } from './kea.ts';
import type { Lease, Said } from './lease.ts';
import { dnsmasqLeases, isOdhcpd, isUdhcpd, networkdLeases, odhcpdLeases, udhcpdLeases } from './routers.ts';
import { markedText, windowsLeases } from './windows.ts';

/** A network of more clients than this is not an office's; further leases are left out. */
export const LEASES_MAX = 65_536;

const ISC = /^\s*(?:lease\s|ia-na\s|ia-ta\s|ia-pd\s|authoring-byte-order\s|server-duid\s)/m;

/** @param writtenMs when the file was written, wall clock @returns what it says, in its order; null when it is no lease file */
export function parseLeases(
  octets: Uint8Array,
  writtenMs = Number.POSITIVE_INFINITY,
): readonly Said[] | null {
  const marked = markedText(octets);
  if (marked !== null) return windowsLeases(marked);
  const hasNul = octets.includes(0);
  if (hasNul && isUdhcpd(octets)) return udhcpdLeases(octets);
  // As latin1 every octet is a character. Where power was lost while a text was written, it has octets of zero: no line goes across.
  const text = Buffer.from(octets).toString('latin1').replaceAll(/\0+/g, '\n');
  if (isOdhcpd(text)) return odhcpdLeases(text);
  const meaningful = text.replace(/^\s*#.*$/gm, '').trim();
  if (meaningful === '') return hasNul ? null : [];
  if (isKea(meaningful)) return keaLeases(meaningful);
  if (meaningful.startsWith('{')) return networkdLeases(Buffer.from(octets).toString('utf8'));
  if (ISC.test(meaningful)) return iscLeases(text);
  return dnsmasqLeases(meaningful, writtenMs) ?? windowsLeases(Buffer.from(octets).toString('utf8'));
}

/** Files are appended to: the last that is said of an address holds. */
export function leasesOf(said: Iterable<Said>): Lease[] {
  const byAddress = new Map<string, Lease | null>();
  for (const { ip, lease } of said) {
    const octets = textToAddress(ip);
    if (octets === null || !mayBeMachine(octets) || byAddress.size >= LEASES_MAX) continue;
    const canonical = addressToText(octets);
    byAddress.set(
      canonical,
      lease === null
        ? null
        : {
            ip: canonical,
            mac: null,
            name: null,
            duid: null,
            clientId: null,
            endsMs: Number.POSITIVE_INFINITY,
            ...lease,
          },
    );
  }
  return [...byAddress.values()].filter((lease) => lease !== null);
}
