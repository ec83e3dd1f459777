// From an upstream's address to a server that can be asked.
import { connect, isIPv6 } from 'node:net';
import type { RandomSource } from '../random.ts';
import { StreamExchange } from '../transport/stream.ts';
import { UdpExchange } from '../transport/udp.ts';
import { type AttemptOwner, Server } from './server.ts';

export interface ServerContext {
  readonly owner: AttemptOwner;
  readonly now: () => number;
  readonly random: RandomSource;
}

/** A plain server: UDP with TCP behind it, or TCP alone. */
export function openPlain(kind: 'udp' | 'tcp', host: string, port: number, context: ServerContext): Server {
  const { owner, now, random } = context;
  const name = isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
  return new Server({
    name: kind === 'tcp' ? `tcp://${name}` : name,
    transport: kind,
    udp: kind === 'udp' ? new UdpExchange({ name, host, port, now, random }) : null,
    openStream: () =>
      new StreamExchange({
        name,
        dial: () => connect({ host, port, noDelay: true }),
        readyEvent: 'connect',
        isPadded: false,
        now,
        random,
      }),
    owner,
    now,
  });
}
