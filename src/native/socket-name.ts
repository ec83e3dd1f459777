// Addresses in the form that the C library takes: struct sockaddr_in and sockaddr_in6.
//
//   sockaddr_in     0 family u16   2 port (network)   4 address (network)
//   sockaddr_in6    0 family u16   2 port   4 flowinfo   8 address[16]   24 scope_id u32
import ipaddr from 'ipaddr.js';
import { interfacesNow } from './interfaces.ts';

export const AF = { unix: 1, inet: 2, inet6: 10 } as const;
export const NAME_OCTETS = { inet: 16, inet6: 28 } as const;

/** The address that connecting to makes a socket free: AF_UNSPEC. */
export const UNSPECIFIED: Uint8Array = new Uint8Array(NAME_OCTETS.inet);

/** @param host a literal address, with its zone where it has one (`fe80::1%eth0`) */
export function socketName(host: string, port: number): Uint8Array {
  const [address = '', zone] = host.split('%');
  const octets = ipaddr.parse(address).toByteArray();
  const six = octets.length === 16;
  const name = new Uint8Array(six ? NAME_OCTETS.inet6 : NAME_OCTETS.inet);
  const view = new DataView(name.buffer);
  view.setUint16(0, six ? AF.inet6 : AF.inet, true);
  view.setUint16(2, port);
  name.set(octets, six ? 8 : 4);
  if (six) view.setUint32(24, scopeOf(zone), true);
  return name;
}

export function portOfName(name: Uint8Array): number {
  return (name[2]! << 8) | name[3]!;
}

/** The interface number of a zone, 0 without one. */
function scopeOf(zone: string | undefined): number {
  if (zone === undefined) return 0;
  if (/^\d+$/.test(zone)) return Number(zone);
  const addresses = interfacesNow()[zone] ?? [];
  return addresses.find(({ family }) => family === 'IPv6')?.scopeid ?? 0;
}
