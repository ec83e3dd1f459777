// The networks this machine's interfaces are in: what `own` stands for in `access.allow`.
import type { NetworkInterfaceInfo } from 'node:os';
import ipaddr from 'ipaddr.js';
import type { Prefix } from '../../config/config.ts';
import { parsePrefix } from '../../config/values/addresses.ts';
import { interfacesNow } from '../../native/interfaces.ts';

/** An interface with so wide a network is misconfigured, and its network is not ours. */
const BITS_MIN = { IPv4: 8, IPv6: 32 } as const;

/** In the order of their texts, each once. */
export function ownNetworks(
  interfaces: NodeJS.Dict<NetworkInterfaceInfo[]> = interfacesNow(),
): readonly Prefix[] {
  const texts = Object.values(interfaces).flatMap((each) => (each ?? []).flatMap(networkOf));
  return [...new Set(texts)].sort().flatMap((text) => {
    const prefix = parsePrefix(text);
    return prefix.ok ? [prefix.value] : [];
  });
}

function networkOf({ cidr, family, internal }: NetworkInterfaceInfo): string[] {
  if (cidr === null || internal) return [];
  const bits = Number(cidr.split('/')[1]);
  if (!(bits >= BITS_MIN[family])) return [];
  const network =
    family === 'IPv4' ? ipaddr.IPv4.networkAddressFromCIDR(cidr) : ipaddr.IPv6.networkAddressFromCIDR(cidr);
  return [`${network.toString()}/${bits}`];
}
