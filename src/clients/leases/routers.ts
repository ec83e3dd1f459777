// Lease files of small servers: dnsmasq, busybox udhcpd, OpenWrt's odhcpd, systemd-networkd.
import { addressToText, textToAddress } from '../../wire/names/address.ts';
import { clientMac, clientName, sentName } from '../client-name.ts';
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
    // No-break space is an octet of UTF-8 here.
    const [ends = '', hardware = '', ip = '', name = '', id = ''] = line.match(/[^ \t\r]+/g) ?? [];
    hasDuid ||= ends === 'duid';
    const isSix = ip.includes(':');
    if (!/^\d+$/.test(ends) || textToAddress(ip) === null) return [];
    const lease = {
      // Other kinds of hardware than Ethernet are marked with their number: `06-aa:bb:…`.
      mac: isSix ? null : clientMac(hardware.replace(/^[0-9a-f]{2}-(?=.{17}$)/i, '')),
      name: sentName(name),
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
        name: sentName(Buffer.from(name).toString('latin1')),
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
      name: name === '-' ? null : sentName(name),
      endsMs: ends === '-1' ? FOREVER : Number(ends) * 1000,
    };
    return addresses
      .split(' ')
      .filter((address) => isFour || address.endsWith('/128'))
      .map((address) => ({ ip: address.replace(/\/.*/, ''), lease }));
  });
}

/** systemd-networkd's DHCP server: JSON with `Leases`; what is wrong in one is left out. @returns null when it is none */
export function networkdLeases(text: string): Said[] | null {
  let said: { readonly Leases?: unknown } | null;
  try {
    said = JSON.parse(text);
  } catch {
    return null;
  }
  if (said === null || typeof said !== 'object' || !Array.isArray(said.Leases)) return null;
  return (said.Leases as readonly (Readonly<Record<string, unknown>> | null)[]).flatMap((one): Said[] => {
    const address = octetsOf(one?.['Address']);
    if (one === null || (address.length !== 4 && address.length !== 16)) return [];
    const name = one['Hostname'];
    // Microseconds; of the clock since boot where there is no other.
    const ends = one['ExpirationRealtimeUSec'];
    return [
      {
        ip: addressToText(Uint8Array.from(address)),
        lease: {
          mac: clientMac(hexOctets(octetsOf(one['HardwareAddress'])) ?? undefined),
          name: typeof name === 'string' ? clientName(name) : null,
          clientId: hexOctets(octetsOf(one['ClientId'])),
          endsMs: typeof ends === 'number' ? ends / 1000 : FOREVER,
        },
      },
    ];
  });
}

/** Empty for what is no list of octets. */
const octetsOf = (value: unknown): readonly number[] =>
  Array.isArray(value) && value.every((octet) => Number.isInteger(octet) && octet >= 0 && octet <= 0xff)
    ? value
    : [];
