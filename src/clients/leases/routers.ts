// Lease files of small servers: dnsmasq, busybox udhcpd, OpenWrt's odhcpd, systemd-networkd.
import { addressToText, textToAddress } from '../../wire/names/address.ts';
import { clientMac, clientName } from '../client-name.ts';
import { hexOctets, type Said } from './lease.ts';

const FOREVER = Number.POSITIVE_INFINITY;
/** An end before 2001 is none that a server with a clock wrote for a lease of today. */
const CLOCKLESS_SECONDS = 1_000_000_000;
/** A server removes what has ended; this long after the end nobody did, and its file was not written either. */
const LEFT_MS = 3_600_000;

/**
 * `1764000000 aa:bb:cc:dd:ee:ff 192.0.2.7 till-3 *`; below a `duid` line those of DHCPv6, `1764000000 IAID 2001:db8::7 till-3 DUID`.
 * @param writtenMs when the file was written @returns null when it is no such file
 */
export function dnsmasqLeases(text: string, writtenMs: number): Said[] | null {
  let hasDuid = false;
  const lines = text.split('\n');
  const leases = lines.flatMap((line): Said[] => {
    const [ends = '', hardware = '', ip = '', name = '', id = ''] = line.trim().split(/\s+/);
    hasDuid ||= ends === 'duid';
    const isSix = ip.includes(':');
    if (!/^\d+$/.test(ends) || textToAddress(ip) === null) return [];
    const lease = {
      // Other kinds of hardware than Ethernet are marked with their number: `06-aa:bb:…`.
      mac: isSix ? null : clientMac(hardware.replace(/^[0-9a-f]{2}-(?=.{17}$)/i, '')),
      name: clientName(name),
      duid: isSix ? hexOctets(id) : null,
      clientId: isSix ? null : hexOctets(id),
      endsMs: dnsmasqEnd(Number(ends), writtenMs),
    };
    return [{ ip, lease }];
  });
  return leases.length === 0 && !hasDuid ? null : leases;
}

/** dnsmasq removes what has ended: what it wrote after the end holds on, by whatever clock; one that is dead removes nothing. */
function dnsmasqEnd(seconds: number, writtenMs: number): number {
  if (seconds === 0) return FOREVER;
  const endsMs = seconds * 1000;
  if (seconds < CLOCKLESS_SECONDS) return endsMs;
  return writtenMs > endsMs ? FOREVER : endsMs + LEFT_MS;
}

const UDHCPD = { head: 8, record: 36, address: 4, mac: 8, name: 14, nameOctets: 20 } as const;

/**
 * busybox udhcpd: eight octets of when it was written, then records of remaining seconds, address, MAC, name (NUL-padded) and two of
 * padding; numbers in network order.
 */
export function isUdhcpd(octets: Uint8Array): boolean {
  return (
    octets.length >= UDHCPD.head &&
    (octets.length - UDHCPD.head) % UDHCPD.record === 0 &&
    octets[0] === 0 &&
    octets[1] === 0
  );
}

export function udhcpdLeases(octets: Uint8Array): Said[] {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  const writtenSeconds = Number(view.getBigInt64(0));
  const leases: Said[] = [];
  for (let at: number = UDHCPD.head; at + UDHCPD.record <= octets.length; at += UDHCPD.record) {
    const nameEnd = octets.indexOf(0, at + UDHCPD.name);
    const name = octets.subarray(
      at + UDHCPD.name,
      Math.min(nameEnd < 0 ? octets.length : nameEnd, at + UDHCPD.name + UDHCPD.nameOctets),
    );
    leases.push({
      ip: addressToText(octets.subarray(at + UDHCPD.address, at + UDHCPD.address + 4)),
      lease: {
        mac: clientMac(hexOctets([...octets.subarray(at + UDHCPD.mac, at + UDHCPD.mac + 6)]) ?? undefined),
        name: clientName(Buffer.from(name).toString('latin1')),
        endsMs: (writtenSeconds + view.getUint32(at)) * 1000,
      },
    });
  }
  return leases;
}

const ODHCPD = /^# (\S+) ([0-9a-f]+) (\S+) (\S+) (-?\d+) ([0-9a-f]+) (\d+) (\S+(?: \S+)*)\s*$/i;

export const isOdhcpd = (text: string): boolean => text.split('\n').some((line) => ODHCPD.test(line));

/** `# br-lan DUID IAID till-3 1764000000 7 128 2001:db8::7/128`; of IPv4 the MAC and `ipv4` in their place. −1 does not end. */
export function odhcpdLeases(text: string): Said[] {
  return text.split('\n').flatMap((line): Said[] => {
    const [, , id = '', kind = '', name = '', ends = '', , , addresses = ''] = ODHCPD.exec(line) ?? [];
    if (addresses === '') return [];
    const isFour = kind === 'ipv4';
    const lease = {
      mac: isFour ? clientMac(hexOctets(id) ?? undefined) : null,
      duid: isFour ? null : hexOctets(id),
      name: name === '-' ? null : clientName(name),
      endsMs: ends === '-1' ? FOREVER : Number(ends) * 1000,
    };
    return addresses
      .split(' ')
      .filter((address) => isFour || address.endsWith('/128'))
      .map((address) => ({ ip: address.replace(/\/.*/, ''), lease }));
  });
}

interface NetworkdLease {
  readonly ClientId?: readonly number[];
  readonly Address?: readonly number[];
  readonly Hostname?: string;
  readonly HardwareAddress?: readonly number[];
  /** Microseconds; of the clock since boot where there is no other. */
  readonly ExpirationRealtimeUSec?: number;
}

/** systemd-networkd's DHCP server: JSON with `Leases`. @returns null when it is none */
export function networkdLeases(text: string): Said[] | null {
  let said: { readonly Leases?: readonly NetworkdLease[] } | null;
  try {
    said = JSON.parse(text);
  } catch {
    return null;
  }
  if (said === null || typeof said !== 'object' || !Array.isArray(said.Leases)) return null;
  return (said.Leases as readonly NetworkdLease[]).flatMap((one): Said[] => {
    if (!Array.isArray(one.Address)) return [];
    const ends = one.ExpirationRealtimeUSec;
    return [
      {
        ip: addressToText(Uint8Array.from(one.Address)),
        lease: {
          mac: clientMac(hexOctets(one.HardwareAddress ?? []) ?? undefined),
          name: clientName(one.Hostname),
          clientId: hexOctets(one.ClientId ?? []),
          endsMs: ends === undefined ? FOREVER : ends / 1000,
        },
      },
    ];
  });
}
