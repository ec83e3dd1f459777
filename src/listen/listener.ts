// What a listener is: it moves bytes between a socket and the one function it was given.
import type { Outcome, Query, Transport } from '../wire/message/query.ts';
import type { Counters } from './counters.ts';
import type { Limits } from './limits.ts';
import type { IsTrusted, ProxyGate } from './proxy/gate.ts';

/** Decides one query. Synchronous; `answered` means `query.reply[0 .. replyLength)` is to be sent. Never throws. */
export type Answer = (query: Query) => Outcome;

export type GiveAway = (fd: number, octets: Uint8Array, client: Uint8Array) => void;

/** How datagrams are read: one call each through node:dgram, or many a call through the C library. */
export type UdpChoice = 'auto' | 'batch' | 'portable';
export type Method = 'udp' | 'udp-batch' | 'tcp' | 'tls' | 'https';

export interface Listener {
  readonly transport: Transport;
  /** Which implementation this is, for the log: `udp` is node:dgram, `udp-batch` the C library. */
  readonly method: Method;
  /** The address it is bound to, as `127.0.0.1:5335` or `[::1]:5335`. */
  readonly bound: string;
  readonly counters: Readonly<Counters>;
  /** Takes no more queries; resolves once all that were accepted are answered or `drainMs` has passed. */
  close(drainMs: number): Promise<void>;
}

/** PEM text, chain and private key. */
export interface Certificate {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
  /** Of session tickets; listeners that have the same resume one another's sessions. */
  readonly ticketSecret?: string;
}

export interface CertifiedListener extends Listener {
  /** Handshakes from now on show this certificate. Throws a ListenError if it cannot be used, and keeps the old one. */
  useCertificate(certificate: Certificate): void;
}

export interface ListenOptions {
  /** SO_REUSEPORT: several workers, each with a socket of its own on the same port. */
  readonly reusePort: boolean;
  readonly udp: UdpChoice;
  readonly limits: Limits;
  /** Monotonic clock in milliseconds. */
  readonly now: () => number;
  /** Called before replies are handed to the kernel, once for all that go out together: what they rest on is made durable. */
  readonly beforeSend: () => void;
  /** Whether a connection from this address (16 octets) is worth a TLS handshake: a stranger is refused whatever he asks. */
  readonly welcomes: (address: Uint8Array) => boolean;
  /**
   * Gives a TCP connection away: a descriptor of it that is the receiver's to close, what came on it and is not answered, and
   * the client's 16 octets. Null or unset where that cannot be done.
   */
  readonly giveAway?: GiveAway | null;
  /** Null: a PROXY header is no header here. */
  readonly proxy: ProxyGate | null;
  /**
   * Which client a label of a path or server name means (16 octets in its stead), null for none.
   * @param address whom it comes from
   */
  readonly clientOf: (label: string, address: Uint8Array) => Uint8Array | null;
  /** A PROXY header came from one who may not send it. */
  readonly claimIgnored: () => void;
  /** Whether a neighbour (16 octets) may say over HTTPS for whom it asks. */
  readonly isTrusted: IsTrusted;
}
