// `clients`: how the machines of the network get their names.
import { z } from 'zod';
import { parseNetwork, parseSocketAddress } from '../values/addresses.ts';
import { bad, good, type Parsed } from '../values/parsed.ts';
import { anyText, duration, flag, text } from './kinds.ts';

const SECRET = /^[a-z0-9]{16,48}$/i;

function parseSecret(written: string): Parsed<string | null> {
  if (written === 'local') return good(null);
  return SECRET.test(written)
    ? good(written.toLowerCase())
    : bad(
        'this is no secret of a client',
        'write 16 to 48 letters and digits, as `openssl rand -hex 12` makes them, or `local`',
      );
}

const DAY_MS = 86_400_000;
const socket = () => text('an address with a port, such as `0.0.0.0:1813`', parseSocketAddress);
const network = () => text('`private`, an address or a prefix', parseNetwork);

const usersSchema = z.strictObject({
  radius: z
    .strictObject({
      listen: z
        .array(socket())
        .prefault(['0.0.0.0:1813'])
        .describe('Addresses that take RADIUS accounting (UDP), usually port 1813.'),
      secrets: z
        .record(z.string(), anyText('the secret that it shares with cenote', { secret: true }))
        .describe(
          'Access servers (switches, access points, VPN gateways, RADIUS servers that pass accounting on) by address or prefix, each with its shared secret: `"10.0.0.2": "file:/run/secrets/radius"`.',
        ),
    })
    .optional()
    .describe('Users as RADIUS accounting says them: who was given which address, or is at which MAC.'),
  syslog: z
    .strictObject({
      listen: z
        .array(socket())
        .describe('Addresses that take syslog messages over UDP and TCP, such as `0.0.0.0:5514`.'),
      from: z
        .array(network())
        .describe(
          'Who may send them. Over UDP a sender can be forged: keep the port to the network of the servers.',
        ),
    })
    .optional()
    .describe(
      'Users as Windows logon events say them (4624, ended by 4634 and 4647 of the same logon id), sent by NXLog, Winlogbeat, Snare and their kin.',
    ),
  timeout: duration({ min: 60_000, max: 30 * DAY_MS })
    .prefault('1d')
    .describe('A session that nothing more is said of, no interim update and no end, is over after so long.'),
});

export const clientsSchema = z.strictObject({
  names: z
    .record(z.string(), anyText('a name such as `till-3`'))
    .prefault({})
    .describe('Names by address or MAC address, before all that is learnt: `"10.0.0.12": till-3`.'),
  hosts: anyText('a file such as `/etc/hosts`')
    .prefault('/etc/hosts')
    .describe('A hosts file that names clients; `off` reads none.'),
  leases: z
    .array(anyText('a file such as `/var/lib/misc/dnsmasq.leases`'))
    .prefault(['auto'])
    .describe(
      'Lease files of dnsmasq, ISC dhcpd, Kea (CSV, with the files of its cleanup), busybox udhcpd, odhcpd or systemd-networkd (JSON), or what a DHCP server of Windows exports (XML, CSV, netsh), read again when they change; `auto` is the usual places.',
    ),
  neighbours: flag()
    .prefault(true)
    .describe("Whether MAC addresses are taken from the kernel's neighbour tables (ARP, NDP)."),
  trust: z
    .array(text('`private`, an address or a prefix', parseNetwork))
    .prefault([])
    .describe(
      'Neighbours that ask for others (a router, dnsdist, a DoH proxy) and may say for which machine: by EDNS options 65001 and 65073 (MAC), ECS with a whole address, 65074 (an id), the PROXY protocol (`listen.proxy`), and `Forwarded`, `X-Forwarded-For` or `X-Real-IP` over HTTPS. Groups, limits and hits go by that machine. From all others it is ignored.',
    ),
  ids: z
    .record(z.string(), text('`local` or a secret', parseSecret, { secret: true }))
    .prefault({})
    .describe(
      'Clients that say which they are where they ask: over HTTPS at `/dns-query/NAME`, over TLS and HTTPS by the server name `NAME.…` (a wildcard certificate is for that). `till-3: local` counts from addresses of `access.allow`; with a secret (16 or more letters and digits, or `file:…`) the client writes `NAME-SECRET` in place of NAME and may ask from anywhere.',
    ),
  users: usersSchema
    .prefault({})
    .describe(
      'Who may say which user is logged on where. Hits, incidents and hunts then name the user of that time, and groups may name users (`user:anna`). `POST /api/v1/clients` says it too.',
    ),
  reverse: flag()
    .prefault(true)
    .describe(
      'Whether private addresses without a name are looked up by reverse DNS: over the route for their zone, or the default upstreams when those stand in a private network. Public addresses never are.',
    ),
});
