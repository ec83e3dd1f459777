// What DoT and DoH have in common: connections of a TCP listener go through a bounded handshake, tickets are rotated, and a
// certificate can be replaced.
import type { Server } from 'node:net';
import type { TLSSocket, TlsOptions } from 'node:tls';
import type { Counters } from '../counters.ts';
import type { Certificate, ListenOptions } from '../listener.ts';
import { checkCertificate, Handshakes, secureOptions } from './handshakes.ts';
import { rotateTickets } from './tickets.ts';

export interface SecuredParts {
  readonly certificate: Certificate;
  /** For errors. */
  readonly where: string;
  readonly tls: TlsOptions;
  readonly options: ListenOptions;
  readonly counters: Counters;
  /** Its handshake is over. */
  readonly accept: (socket: TLSSocket) => void;
}

export interface Secured {
  /** Throws a ListenError, and changes nothing, if it is unusable. */
  useCertificate(next: Certificate): void;
  /** Ends handshakes that are under way. */
  end(): void;
}

/** @param server whose connections are to be secured @throws ListenError for an unusable certificate */
export function secured(server: Server, parts: SecuredParts): Secured {
  const { certificate, where, options, counters, accept } = parts;
  checkCertificate(certificate, where);
  const { createServer } = process.getBuiltinModule('node:tls');
  const secure = createServer({ ...secureOptions(certificate, options.limits), ...parts.tls });
  let { ticketSecret } = certificate;
  const endRotation = rotateTickets(secure, () => ticketSecret);
  const handshakes = new Handshakes(secure, options, counters);
  server.on('connection', (socket) => {
    if (options.proxy === null) handshakes.begin(socket);
    else options.proxy.admit(socket, counters, () => handshakes.begin(socket));
  });
  secure.on('secureConnection', (socket) => {
    handshakes.done(socket);
    accept(socket);
  });
  return {
    useCertificate: (next) => {
      checkCertificate(next, where);
      secure.setSecureContext(secureOptions(next, options.limits));
      ({ ticketSecret } = next);
    },
    end: () => {
      endRotation();
      handshakes.abort();
    },
  };
}
