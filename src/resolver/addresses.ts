// Addresses as text ↔ octets, where a person is going to read them or has written them.
import ipaddr from 'ipaddr.js';

/** 4 or 16 octets of an address literal, null when it is none. */
export function addressOctets(text: string): Uint8Array | null {
  return ipaddr.isValid(text) ? Uint8Array.from(ipaddr.parse(text).toByteArray()) : null;
}

/** Text of 4 octets or 16 (RFC 5952; ::ffff:a.b.c.d as IPv4). */
export function addressText(octets: Uint8Array): string {
  const address = ipaddr.fromByteArray([...octets]);
  return address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress()
    ? address.toIPv4Address().toString()
    : address.toString();
}
