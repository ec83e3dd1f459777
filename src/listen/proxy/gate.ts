// Who may put a PROXY header before what it passes on, and what becomes of it: of datagrams at once, of connections before all else.
import type { Socket } from 'node:net';
import { putForward, type Query } from '../../wire/message/query.ts';
import { textToAddress } from '../../wire/names/address.ts';
import { writeAddress } from '../address.ts';
import type { Counters } from '../counters.ts';
import { PROXY, ProxyHeader, streamBeginsAsProxy } from './header.ts';

/** Whether a neighbour (16 octets) may say for whom it asks. */
export type IsTrusted = (address: Uint8Array) => boolean;

/** A header comes with the first segment; a proxy that is slower is broken. */
const HEADER_MS = 3000;

export class ProxyGate {
  readonly #isTrusted: IsTrusted;
  readonly #header = new ProxyHeader();
  readonly #address = new Uint8Array(16);
  /** By the proxy's endpoint, for as long as its connection lasts: TLS makes another socket of it. Null: it speaks for itself. */
  readonly #sources = new Map<string, Uint8Array | null>();

  constructor(isTrusted: IsTrusted) {
    this.#isTrusted = isTrusted;
  }

  /**
   * A datagram that begins as a header does (`beginsAsProxy`): the query is the machine's that it names.
   * @returns the octets of the header, which the caller takes off; 0: not to be answered
   */
  read(query: Query): number {
    if (!this.#isTrusted(query.address)) return 0;
    const octets = this.#header.readSigned(query.message, query.messageLength);
    if (octets <= 0) return 0;
    if (this.#header.hasSource) putForward(query, this.#header.sourceWords);
    return octets;
  }

  /** Reads a trusted neighbour's header, if there is one, and hands on the connection; a broken one ends it. */
  admit(socket: Socket, counters: Counters, admitted: () => void): void {
    this.#admit(socket, counters, admitted, false);
  }

  /**
   * The same within TLS, where dnsdist writes it. One that stood before TLS was the proxy's: then it is the client that speaks within,
   * and nothing is read.
   */
  admitWithin(socket: Socket, counters: Counters, admitted: () => void): void {
    if (this.#sources.has(endpointOf(socket))) admitted();
    else this.#admit(socket, counters, admitted, true);
  }

  #admit(socket: Socket, counters: Counters, admitted: () => void, isWithin: boolean): void {
    writeAddress(socket.remoteAddress ?? '::', this.#address);
    if (socket.remoteAddress === undefined || !this.#isTrusted(this.#address)) {
      admitted();
      return;
    }
    let gathered: Buffer = Buffer.alloc(0);
    const fail = (): void => {
      counters.ignored++;
      socket.destroy();
    };
    const onError = (): void => undefined;
    // Within TLS nobody has to speak at once: who does not is no proxy that has something to say.
    const onLate = (): void => {
      if (isWithin && gathered.length === 0 && !socket.readableEnded) handOn(0);
      else fail();
    };
    const late = setTimeout(onLate, HEADER_MS);
    const onClose = (): void => clearTimeout(late);
    const onReadable = (): void => {
      const chunk = socket.read() as Buffer | null;
      if (chunk === null) return;
      gathered = Buffer.concat([gathered, chunk]);
      const octets = this.#header.readEither(gathered, gathered.length, textToAddress);
      if (octets === PROXY.unfinished) return;
      clearTimeout(late);
      if (octets === PROXY.broken) {
        fail();
        return;
      }
      if (octets > 0) this.#remember(socket);
      handOn(octets);
    };
    const handOn = (octets: number): void => {
      socket.off('readable', onReadable);
      socket.off('error', onError);
      socket.off('close', onClose);
      if (gathered.length > octets) socket.unshift(gathered.subarray(octets));
      admitted();
    };
    socket.on('error', onError);
    socket.on('close', onClose);
    socket.on('readable', onReadable);
  }

  /** Whose a connection is that a proxy passes on; null: the peer's own. */
  sourceOf(socket: Socket): Uint8Array | null {
    return this.#sources.get(endpointOf(socket)) ?? null;
  }

  #remember(socket: Socket): void {
    const endpoint = endpointOf(socket);
    this.#sources.set(endpoint, this.#header.hasSource ? this.#header.source.slice() : null);
    socket.once('close', () => this.#sources.delete(endpoint));
  }
}

/** Whether the first octets of a connection are a header that nobody may send here; a query of that beginning would be 3,338 octets long. */
export const isHeader = (first: Uint8Array): boolean => streamBeginsAsProxy(first, first.length) === true;

/** Whether a connection that should begin with TLS begins as a header does, or as much of it as has come: no TLS record does. */
export const mayBeHeader = (first: Uint8Array): boolean => streamBeginsAsProxy(first, first.length) !== false;

const endpointOf = (socket: Socket): string => `${socket.remoteAddress}/${socket.remotePort}`;
