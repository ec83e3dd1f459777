// What a DHCP server's file says of an address.
export interface Lease {
  /** As addressToText writes it. */
  readonly ip: string;
  readonly mac: string | null;
  readonly name: string | null;
  /** DHCPv6's identity of a client, and DHCPv4's client identifier: lower-case hexadecimal with colons. */
  readonly duid: string | null;
  readonly clientId: string | null;
  /** Wall clock; infinite when the file does not say, or its owner removes what has ended. */
  readonly endsMs: number;
}

/** In the order of the file: the last that is said of an address holds. */
export interface Said {
  readonly ip: string;
  /** Null: that it is free. */
  readonly lease: Partial<Omit<Lease, 'ip'>> | null;
}

/** `0001AABB`, `00:01:aa:bb`, `[0, 1, 170, 187]` → `00:01:aa:bb`; null for what is none. */
export function hexOctets(written: string | readonly number[]): string | null {
  if (typeof written !== 'string')
    return written.length === 0
      ? null
      : written.map((octet) => (octet & 0xff).toString(16).padStart(2, '0')).join(':');
  const digits = written.toLowerCase().replaceAll(/[:.-]/g, '');
  return digits.length === 0 || digits.length % 2 !== 0 || !/^[0-9a-f]+$/.test(digits)
    ? null
    : (digits.match(/../g) ?? []).join(':');
}

/** Ethernet, and IEEE 802 networks: hardware types with MAC addresses. */
const HARDWARE = ['00:01', '00:06'];

/** The MAC address in a DUID that is made of one: DUID-LLT and DUID-LL (RFC 8415 §11.2, §11.4). @param duid `00:03:00:01:aa:…` */
export function macOfDuid(duid: string): string | null {
  const [type, hardware] = [duid.slice(0, 5), duid.slice(6, 11)];
  if (!HARDWARE.includes(hardware)) return null;
  if (type === '00:01' && duid.length === 14 * 3 - 1) return duid.slice(8 * 3);
  if (type === '00:03' && duid.length === 10 * 3 - 1) return duid.slice(4 * 3);
  return null;
}

/** The DUID of a client that says the same over DHCPv4 (RFC 4361 §6.1: 255, four octets of IAID, the DUID). */
export const duidOfClientId = (clientId: string | null): string | null =>
  clientId?.startsWith('ff:') && clientId.length > 7 * 3 ? clientId.slice(5 * 3) : null;
