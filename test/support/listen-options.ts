// Listener options as the tests want them: defaults, with single limits moved.
import { chooseLimits, type Limits } from '../../src/listen/limits.ts';
import type { ListenOptions, UdpChoice } from '../../src/listen/listener.ts';

export function listenOptions(limits: Partial<Limits> = {}, udp: UdpChoice = 'auto'): ListenOptions {
  return {
    reusePort: false,
    udp,
    limits: chooseLimits(limits),
    now: () => performance.now(),
    beforeSend: () => undefined,
    welcomes: () => true,
    proxy: null,
    clientOf: () => null,
    claimIgnored: () => undefined,
    isTrusted: () => false,
  };
}

export const LOOPBACK = { host: '127.0.0.1', port: 0 };
