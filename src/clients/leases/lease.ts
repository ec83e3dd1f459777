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
