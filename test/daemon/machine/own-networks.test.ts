// What `access.allow: own` stands for: the networks of the machine's interfaces, loopback and nonsense left out.
import type { NetworkInterfaceInfo } from 'node:os';
import t from 'tap';
import { ownNetworks } from '../../../src/daemon/machine/own-networks.ts';

const face = (cidr: string | null, internal = false): NetworkInterfaceInfo =>
  ({
    address: cidr?.split('/')[0] ?? '',
    netmask: '',
    mac: '',
    family: cidr?.includes(':') === true ? 'IPv6' : 'IPv4',
    internal,
    cidr,
    ...(cidr?.includes(':') === true ? { scopeid: 0 } : {}),
  }) as NetworkInterfaceInfo;

t.test('each network once, as a prefix without host bits', async (t) => {
  const networks = ownNetworks({
    lo: [face('127.0.0.1/8', true), face('::1/128', true)],
    lan: [face('192.0.2.7/24'), face('192.0.2.8/24'), face('2001:db8:1:2::7/64'), face('fe80::1/64')],
    tunnel: [face('198.51.100.1/32'), face(null)],
    odd: [face('203.0.113.1/0'), face('2001:db8::1/3')],
  });

  t.same(
    networks.map(({ text }) => text),
    ['192.0.2.0/24', '198.51.100.1/32', '2001:db8:1:2::/64', 'fe80::/64'],
  );
  t.equal(networks[0]?.bits, 120, 'counted in 16 octets');
});

t.test('this machine says something that can be read', async (t) => {
  t.ok(Array.isArray(ownNetworks()));
});
