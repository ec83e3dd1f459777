// DNS over TLS (RFC 7858): the stream listener behind a handshake.
import { createServer } from 'node:net';
import type { SocketAddress } from '../config/config.ts';
import { TRANSPORT } from '../wire/message/query.ts';
import { formatEndpoint } from '../wire/names/address.ts';
import type { Answer, Certificate, CertifiedListener, ListenOptions } from './listener.ts';
import { secured } from './stream/secured.ts';
import { StreamListener } from './stream/stream-listener.ts';

/** Binds one socket; rejects with a ListenError. */
export async function openTls(
  address: SocketAddress,
  certificate: Certificate,
  answer: Answer,
  options: ListenOptions,
): Promise<CertifiedListener> {
  const where = `tls ${formatEndpoint(address.host, address.port)}`;
  const server = createServer({ allowHalfOpen: true, noDelay: true });
  const listener = new StreamListener(server, TRANSPORT.tls, 'tls', answer, options);
  const door = secured(server, {
    certificate,
    where,
    options,
    counters: listener.counters,
    tls: { ALPNProtocols: ['dot'], allowHalfOpen: true },
    accept: (socket) => {
      if (options.proxy === null) listener.accept(socket);
      else options.proxy.admitWithin(socket, listener.counters, () => listener.accept(socket));
    },
  });
  await listener.open(address, options.reusePort);
  return {
    transport: listener.transport,
    method: listener.method,
    bound: listener.bound,
    counters: listener.counters,
    useCertificate: door.useCertificate,
    close: (drainMs) => {
      door.end();
      return listener.close(drainMs);
    },
  };
}
