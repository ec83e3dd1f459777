// Opens every socket the configuration asks for, or none: UDP and TCP on one port, IPv6 where the machine has it.
import type { SocketAddress } from '../config/config.ts';
import { chooseLimits, type Limits } from './limits.ts';
import { ListenError } from './listen-error.ts';
import type {
  Answer,
  Certificate,
  CertifiedListener,
  GiveAway,
  Listener,
  ListenOptions,
  UdpChoice,
} from './listener.ts';
import { type IsTrusted, ProxyGate } from './proxy/gate.ts';
import { openTcp } from './tcp.ts';
import { openUdp } from './udp.ts';
import { openUdpBatch, whyNoBatch } from './udp-batch.ts';

/** Tries to find a port that is free for UDP and TCP alike, when any port will do. */
const PORT_TRIES_MAX = 20;

export interface OpenRequest {
  /** Where UDP and TCP are served. */
  readonly addresses: readonly SocketAddress[];
  readonly answer: Answer;
  /** Where TLS and HTTPS are served. */
  readonly secure?: {
    readonly tls: readonly SocketAddress[];
    readonly https: readonly SocketAddress[];
    readonly certificate: Certificate;
  };
  readonly options?: {
    readonly reusePort?: boolean;
    readonly udp?: UdpChoice;
    readonly limits?: Partial<Limits>;
    readonly now?: () => number;
    readonly beforeSend?: () => void;
    readonly welcomes?: ListenOptions['welcomes'];
    readonly claimIgnored?: () => void;
    /** Nobody where it is left out. */
    readonly clientOf?: ListenOptions['clientOf'];
    /** Whether a neighbour may say for whom it asks; nobody where it is left out. */
    readonly isTrusted?: IsTrusted;
    /** What `moved` connections are given to. */
    readonly giveAway?: GiveAway | null;
    /** Whether those may do so by a PROXY header. */
    readonly proxy?: boolean;
  };
}

export interface Opened {
  readonly listeners: readonly Listener[];
  /** What a person should know though it is no failure, one sentence each: what was skipped, how UDP is read. */
  readonly notes: readonly string[];
  /** TLS and HTTPS show it from their next handshake on. Throws a ListenError, and changes nothing, if it is unusable. */
  useCertificate(certificate: Certificate): void;
}

function completeOptions(options: OpenRequest['options'] = {}): ListenOptions {
  const isTrusted = options.isTrusted ?? (() => false);
  return {
    reusePort: options.reusePort ?? false,
    udp: options.udp ?? 'auto',
    limits: chooseLimits(options.limits),
    now: options.now ?? (() => performance.now()),
    beforeSend: options.beforeSend ?? (() => undefined),
    welcomes: options.welcomes ?? (() => true),
    claimIgnored: options.claimIgnored ?? (() => undefined),
    clientOf: options.clientOf ?? (() => null),
    isTrusted,
    giveAway: options.giveAway ?? null,
    proxy: options.proxy === true ? new ProxyGate(isTrusted) : null,
  };
}

/**
 * Opens UDP and TCP on each address; port 0 gives both the same free port. Then TLS and HTTPS. Rejects with a
 * ListenError, and then nothing stays open. A loopback or wildcard IPv6 address on a machine without IPv6 is skipped if
 * another one opened.
 */
export async function openListeners(request: OpenRequest): Promise<Opened> {
  const options = completeOptions(request.options);
  const listeners: Listener[] = [];
  const certified: CertifiedListener[] = [];
  const skipped: ListenError[] = [];
  /** Runs one opening; its failure counts unless it is for want of IPv6. */
  const attempt = async (address: SocketAddress, opening: () => Promise<void>): Promise<void> => {
    try {
      await opening();
    } catch (error) {
      if (!(error instanceof ListenError) || !lacksIpv6(address, error)) throw error;
      skipped.push(error);
    }
  };
  try {
    for (const address of request.addresses)
      await attempt(address, async () => {
        listeners.push(...(await openPair(address, request.answer, options)));
      });
    for (const { address, open, certificate } of await secureOpenings(request))
      await attempt(address, async () => {
        certified.push(await open(address, certificate, request.answer, options));
      });
    if (listeners.length + certified.length === 0 && skipped[0] !== undefined) throw skipped[0];
  } catch (error) {
    await Promise.all([...listeners, ...certified].map((listener) => listener.close(0)));
    throw error;
  }
  const notes = skipped.map((error) => `skipped: ${error.message}`);
  if (request.addresses.length > 0) notes.push(await udpNote(options.udp));
  return {
    listeners: [...listeners, ...certified],
    notes,
    useCertificate: (certificate) => {
      for (const listener of certified) listener.useCertificate(certificate);
    },
  };
}

/** Loads the code of DoT and DoH only where one of them is configured: with TLS, Node reads the authorities that this system trusts, too. */
async function secureOpenings({ secure }: OpenRequest) {
  if (secure === undefined || (secure.tls.length === 0 && secure.https.length === 0)) return [];
  const { tls, https, certificate } = secure;
  const { openTls } = await import('./tls.ts');
  const { openHttps } = await import('./https.ts');
  return [
    ...tls.map((address) => ({ address, certificate, open: openTls })),
    ...https.map((address) => ({ address, certificate, open: openHttps })),
  ];
}

async function udpNote(choice: UdpChoice): Promise<string> {
  if (choice === 'portable') return 'UDP one datagram a call (node:dgram), as configured';
  const reason = await whyNoBatch();
  return reason === null
    ? 'UDP in batches (recvmmsg, sendmmsg)'
    : `UDP one datagram a call (node:dgram): ${reason}`;
}

function lacksIpv6(address: SocketAddress, error: ListenError): boolean {
  const common = address.host === '::1' || address.host === '::';
  return common && (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT');
}

async function openPair(address: SocketAddress, answer: Answer, options: ListenOptions): Promise<Listener[]> {
  for (let tries = 1; ; tries++) {
    const tcp = await openTcp(address, answer, options);
    try {
      const udp = await openDatagrams({ host: address.host, port: portOf(tcp.bound) }, answer, options);
      return [udp, tcp];
    } catch (error) {
      await tcp.close(0);
      const taken = error instanceof ListenError && error.code === 'EADDRINUSE';
      if (address.port !== 0 || !taken || tries === PORT_TRIES_MAX) throw error;
    }
  }
}

/** The batched listener where it can be had, unless told otherwise. */
async function openDatagrams(
  address: SocketAddress,
  answer: Answer,
  options: ListenOptions,
): Promise<Listener> {
  const batch = options.udp === 'batch' || (options.udp === 'auto' && (await whyNoBatch()) === null);
  return batch ? openUdpBatch(address, answer, options) : openUdp(address, answer, options);
}

/** The port of a `bound` text. */
export function portOf(bound: string): number {
  return Number(bound.slice(bound.lastIndexOf(':') + 1));
}
