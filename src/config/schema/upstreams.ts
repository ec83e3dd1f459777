// `upstreams`: who is asked for everything that is not blocked.
import { z } from 'zod';
import { parseUpstream } from '../values/upstream.ts';
import { choice, duration, text } from './kinds.ts';

export const upstream = () =>
  text('an upstream such as `system`, `9.9.9.9` or `tls://dns.quad9.net`', parseUpstream);

export const upstreamsSchema = z.strictObject({
  default: z
    .array(upstream())
    .prefault(['system'])
    .describe(
      'Servers to forward to: `system` (those of resolv.conf), an address, `tcp://…`, `tls://…` (DoT) or `https://…` (DoH).',
    ),
  routes: z
    .record(z.string(), z.array(upstream()))
    .prefault({})
    .describe(
      'Names that other servers know: each covers the name and all below it. A network, `172.16.0.0/12`, stands for its reverse zones.',
    ),
  fallback: z
    .array(upstream())
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
    .prefault(['9.9.9.9'])
    .describe(
      'Servers that find the addresses of upstreams and lists given by name. Addresses only. The address of a list is then asked of the system, too.',
    ),
  timeout: duration({ min: 50, max: 30_000 })
    .prefault('2s')
    .describe('How long one server may take before the next is asked.'),
});
