// TLS handshakes under way: so many at once and no more, since each costs a public-key operation and may never end.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import type { TLSSocket, Server as TlsServer } from 'node:tls';
import type { Limits } from '../limits.ts';
import { ListenError } from '../listen-error.ts';
import type { Certificate, Counters } from '../listener.ts';
import { turnAway } from './connections.ts';

/** What every TLS listener insists on. */
export function secureOptions(certificate: Certificate, limits: Limits) {
  return {
    cert: certificate.cert,
    key: certificate.key,
    minVersion: 'TLSv1.2',
    handshakeTimeout: limits.handshakeTimeoutMs,
    honorCipherOrder: true,
  } as const;
}

/** Throws a ListenError unless the certificate is one and the key is its own. */
export function checkCertificate(certificate: Certificate, where: string): void {
  let reason = 'the key belongs to another certificate';
  try {
    const key = createPrivateKey(certificate.key);
    if (new X509Certificate(certificate.cert).checkPrivateKey(key)) return;
  } catch (error) {
    reason = error instanceof Error ? error.message : String(error);
  }
  throw new ListenError(
    'BAD_CERTIFICATE',
    where,
    `the certificate cannot be used: ${reason} (${where}); give listen.tlsCertificate a PEM chain and its private key`,
  );
}

export class Handshakes {
  readonly #secure: TlsServer;
  readonly #limits: Limits;
  readonly #counters: Counters;
  /** By the client's endpoint, oldest first. */
  readonly #underWay = new Map<string, Socket>();

  /** @param secure is not bound itself: it is handed the connections another server accepted */
  constructor(secure: TlsServer, limits: Limits, counters: Counters) {
    this.#secure = secure;
    this.#limits = limits;
    this.#counters = counters;
    secure.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
      if (error.code === 'ERR_TLS_HANDSHAKE_TIMEOUT') counters.timedOut++;
      else counters.ignored++;
      socket.destroy();
    });
  }

  /** Starts one; when too many are under way the oldest, which should long be done, makes room. */
  begin(socket: Socket): void {
    if (socket.remoteAddress === undefined) {
      turnAway(socket);
      return;
    }
    if (this.#underWay.size >= this.#limits.handshakesMax) {
      const [oldest] = this.#underWay.values();
      this.#counters.evicted++;
      oldest?.destroy();
      if (oldest !== undefined) this.#underWay.delete(endpointOf(oldest));
    }
    const endpoint = endpointOf(socket);
    this.#underWay.set(endpoint, socket);
    socket.on('error', () => {});
    socket.once('close', () => {
      if (this.#underWay.get(endpoint) === socket) this.#underWay.delete(endpoint);
    });
    this.#secure.emit('connection', socket);
  }

  done(socket: TLSSocket): void {
    this.#underWay.delete(endpointOf(socket));
    socket.disableRenegotiation();
  }

  /** Cuts all that are under way. */
  abort(): void {
    for (const socket of this.#underWay.values()) socket.destroy();
    this.#underWay.clear();
  }
}

const endpoints = new WeakMap<Socket, string>();

/** Kept, since a socket that was destroyed no longer knows it. */
function endpointOf(socket: Socket): string {
  const known = endpoints.get(socket);
  if (known !== undefined) return known;
  const endpoint = `${socket.remoteAddress}/${socket.remotePort}`;
  endpoints.set(socket, endpoint);
  return endpoint;
}
