// What pfSense and OPNsense have alike: servers and records of their Unbound, and machines by DHCP.
import { isIP } from 'node:net';
import { formatEndpoint } from '../../../wire/names/address.ts';
import type { Plan } from '../../plan.ts';
import { INTERFACES, REBINDING, WITHOUT } from '../settings.ts';
import { type Element, elementsAt, textIn, textsIn } from './config-xml.ts';

const DNS_PORT = '53';
const TLS_PORT = '853';

/** A server's address, the name that its certificate has, and its port; empty: not said. */
export interface Server {
  readonly address: string;
  readonly name?: string;
  readonly port?: string;
  readonly isTls: boolean;
}

/** As cenote writes it. */
export function serverText({ address, name = '', port = '', isTls }: Server): string {
  const own = isTls ? TLS_PORT : DNS_PORT;
  const host = isTls && name !== '' ? name : address;
  const text = port === '' || port === own ? host : formatEndpoint(host, Number(port));
  return isTls ? `tls://${text}` : text;
}

/** For all names. Those that are asked by name have their address from the first two. */
export function giveServers(plan: Plan, servers: readonly Server[], what: string): void {
  for (const server of servers)
    plan.upstream(plan.upstreams, serverText(server), `${what} ${server.address}`);
  const named = servers.filter(({ name = '', isTls }) => isTls && name !== '').slice(0, 2);
  for (const { address } of named) plan.bootstrapServer(address, `${what} ${address}`);
}

/** `host` empty: the domain itself. */
export const nameIn = (host: string, domain: string): string =>
  [host, domain].filter((part) => part !== '').join('.');

/** Both ways, as their Unbound answers a host override. */
export function giveHost(plan: Plan, address: string, names: readonly string[], what: string): void {
  const plain = names.filter((name) => !name.startsWith('*.'));
  if (isIP(address) === 0) plan.leave(what, `${JSON.stringify(address)} is not an address`);
  else if (plain.length > 0) plan.host(`${address} ${plain.join(' ')}`, what);
  for (const name of names)
    if (name.startsWith('*.')) plan.record(`${name} ${isIP(address) === 6 ? 'AAAA' : 'A'} ${address}`, what);
}

/** Machines that have their address, and often their name, from the firewall's DHCP. */
export function giveReservations(plan: Plan, config: Element, domain: string): void {
  const legacy = ['dhcpd', 'dhcpdv6'].flatMap((dhcp) =>
    elementsAt(config, dhcp).flatMap(({ children }) =>
      children.flatMap((one) => elementsAt(one, 'staticmap')),
    ),
  );
  const kea = ['dhcp4', 'dhcp6'].flatMap((dhcp) =>
    elementsAt(config, 'OPNsense', 'Kea', dhcp, 'reservations', 'reservation'),
  );
  for (const one of [...legacy, ...kea]) {
    const of = (...names: readonly string[]): string =>
      names.map((name) => textIn(one, name)).find((text) => text !== '') ?? '';
    const [mac, name] = [of('mac', 'hw_address'), of('hostname')];
    const address = of('ipaddr', 'ipaddrv6', 'ip_address');
    if (name === '') continue;
    if (mac !== '') plan.clientName(mac.toLowerCase(), name, `DHCP: ${name}`);
    if (address !== '') giveHost(plan, address, [nameIn(name, domain)], `DHCP: ${name}`);
  }
  if (elementsAt(config, 'dhcpd').length > 0 || kea.length > 0)
    plan.differs(
      `${WITHOUT.dhcp}; names that it gave to machines as they came are known by \`clients.leases\` or reverse DNS`,
    );
}

/** Of an Unbound on the firewall, whatever of it is set. */
export function giveCommon(
  plan: Plan,
  resolver: Element,
  keys: { readonly port: string; readonly interfaces: string },
): void {
  const port = Number(textIn(resolver, keys.port) || DNS_PORT);
  plan.listen.dns.push(...['0.0.0.0', '::'].map((host) => formatEndpoint(host, port)));
  const interfaces = textsIn(resolver, keys.interfaces).filter((one) => one !== 'all');
  if (interfaces.length > 0) plan.leave(`${keys.interfaces} = ${interfaces.join(', ')}`, INTERFACES);
  plan.differs(REBINDING);
}

/** Whether its queries go to the servers of the system, and not to the root servers. */
export function giveForwarding(plan: Plan, isForwarding: boolean, servers: readonly Server[]): void {
  if (isForwarding) giveServers(plan, servers, 'system: dnsserver');
  else if (plan.upstreams.length === 0)
    plan.differs(
      'cenote forwards and does not recurse: the firewall asked the root servers itself. Name a resolver under `upstreams.default`, for example the firewall on another port',
    );
}
