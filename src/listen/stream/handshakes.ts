// TLS handshakes under way: so many at once and no more, since each costs a public-key operation and may never end.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import type { TLSSocket, Server as TlsServer } from 'node:tls';
import { messageOf } from '../../config/coded-error.ts';
import { textToAddress } from '../../wire/names/address.ts';
import type { Counters } from '../counters.ts';
import type { Limits } from '../limits.ts';
import { ListenError } from '../listen-error.ts';
import type { Certificate, ListenOptions } from '../listener.ts';
import { mayBeHeader } from '../proxy/gate.ts';
import { turnAway } from './connections.ts';
import { ticketKeysAt } from './tickets.ts';

/** What every TLS listener insists on. */
export function secureOptions(certificate: Certificate, limits: Limits) {
  return {
    cert: certificate.cert,
    key: certificate.key,
    minVersion: 'TLSv1.2',
    handshakeTimeout: limits.handshakeTimeoutMs,
    honorCipherOrder: true,
    ...(certificate.ticketSecret === undefined
      ? {}
      : { ticketKeys: ticketKeysAt(certificate.ticketSecret, Date.now()) }),
  } as const;
}

/** Throws a ListenError unless the certificate is one and the key is its own. */
export function checkCertificate(certificate: Certificate, where: string): void {
  let reason = 'the key belongs to another certificate';
  try {
    const key = createPrivateKey(certificate.key);
    if (new X509Certificate(certificate.cert).checkPrivateKey(key)) return;
  } catch (error) {
    reason = messageOf(error);
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
  readonly #options: ListenOptions;
  /** By client, then by endpoint, oldest first. */
  readonly #underWay = new Map<string, Map<string, Socket>>();
  #count = 0;

  /** @param secure is not bound itself: it is handed the connections another server accepted */
  constructor(secure: TlsServer, options: ListenOptions, counters: Counters) {
    this.#secure = secure;
    this.#limits = options.limits;
    this.#options = options;
    this.#counters = counters;
    secure.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
      if (error.code === 'ERR_TLS_HANDSHAKE_TIMEOUT') counters.timedOut++;
      else counters.ignored++;
      socket.destroy();
    });
  }

  /**
   * Starts one, unless for a stranger, who would be refused whatever he asks. One client has so many under way; when too many are,
   * the oldest makes room of the client that has the most.
   */
  begin(socket: Socket): void {
    const address = this.#addressOf(socket);
    if (address === null || !this.#options.welcomes(address)) {
      if (address !== null) this.#counters.refused++;
      turnAway(socket);
      return;
    }
    const client = clientOf(address);
    const { handshakesMax } = this.#limits;
    // A trusted neighbour's are those of all its clients.
    const ownMax = this.#options.isTrusted(address) ? handshakesMax : this.#limits.handshakesPerClientMax;
    const own = this.#underWay.get(client)?.size ?? 0;
    if (own >= ownMax) this.#evictFrom(client);
    else if (this.#count >= handshakesMax) this.#evictFrom(this.#busiest());
    const endpoint = endpointOf(socket);
    const sockets = this.#underWay.get(client) ?? new Map<string, Socket>();
    sockets.set(endpoint, socket);
    this.#underWay.set(client, sockets);
    this.#count += 1;
    socket.on('error', () => {});
    socket.once('close', () => this.#forget(client, endpoint, socket));
    this.#afterFirst(socket);
  }

  /** Hands a connection to TLS once it has said something: a stranger's PROXY header is counted as what it is. */
  #afterFirst(socket: Socket): void {
    const late = setTimeout(() => {
      this.#counters.timedOut++;
      socket.destroy();
    }, this.#limits.handshakeTimeoutMs);
    const onReadable = (): void => {
      const first = socket.read() as Buffer | null;
      if (first === null) return;
      clearTimeout(late);
      socket.off('readable', onReadable);
      if (mayBeHeader(first)) {
        this.#counters.ignored++;
        this.#options.claimIgnored();
        socket.destroy();
        return;
      }
      socket.unshift(first);
      this.#secure.emit('connection', socket);
    };
    socket.on('readable', onReadable);
    socket.once('close', () => clearTimeout(late));
  }

  done(socket: TLSSocket): void {
    const address = this.#addressOf(socket);
    if (address !== null) this.#forget(clientOf(address), endpointOf(socket), null);
    socket.disableRenegotiation();
  }

  /** Cuts all that are under way. */
  abort(): void {
    for (const sockets of this.#underWay.values()) for (const socket of sockets.values()) socket.destroy();
    this.#underWay.clear();
    this.#count = 0;
  }

  #addressOf(socket: Socket): Uint8Array | null {
    return this.#options.proxy?.sourceOf(socket) ?? textToAddress(socket.remoteAddress ?? '');
  }

  #busiest(): string {
    let [busiest = ''] = this.#underWay.keys();
    let most = 0;
    for (const [client, { size }] of this.#underWay)
      if (size > most) {
        busiest = client;
        most = size;
      }
    return busiest;
  }

  #evictFrom(client: string): void {
    const [oldest] = this.#underWay.get(client)?.values() ?? [];
    if (oldest === undefined) return;
    this.#counters.evicted++;
    oldest.destroy();
    this.#forget(client, endpointOf(oldest), oldest);
  }

  /** @param socket null: whichever has the endpoint */
  #forget(client: string, endpoint: string, socket: Socket | null): void {
    const sockets = this.#underWay.get(client);
    const known = sockets?.get(endpoint);
    if (sockets === undefined || known === undefined || (socket !== null && known !== socket)) return;
    sockets.delete(endpoint);
    this.#count -= 1;
    if (sockets.size === 0) this.#underWay.delete(client);
  }
}

/** An IPv4 client is its address, an IPv6 one its /64. */
function clientOf(address: Uint8Array): string {
  const isWrapped = address.subarray(0, 10).every((octet) => octet === 0);
  return Buffer.from(isWrapped ? address : address.subarray(0, 8)).toString('latin1');
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
