// TLS towards upstreams: the name verified, the session resumed (RFC 8310 §5, RFC 8446 §2.2).
import { isIP } from 'node:net';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import type { LookupOptions } from '../address-book.ts';

export interface SecureTarget {
  /** A name, or a literal address that the certificate has to hold. */
  readonly host: string;
  readonly port: number;
  readonly lookup: (host: string, options: LookupOptions, callback: never) => void;
  /** Certificates (PEM) to trust instead of the system's. */
  readonly authorities: string | null;
}

/** What http2.connect and tls.connect share. */
export function secureOptions(target: SecureTarget): ConnectionOptions {
  const { host, port, lookup, authorities } = target;
  return {
    host,
    port,
    lookup: lookup as never,
    minVersion: 'TLSv1.2',
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(authorities === null ? {} : { ca: authorities }),
  };
}

/** Returns a function that begins a connection, each resuming the session of the one before. */
export function secureDialler(target: SecureTarget): () => TLSSocket {
  const { connect } = process.getBuiltinModule('node:tls');
  let session: Buffer | null = null;
  return () => {
    const socket = connect({ ...secureOptions(target), ...(session === null ? {} : { session }) });
    socket.on('session', (ticket) => {
      session = ticket;
    });
    // A ticket that brought no connection is not tried again.
    socket.on('error', () => {
      session = null;
    });
    return socket;
  };
}
