// DNS over TCP (RFC 7766).
import { createServer } from 'node:net';
import type { SocketAddress } from '../config/config.ts';
import { TRANSPORT } from '../wire/message/query.ts';
import type { Answer, Listener, ListenOptions } from './listener.ts';
import { StreamListener } from './stream/stream-listener.ts';

/** Binds one socket; rejects with a ListenError. */
export async function openTcp(
  address: SocketAddress,
  answer: Answer,
  options: ListenOptions,
): Promise<Listener> {
  const server = createServer({ allowHalfOpen: true, noDelay: true });
  const listener = new StreamListener(server, TRANSPORT.tcp, 'tcp', answer, options);
  server.on('connection', (socket) => {
    if (options.proxy === null) listener.accept(socket);
    else options.proxy.admit(socket, listener.counters, () => listener.accept(socket));
  });
  await listener.open(address, options.reusePort);
  return listener;
}
