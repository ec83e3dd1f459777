// Everything that is known of the network's clients at one moment, put together: for each address, which machine, and its name.
//
// Who is believed for a name, in order: the configuration (by address, then by MAC), the hosts file, a lease, reverse DNS. An
// address that none of them names, as IPv6 addresses often are, has the name of another address of the same MAC.
// The kernel knows who answers at an address; a lease only who should. Where both name a MAC and it differs, the lease is of
// another machine, and so is what reverse DNS says, which DHCP servers write.
// What other sites of a fleet say comes last, and is lent to no other address.
import type { ClientsConfig } from '../config/meant/clients.ts';
import { addressToText, textToAddress } from '../wire/names/address.ts';
import { duidOfClientId, type Lease, macOfDuid } from './leases/lease.ts';
import type { NameFrom } from './machine.ts';
import type { Neighbours } from './neighbours.ts';

export interface Learnt {
  readonly configured: ClientsConfig['names'];
  /** Address text → name, of hosts files. */
  readonly hosts: ReadonlyMap<string, string>;
  readonly leases: readonly Lease[];
  readonly neighbours: Neighbours;
  /** Address text, of the machine or in its stead → what a trusted neighbour says of it. */
  readonly forwarded?: ReadonlyMap<string, ForwardedClient>;
  /** Of those, address text → when it was said, where that was since the last look. */
  readonly told?: ReadonlyMap<string, number>;
  /** Address text → name. */
  readonly reverse: readonly (readonly [ip: string, name: string])[];
  /** MAC, or address text where no MAC is known → what another site calls it. */
  readonly elsewhere?: NamesElsewhere;
  /** Wall clock: leases that have ended say nothing. */
  readonly nowMs: number;
}

export interface NameElsewhere {
  readonly name: string;
  readonly site: string;
}
export type NamesElsewhere = ReadonlyMap<string, NameElsewhere>;

/** A machine that asks through a trusted neighbour. */
export interface ForwardedClient {
  readonly mac: string | null;
  readonly id: string | null;
  /** The neighbour's address. */
  readonly through: string;
}

/** What is known of who is at an address. */
export interface Observation {
  /** 16 octets. */
  readonly address: Uint8Array;
  /** What its machine is known by (`Machine.key`); null: by this address alone. */
  readonly key: string | null;
  /** Further keys of the same machine. */
  readonly alsoKeys: readonly string[];
  readonly mac: string | null;
  readonly name: string | null;
  readonly nameFrom: NameFrom | null;
  /** Whether several machines answer with its MAC: none of them has another's name. */
  readonly isShared: boolean;
  readonly through: string | null;
  /** When a trusted neighbour said that it is there, wall clock; null: not since the last look, or the kernel says otherwise. */
  readonly toldMs: number | null;
}

const NOBODY: ReadonlyMap<string, ForwardedClient> = new Map();
const NO_NEWS: ReadonlyMap<string, number> = new Map();
export const NOTHING_ELSEWHERE: NamesElsewhere = new Map();

type Named = Pick<Observation, 'name' | 'nameFrom'>;
type Found = Omit<Observation, 'address'> & { readonly ip: string };

export function mergeClients(learnt: Learnt): Observation[] {
  const { configured, hosts, leases, neighbours, reverse, nowMs, forwarded = NOBODY } = learnt;
  const { elsewhere = NOTHING_ELSEWHERE, told: news = NO_NEWS } = learnt;
  const byAddress = new Map<string, string>();
  const byMac = new Map<string, string>();
  for (const { address, mac, name } of configured) {
    if (address !== null) byAddress.set(addressToText(address), name);
    if (mac !== null) byMac.set(mac, name);
  }
  const leased = new Map(leases.filter(({ endsMs }) => endsMs > nowMs).map((lease) => [lease.ip, lease]));
  const pointers = new Map(reverse);
  const relays = relaysAmong(neighbours, leased);
  const macs = new Set([
    ...byMac.keys(),
    ...neighbours.values(),
    ...[...leased.values()].map((lease) => lease.mac),
  ]);
  const addresses = new Set([
    ...neighbours.keys(),
    ...forwarded.keys(),
    ...leased.keys(),
    ...hosts.keys(),
    ...byAddress.keys(),
    ...pointers.keys(),
    ...elsewhere.keys(),
  ]);
  const found = [...addresses].map((ip): Found => {
    const told = forwarded.get(ip) ?? null;
    const answers = neighbours.get(ip) ?? told?.mac ?? null;
    const lease = leased.get(ip) ?? null;
    const isOfAnother = lease?.mac != null && answers !== null && lease.mac !== answers;
    // A lease of DHCPv6 has a DUID in place of a MAC, which may hold that of an interface of its machine (RFC 8415 §11.2, §11.4). It may
    // be of another interface, or of one that is gone: it counts where the network knows it.
    const within = lease?.duid == null ? null : macOfDuid(lease.duid);
    const mac = answers ?? lease?.mac ?? (within !== null && macs.has(within) ? within : null);
    const isRelayed = mac !== null && relays.has(mac);
    const own = isOfAnother ? null : lease;
    const given = byAddress.get(ip) ?? (mac === null ? undefined : byMac.get(mac));
    const named = firstNamed([
      [given, 'config'],
      [hosts.get(ip), 'hosts'],
      [own?.name, 'lease'],
      [told?.id, 'client'],
      [isOfAnother ? null : pointers.get(ip), 'ptr'],
      // Behind a box that passes on, the MAC says nothing, and the lease is the best there is.
      [isRelayed ? lease?.name : null, 'inferred'],
    ]);
    const alsoKeys = [
      ...keyOf('duid', own?.duid ?? duidOfClientId(own?.clientId ?? null)),
      ...keyOf('id', own?.clientId),
    ];
    const known = [
      ...keyOf('mac', isRelayed ? null : mac),
      ...alsoKeys,
      ...keyOf('name', byAddress.get(ip) ?? told?.id),
    ];
    return {
      ip,
      mac,
      ...named,
      isShared: isRelayed,
      through: told?.through ?? null,
      toldMs: answers === (told?.mac ?? null) ? (news.get(ip) ?? null) : null,
      key: known[0] ?? null,
      alsoKeys,
    };
  });
  const namesOfMac = namesByMac(found);
  return found.flatMap(({ ip, ...one }): Observation[] => {
    const address = textToAddress(ip);
    if (address === null) return [];
    const { name, mac, isShared } = one;
    const lent = name !== null || mac === null || isShared ? undefined : namesOfMac.get(mac);
    if (lent === undefined) return [{ address, ...one, ...namedElsewhere(ip, one, elsewhere) }];
    return [
      { address, ...one, ...(lent === null ? { isShared: true } : { name: lent, nameFrom: 'inferred' }) },
    ];
  });
}

/** A MAC says more than an address, which another machine may have had when that site was asked. */
function namedElsewhere(
  ip: string,
  { name, mac, isShared }: Omit<Found, 'ip'>,
  elsewhere: NamesElsewhere,
): Partial<Named> {
  if (name !== null || isShared) return {};
  const found = elsewhere.get(mac ?? ip);
  return found === undefined ? {} : { name: found.name, nameFrom: `site ${found.site}` };
}

/**
 * MACs that answer for several addresses whose leases are of as many others: a Wi-Fi repeater, proxy ARP. One such address alone
 * is a machine that took another's address.
 */
function relaysAmong(neighbours: Neighbours, leased: ReadonlyMap<string, Lease>): ReadonlySet<string> {
  const behind = new Map<string, Set<string>>();
  for (const [ip, mac] of neighbours) {
    const of = leased.get(ip)?.mac ?? null;
    if (of === null || of === mac) continue;
    const others = behind.get(mac) ?? new Set();
    behind.set(mac, others.add(of));
  }
  return new Set([...behind].filter(([, others]) => others.size > 1).map(([mac]) => mac));
}

/** The one name of all addresses of a MAC; null where they differ, for then several machines stand behind it. */
function namesByMac(found: readonly Found[]): ReadonlyMap<string, string | null> {
  const names = new Map<string, string | null>();
  for (const { mac, name, nameFrom } of found) {
    if (mac === null || name === null || nameFrom === 'inferred') continue;
    const before = names.get(mac);
    if (before === undefined) names.set(mac, name);
    else if (before !== null && labelOf(before) !== labelOf(name)) names.set(mac, null);
  }
  return names;
}

/** `till-3` and `till-3.office.example` are one name, said by a lease and by reverse DNS. */
const labelOf = (name: string): string => name.split('.', 1)[0] ?? name;

function firstNamed(said: readonly (readonly [string | null | undefined, NameFrom])[]): Named {
  for (const [name, nameFrom] of said) if (name != null) return { name, nameFrom };
  return { name: null, nameFrom: null };
}

const keyOf = (kind: 'mac' | 'duid' | 'id' | 'name', text: string | null | undefined): readonly string[] =>
  text == null ? [] : [`${kind}:${text}`];

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
