// How many connections the admin interface holds: one machine cannot shut out the others, nor all of them this one.
import type { Server, Socket } from 'node:net';
import { isLoopback } from './access.ts';

export const CONNECTIONS = {
  /** Over all addresses. */
  all: 256,
  /** Of one address that is not this machine's; the rest is there for others and for this machine. */
  ofOne: 32,
  /** Of the Unix socket, beside those: the command line and health checks always get in. */
  ofSocket: 64,
} as const;

/** @param isProxy a declared proxy brings many clients: it has no share of its own */
export function shareConnections(servers: readonly Server[], isProxy: (address: string) => boolean): void {
  const open = new Map<string, number>();
  let all = 0;
  let others = 0;
  const take = (socket: Socket): void => {
    const address = socket.remoteAddress ?? '';
    const isOwn = isLoopback(address);
    all += 1;
    others += isOwn ? 0 : 1;
    const count = (open.get(address) ?? 0) + 1;
    open.set(address, count);
    socket.once('close', () => {
      all -= 1;
      others -= isOwn ? 0 : 1;
      const left = (open.get(address) ?? 1) - 1;
      if (left === 0) open.delete(address);
      else open.set(address, left);
    });
    const isTooMany = !isOwn && count > CONNECTIONS.ofOne && !isProxy(address);
    if (all > CONNECTIONS.all || isTooMany || (!isOwn && others > CONNECTIONS.all - CONNECTIONS.ofOne))
      socket.destroy();
  };
  for (const server of servers) server.on('connection', take);
}
