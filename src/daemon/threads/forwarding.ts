// The upstreams of a resolver thread, by the configuration.
// Not the global of that name: it is looked up by a getter, five times a query.
import { performance } from 'node:perf_hooks';
import type { Config } from '../../config/config.ts';
import type { Views } from '../../policy/views.ts';
import { createForwarder, type ObservedForwarder } from '../../upstream/forward.ts';

const nowMs = (): number => performance.now();

/** @param own addresses we listen on ourselves */
export function forwarderOf(config: Config, views: Views, own: readonly string[]): ObservedForwarder {
  return createForwarder({
    upstreams: config.upstreams,
    views: views.servers,
    firstView: views.first,
    own,
    now: nowMs,
    udp: config.listen.udp === 'portable' ? 'portable' : 'auto',
  });
}
