// Binds the server under every stream listener.
import type { Server } from 'node:net';
import type { SocketAddress } from '../../config/config.ts';
import { formatEndpoint } from '../../wire/names/address.ts';
import { isIpv6 } from '../address.ts';
import type { Counters } from '../counters.ts';
import { listenError } from '../listen-error.ts';

/** Connections the kernel completes before they are accepted. */
const BACKLOG = 1_024;

/** Resolves with the address it is bound to, as text; rejects with a ListenError. */
export function bindServer(
  server: Server,
  transport: string,
  address: SocketAddress,
  reusePort: boolean,
  counters: Counters,
): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(listenError(error, transport, address.host, address.port)));
    server.once('listening', () => {
      server.removeAllListeners('error');
      // accept() may fail for want of descriptors; the next one may not.
      server.on('error', () => {
        counters.refused++;
      });
      const local = server.address();
      const port = local !== null && typeof local === 'object' ? local.port : address.port;
      resolve(formatEndpoint(address.host, port));
    });
    server.listen({
      host: address.host,
      port: address.port,
      ipv6Only: isIpv6(address.host),
      reusePort,
      exclusive: true,
      backlog: BACKLOG,
    });
  });
}
