// `clients` as meant: whose name is whose, which files are read.
import { resolve as resolvePath } from 'node:path';
import { WHOLE_ADDRESS } from '../../wire/names/address.ts';
import { LABEL_OCTETS_MAX } from '../../wire/names/name.ts';
import { hostToName, nameToText } from '../../wire/names/presentation.ts';
import type { ClientsConfig } from '../meant/clients.ts';
import { findFile } from '../read/files.ts';
import type { ConfigFile } from '../schema.ts';
import { parseNetwork } from '../values/addresses.ts';
import { parseClient } from '../values/clients.ts';
import { quote } from '../values/parsed.ts';
import type { Findings } from './findings.ts';

/** Where the packages of Debian, Fedora, OpenWrt and Pi-hole have their leases. */
const USUAL_LEASES: readonly string[] = [
  '/var/lib/misc/dnsmasq.leases',
  '/var/lib/dnsmasq/dnsmasq.leases',
  '/tmp/dhcp.leases',
  '/etc/pihole/dhcp.leases',
  '/var/lib/dhcp/dhcpd.leases',
  '/var/lib/dhcp/dhcpd6.leases',
  '/var/lib/dhcpd/dhcpd.leases',
  '/var/lib/dhcpd/dhcpd6.leases',
  '/var/lib/kea/kea-leases4.csv',
  '/var/lib/kea/kea-leases6.csv',
  '/var/lib/misc/udhcpd.leases',
  '/tmp/hosts/odhcpd',
];

export function resolveClients(clients: ConfigFile['clients'], findings: Findings): ClientsConfig {
  const absolute = (path: string): string =>
    findFile(path, findings.places).path ?? resolvePath(findings.places.workingDirectory, path);
  const { hosts, leases, neighbours, reverse } = clients;
  return {
    names: Object.entries(clients.names).flatMap(([who, name]): ClientsConfig['names'] => {
      const host = hostToName(name.trim());
      if (host === null || !Number.isNaN(Number(name.replaceAll('.', ''))))
        findings.complain(
          ['clients', 'names', who],
          `${quote(name)} is not the name of a machine`,
          'use letters, digits, dashes and dots, and no address',
        );
      const called = host === null ? '' : nameToText(host);
      const parsed = parseClient(who.trim());
      const [pattern] = parsed.ok ? parsed.value : [];
      if (pattern?.kind === 'mac') return [{ address: null, mac: pattern.mac, name: called }];
      if (pattern?.kind === 'prefix' && pattern.bits === WHOLE_ADDRESS)
        return [{ address: pattern.bytes, mac: null, name: called }];
      findings.complain(
        ['clients', 'names', who],
        `${quote(who)} is not an address or a MAC address`,
        'write `10.0.0.12`, `2001:db8::12` or `aa:bb:cc:dd:ee:ff`, in quotes',
        'key',
      );
      return [];
    }),
    hosts: hosts === 'off' ? null : absolute(hosts),
    leases: leases.flatMap((path, index): ClientsConfig['leases'] => {
      if (path === 'auto') return USUAL_LEASES.map((usual) => ({ path: usual, mustExist: false }));
      const { path: found, tried, fault } = findFile(path, findings.places);
      if (found === null)
        findings.warn(
          ['clients', 'leases', index],
          `the lease file ${quote(path)} ${fault}; looked for ${tried.join(', ')}`,
          'machines get no names from it until it can be read',
        );
      return [{ path: absolute(path), mustExist: true }];
    }),
    neighbours,
    ids: resolveIds(clients.ids, findings),
    reverse,
    trust: clients.trust.flat(),
    users: resolveUsers(clients.users, findings),
  };
}

function resolveUsers(users: ConfigFile['clients']['users'], findings: Findings): ClientsConfig['users'] {
  const { radius, syslog, timeout } = users;
  const secrets = Object.entries(radius?.secrets ?? {}).flatMap(([who, secret]) => {
    const networks = parseNetwork(who.trim());
    if (networks.ok) return networks.value.map(({ bytes, bits }) => ({ bytes, bits, secret }));
    findings.complain(
      ['clients', 'users', 'radius', 'secrets', who],
      networks.wrong,
      'write the address or prefix of an access server, such as `10.0.0.2`, in quotes',
      'key',
    );
    return [];
  });
  if (radius !== undefined && Object.keys(radius.secrets).length === 0)
    findings.complain(
      ['clients', 'users', 'radius', 'secrets'],
      'no access server is named',
      'write `"10.0.0.2": SECRET`',
    );
  if (syslog?.from.length === 0)
    findings.complain(
      ['clients', 'users', 'syslog', 'from'],
      'nobody may send logon events',
      'name the servers that send them',
    );
  else if (syslog?.listen.length === 0)
    findings.complain(
      ['clients', 'users', 'syslog', 'listen'],
      'there is no address to take them on',
      'add one, such as `0.0.0.0:5514`',
    );
  return {
    radius: radius === undefined ? null : { listen: radius.listen, secrets },
    syslog: syslog === undefined ? null : { listen: syslog.listen, from: syslog.from.flat() },
    timeoutMs: timeout,
  };
}

function resolveIds(ids: ConfigFile['clients']['ids'], findings: Findings): ClientsConfig['ids'] {
  return Object.entries(ids).map(([written, secret]) => {
    const name = written.toLowerCase();
    const length = name.length + (secret === null ? 0 : 1 + secret.length);
    if (!/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(name) || length > LABEL_OCTETS_MAX)
      findings.complain(
        ['clients', 'ids', written],
        `${quote(written)} is not the name of a client`,
        `use letters, digits and dashes; with its secret it has at most ${LABEL_OCTETS_MAX - 1} characters`,
        'key',
      );
    return { name, secret };
  });
}
