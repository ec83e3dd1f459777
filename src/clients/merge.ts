// Everything that is known of the network's clients, put together: one name and one MAC an address.
//
// Who is believed for a name, in order: the configuration (by address, then by MAC), the hosts file, a lease, reverse DNS. An
// address that none of them names, as IPv6 addresses often are, has the name of another address of the same MAC.
import type { ClientsConfig } from '../config/config.ts';
import type { KnownClient } from '../policy/groups.ts';
import { addressToText, textToAddress } from '../wire/names/address.ts';
import type { Lease } from './lease-text.ts';
import type { Neighbours } from './neighbours.ts';

export interface Learnt {
  readonly configured: ClientsConfig['names'];
  /** Address text → name, of hosts files. */
  readonly hosts: ReadonlyMap<string, string>;
  readonly leases: readonly Lease[];
  readonly neighbours: Neighbours;
  /** Address text → name. */
  readonly reverse: readonly (readonly [ip: string, name: string])[];
  /** Wall clock: leases that have ended say nothing. */
  readonly nowMs: number;
}

export function mergeClients(learnt: Learnt): KnownClient[] {
  const { configured, hosts, leases, neighbours, reverse, nowMs } = learnt;
  const byAddress = new Map<string, string>();
  const byMac = new Map<string, string>();
  for (const { address, mac, name } of configured) {
    if (address !== null) byAddress.set(addressToText(address), name);
    if (mac !== null) byMac.set(mac, name);
  }
  const leased = new Map(leases.filter(({ endsMs }) => endsMs > nowMs).map((lease) => [lease.ip, lease]));
  const pointers = new Map(reverse);
  const addresses = new Set([
    ...neighbours.keys(),
    ...leased.keys(),
    ...hosts.keys(),
    ...byAddress.keys(),
    ...pointers.keys(),
  ]);
  const found = [...addresses].map((ip) => {
    const mac = neighbours.get(ip) ?? leased.get(ip)?.mac ?? null;
    const given = byAddress.get(ip) ?? (mac === null ? undefined : byMac.get(mac));
    const name = given ?? hosts.get(ip) ?? leased.get(ip)?.name ?? pointers.get(ip) ?? null;
    return { ip, mac, name };
  });
  const nameOfMac = new Map(
    found.flatMap(({ mac, name }) => (mac === null || name === null ? [] : [[mac, name] as const])),
  );
  return found.flatMap(({ ip, mac, name }): KnownClient[] => {
    const address = textToAddress(ip);
    if (address === null) return [];
    return [{ address, mac, name: name ?? (mac === null ? null : (nameOfMac.get(mac) ?? null)) }];
  });
}

/** The first name of a line is the canonical one; of two lines for an address the first counts. */
export function hostsNames(text: string, nameOf: (text: string) => string | null): Map<string, string> {
  const names = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [written = '', ...rest] = line.replace(/#.*/, '').trim().split(/\s+/);
    const octets = textToAddress(written);
    const name = nameOf(rest[0] ?? '');
    if (octets === null || name === null) continue;
    const ip = addressToText(octets);
    if (!names.has(ip)) names.set(ip, name);
  }
  return names;
}
