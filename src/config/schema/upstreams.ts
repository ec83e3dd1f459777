// `upstreams`: who is asked for everything that is not blocked.
import { z } from 'zod';
import { BOOTSTRAP_DEFAULT, parseUpstream } from '../values/upstream.ts';
import { anyText, choice, duration, flag, text, whole } from './kinds.ts';

export const upstream = () =>
  text('an upstream such as `system`, `9.9.9.9` or `tls://dns.quad9.net`', parseUpstream);

const IDENTITY = 'Told of who asks: nothing unless said here. ';
/** A server with what it is told. */
export const toldUpstream = () =>
  z.union([
    upstream(),
    z.strictObject({
      server: upstream().describe('The server, as it is written alone.'),
      ecs: choice(['off', 'subnet', 'pass'])
        .prefault('off')
        .describe(
          `${IDENTITY}Client subnet (RFC 7871): \`subnet\` is the network of the machine that asks, \`pass\` is the option of its query. Its answers are kept apart for each.`,
        ),
      ecsPrefix4: whole({ min: 0, max: 32 })
        .prefault(24)
        .describe('Bits of an IPv4 address in `ecs: subnet`.'),
      ecsPrefix6: whole({ min: 0, max: 128 })
        .prefault(56)
        .describe('Bits of an IPv6 address in `ecs: subnet`.'),
      mac: flag()
        .prefault(false)
        .describe(
          'Whether it is told the MAC address (EDNS 65001), where a trusted neighbour or the kernel knows one.',
        ),
      cpeId: anyText('an id such as `site-7`, or `pass`')
        .optional()
        .describe(
          'An id that it is told (EDNS 65074): this text, or with `pass` the one that a trusted neighbour says.',
        ),
    }),
  ]);

export const upstreamsSchema = z.strictObject({
  default: z
    .array(toldUpstream())
    .prefault(['system'])
    .describe(
      'Servers to forward to: `system` (those of resolv.conf), an address, `tcp://…`, `tls://…` (DoT) or `https://…` (DoH). A server of your own that wants to know who asks: `{ server: 10.0.0.53, ecs: subnet, mac: true, cpeId: site-7 }`.',
    ),
  routes: z
    .record(z.string(), z.array(toldUpstream()))
    .prefault({})
    .describe(
      'Names that other servers know: each covers the name and all below it. A network, `172.16.0.0/12`, stands for its reverse zones.',
    ),
  fallback: z
    .array(toldUpstream())
    .prefault([])
    .describe(
      'Servers that are asked only when none of `default` answers: each has failed, or been silent for a second. Names with a route and groups with upstreams of their own keep to theirs.',
    ),
  strategy: choice(['fastest', 'parallel', 'ordered', 'random'])
    .prefault('fastest')
    .describe(
      'Which server is asked: the fastest so far, all at once, the first that works in the order written, or any.',
    ),
  bootstrap: z
    .array(upstream())
    .prefault([BOOTSTRAP_DEFAULT])
    .describe(
      'Servers that find the addresses of upstreams and lists given by name. Addresses only. The address of a list is then asked of the system, too.',
    ),
  timeout: duration({ min: 50, max: 30_000 })
    .prefault('2s')
    .describe('How long one server may take before the next is asked.'),
});
