// DNS over TLS (RFC 7858): the stream listener behind a handshake.
import { createServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { SocketAddress } from '../config/config.ts';
import { TRANSPORT } from '../wire/message/query.ts';
import { formatEndpoint } from './address.ts';
import type { Answer, Certificate, CertifiedListener, ListenOptions } from './listener.ts';
import { checkCertificate, Handshakes, secureOptions } from './stream/handshakes.ts';
import { StreamListener } from './stream/stream-listener.ts';
import { rotateTickets } from './stream/tickets.ts';

/** Binds one socket; rejects with a ListenError. */
export async function openTls(
  address: SocketAddress,
  certificate: Certificate,
  answer: Answer,
  options: ListenOptions,
): Promise<CertifiedListener> {
  const where = `tls ${formatEndpoint(address.host, address.port)}`;
  checkCertificate(certificate, where);
  const secure = createTlsServer({
    ...secureOptions(certificate, options.limits),
    ALPNProtocols: ['dot'],
    allowHalfOpen: true,
  });
  const server = createServer({ allowHalfOpen: true, noDelay: true });
  const listener = new StreamListener(server, TRANSPORT.tls, 'tls', answer, options);
  let { ticketSecret } = certificate;
  const endRotation = rotateTickets(secure, () => ticketSecret);
  const handshakes = new Handshakes(secure, options, listener.counters);
  server.on('connection', (socket) => {
    if (options.proxy === null) handshakes.begin(socket);
    else options.proxy.admit(socket, listener.counters, (admitted) => handshakes.begin(admitted));
  });
  secure.on('secureConnection', (socket) => {
    handshakes.done(socket);
    listener.accept(socket);
  });
  await listener.open(address, options.reusePort);
  return {
    transport: listener.transport,
    method: listener.method,
    bound: listener.bound,
    counters: listener.counters,
    useCertificate: (next) => {
      checkCertificate(next, where);
      secure.setSecureContext(secureOptions(next, options.limits));
      ({ ticketSecret } = next);
    },
    close: (drainMs) => {
      endRotation();
      handshakes.abort();
      return listener.close(drainMs);
    },
  };
}
