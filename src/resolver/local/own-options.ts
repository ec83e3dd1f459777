// Options of a reply that are between the client and us: who answered (NSID), a server cookie, how long a connection may idle.
// Each is sent to those alone who asked for it.
//
// HOT. Nothing is allocated. A reply holds its OPT last, else nothing is added.
import { readU16, writeU16 } from '../../wire/header.ts';
import { messageLimit } from '../../wire/message/compose.ts';
import { COOKIE_OPTION_OCTETS, findOpt, OPT_OCTETS, OPTION_HEADER_OCTETS } from '../../wire/message/edns.ts';
import { type Query, TRANSPORT, WANTS } from '../../wire/message/query.ts';
import { CLIENT_COOKIE_OCTETS, isServerCookie, writeServerCookie } from '../../wire/message/server-cookie.ts';
import { copyOctets } from '../../wire/octets.ts';
import { OPTION } from '../../wire/records/iana.ts';

export interface OwnOptionsParts {
  /** What this resolver is called (RFC 5001); null: nothing is said. */
  readonly id: string | null;
  /** 16 octets that all threads share; null: no cookies. */
  readonly cookieSecret: Uint8Array | null;
  /** Whether a client that knows cookies has to prove its address with one, over UDP. */
  readonly requiresCookies?: boolean;
  /** Wall clock at monotonic 0, ms. */
  readonly originMs: number;
  /** When a silent connection is closed. */
  readonly idleMs: number;
}

/** Unit of RFC 7828's time-out. */
const KEEPALIVE_UNIT_MS = 100;

export class OwnOptions {
  readonly #id: Uint8Array;
  readonly #secret: Uint8Array | null;
  readonly #requires: boolean;
  readonly #originMs: number;
  readonly #idleUnits: number;

  constructor({ id, cookieSecret, requiresCookies = false, originMs, idleMs }: OwnOptionsParts) {
    this.#requires = requiresCookies && cookieSecret !== null;
    this.#id = new TextEncoder().encode(id ?? '');
    this.#secret = cookieSecret;
    this.#originMs = originMs;
    this.#idleUnits = Math.min(0xffff, Math.floor(idleMs / KEEPALIVE_UNIT_MS));
  }

  /** Whether a client that knows cookies has to ask again with the one that BADCOOKIE brings it (RFC 7873 §5.2.3, §5.2.4). */
  wantsCookie(query: Query): boolean {
    if (!this.#requires || query.transport !== TRANSPORT.udp || (query.wants & WANTS.cookie) === 0)
      return false;
    const { message, cookieOffset, arrivedMs } = query;
    const length = readU16(message, cookieOffset - 2);
    const seconds = Math.floor((this.#originMs + arrivedMs) / 1000);
    return !isServerCookie(this.#secret!, message, cookieOffset, length, senderOf(query), seconds);
  }

  /** Adds to a reply that is ready what its query asked for. */
  append(query: Query): void {
    const { wants, reply, replyLength, transport } = query;
    if ((wants & ~WANTS.claim) === 0) return;
    const opt = findOpt(reply, replyLength);
    if (opt === 0 || opt + OPT_OCTETS + readU16(reply, opt + OPT_OCTETS - 2) !== replyLength) return;
    const limit = messageLimit(query);
    let end = replyLength;
    const secret = this.#secret;
    if ((wants & WANTS.cookie) !== 0 && secret !== null && end + COOKIE_OPTION_OCTETS <= limit)
      end = this.#appendCookie(query, secret, end);
    const isStream = transport === TRANSPORT.tcp || transport === TRANSPORT.tls;
    if ((wants & WANTS.keepalive) !== 0 && isStream && end + OPTION_HEADER_OCTETS + 2 <= limit) {
      writeU16(reply, end, OPTION.KEEPALIVE);
      writeU16(reply, end + 2, 2);
      writeU16(reply, end + 4, this.#idleUnits);
      end += OPTION_HEADER_OCTETS + 2;
    }
    const id = this.#id;
    if ((wants & WANTS.nsid) !== 0 && id.length > 0 && end + OPTION_HEADER_OCTETS + id.length <= limit) {
      writeU16(reply, end, OPTION.NSID);
      writeU16(reply, end + 2, id.length);
      copyOctets(id, 0, reply, end + OPTION_HEADER_OCTETS, id.length);
      end += OPTION_HEADER_OCTETS + id.length;
    }
    writeU16(reply, opt + OPT_OCTETS - 2, end - opt - OPT_OCTETS);
    query.replyLength = end;
  }

  #appendCookie(query: Query, secret: Uint8Array, at: number): number {
    const { reply, message, cookieOffset } = query;
    writeU16(reply, at, OPTION.COOKIE);
    writeU16(reply, at + 2, COOKIE_OPTION_OCTETS - OPTION_HEADER_OCTETS);
    const cookie = at + OPTION_HEADER_OCTETS;
    copyOctets(message, cookieOffset, reply, cookie, CLIENT_COOKIE_OCTETS);
    const seconds = Math.floor((this.#originMs + query.arrivedMs) / 1000);
    writeServerCookie(
      secret,
      message,
      cookieOffset,
      senderOf(query),
      seconds,
      reply,
      cookie + CLIENT_COOKIE_OCTETS,
    );
    return at + COOKIE_OPTION_OCTETS;
  }
}

/** Whoever sent the packet: it is his address that a cookie proves. */
const senderOf = ({ isForwarded, sender, address }: Query): Uint8Array => (isForwarded ? sender : address);
