// Lines of dnsmasq that are about names of hosts, which Pi-hole writes in the same way.
import { isIP } from 'node:net';
import { addressOctets } from '../../wire/names/address.ts';
import { pointerName } from '../../wire/names/presentation.ts';
import { asciiName, type Plan } from '../plan.ts';

/** `NAME[,NAME…][,IPv4][,IPv6][,TTL]`: both ways, back to the first name. */
export function hostRecord(plan: Plan, value: string, what: string): void {
  const words = value.split(',').map((word) => word.trim());
  const addresses = words.filter((word) => isIP(word) !== 0);
  const ttl = words.find((word) => /^\d+$/.test(word));
  const names = words.filter((word) => isIP(word) === 0 && word !== ttl && word !== '');
  for (const name of names)
    for (const address of addresses)
      plan.record(
        `${name} ${ttl === undefined ? '' : `${ttl} `}${isIP(address) === 6 ? 'AAAA' : 'A'} ${address}`,
        what,
      );
  const [first] = names;
  for (const address of addresses) {
    const octets = addressOctets(address);
    if (first !== undefined && octets !== null)
      plan.record(`${pointerName(octets)} ${ttl === undefined ? '' : `${ttl} `}PTR ${first}`, what);
  }
}

/** `MAC[,…],ADDRESS,NAME[,LEASE]`: its name is kept, the address is DHCP's. */
export function dhcpHost(plan: Plan, value: string, what: string): void {
  const words = value.split(',').map((word) => word.trim());
  const macs = words.filter((word) => /^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(word));
  const name = words.find(
    (word) =>
      !macs.includes(word) &&
      isIP(word) === 0 &&
      !/^(set:|tag:|id:|\[|\d+[mhdw]?$|infinite$|ignore$)/.test(word) &&
      word !== '',
  );
  if (name === undefined) return;
  for (const mac of macs) plan.clientName(mac.toLowerCase(), name, what);
}

/** `NAME[,NAME…],TARGET[,TTL]`, names in any letters. */
export function cname(plan: Plan, value: string, what: string): void {
  const words = value.split(',').map((word) => word.trim());
  const ttl = /^\d+$/.test(words.at(-1) ?? '') ? `${words.pop()} ` : '';
  const target = words.pop() ?? '';
  for (const name of words) plan.record(`${inAscii(name)} ${ttl}CNAME ${inAscii(target)}`, what);
}

const inAscii = (name: string): string => asciiName(name) ?? name;

/** A line of a hosts file whose names of one label have their whole name before them. */
export function withDomain(line: string, domain: string | null): string {
  const [address = '', ...names] = line.replace(/#.*$/, '').trim().split(/\s+/);
  const whole = names.flatMap((name) =>
    domain !== null && name !== '' && !name.includes('.') ? [`${name}.${domain}`, name] : [name],
  );
  return [address, ...new Set(whole)].join(' ');
}
