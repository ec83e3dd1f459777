// What the header section of a request says, as far as a DoH server reads it (RFC 9113 §8.3.1).
//
// HOT: one object for all requests of a listener.
import { copyOctets } from '../../wire/octets.ts';
import { FIELD, METHOD, NO_LENGTH, PATH, VALUE } from './hpack/fields.ts';

/** SETTINGS_MAX_HEADER_LIST_SIZE: octets of names and values, and 32 for each field. */
export const LIST_OCTETS_MAX = 32_768;
const FIELDS_MAX = 64;

export class RequestHead {
  /** Not to be answered but by RST_STREAM (RFC 9113 §8.1.1). */
  isMalformed = false;
  isTooLarge = false;
  /** A value of METHOD; 0: there is none. */
  method = 0;
  /** A value of PATH; 0: there is none. */
  pathKind = 0;
  readonly #path = Buffer.alloc(LIST_OCTETS_MAX);
  #pathLength = 0;
  hasDnsMessage = false;
  /** NO_LENGTH: it has none. */
  contentLength: number = NO_LENGTH;
  /** What a proxy says of whom it asks for; null: nothing. */
  forwarding: Forwarding | null = null;
  #hasScheme = false;
  #hasType = false;
  #isPastPseudo = false;
  #listOctets = 0;
  #fields = 0;

  begin(): void {
    this.isMalformed = false;
    this.isTooLarge = false;
    this.method = 0;
    this.pathKind = 0;
    this.#pathLength = 0;
    this.hasDnsMessage = false;
    this.contentLength = NO_LENGTH;
    this.forwarding = null;
    this.#hasScheme = false;
    this.#hasType = false;
    this.#isPastPseudo = false;
    this.#listOctets = 0;
    this.#fields = 0;
  }

  /** @param size octets that the field counts for @param octets where the value is, for those kinds that keep it */
  add(kind: number, meaning: number, size: number, octets: Uint8Array, start: number, length: number): void {
    this.#listOctets += size;
    this.#fields += 1;
    if (this.#listOctets > LIST_OCTETS_MAX || this.#fields > FIELDS_MAX) this.isTooLarge = true;
    switch (kind) {
      case FIELD.method:
        this.#pseudo(this.method !== 0);
        this.method = meaning;
        break;
      case FIELD.path:
        this.#pseudo(this.pathKind !== 0);
        this.#addPath(meaning, octets, start, length);
        break;
      case FIELD.scheme:
        this.#pseudo(this.#hasScheme);
        this.#hasScheme = true;
        break;
      case FIELD.authority:
        this.#pseudo(false);
        break;
      case FIELD.strangePseudo:
      case FIELD.ofConnection:
      case FIELD.broken:
        this.isMalformed = true;
        break;
      default:
        this.#isPastPseudo = true;
        this.#addRegular(kind, meaning, octets, start, length);
    }
  }

  #addPath(meaning: number, octets: Uint8Array, start: number, length: number): void {
    this.pathKind = meaning;
    if (meaning === PATH.dnsQuery) return;
    if (length === 0) this.isMalformed = true;
    // One octet of a block may stand for thousands that the table keeps: of what is too large nothing more is copied.
    if (!this.isTooLarge) {
      copyOctets(octets, start, this.#path, 0, length);
      this.#pathLength = length;
    }
  }

  /** RFC 9113 §8.3: before all others, and each once. */
  #pseudo(isThere: boolean): void {
    if (isThere || this.#isPastPseudo) this.isMalformed = true;
  }

  #addRegular(kind: number, meaning: number, octets: Uint8Array, start: number, length: number): void {
    switch (kind) {
      case FIELD.contentType:
        if (!this.#hasType) this.hasDnsMessage = meaning === VALUE.right;
        this.#hasType = true;
        break;
      case FIELD.contentLength:
        if (meaning === NO_LENGTH || (this.contentLength !== NO_LENGTH && this.contentLength !== meaning))
          this.isMalformed = true;
        this.contentLength = meaning;
        break;
      case FIELD.te:
        if (meaning === VALUE.wrong) this.isMalformed = true;
        break;
      case FIELD.forwarded:
      case FIELD.xForwardedFor:
      case FIELD.xRealIp:
        if (this.isTooLarge) break;
        this.forwarding ??= {};
        addForwarding(this.forwarding, kind, latin1(octets, start, length));
        break;
    }
  }

  /** Judges the whole once all fields are there. */
  end(): void {
    const isConnect = this.method === METHOD.connect;
    const hasTarget = this.#hasScheme && this.pathKind !== 0;
    if (this.method === 0 || (isConnect ? this.#hasScheme || this.pathKind !== 0 : !hasTarget))
      this.isMalformed = true;
  }

  /** The path with its query, where `pathKind` is open. */
  get path(): Buffer {
    return this.#path.subarray(0, this.#pathLength);
  }

  get pathOctets(): Uint8Array {
    return this.#path;
  }

  get pathLength(): number {
    return this.#pathLength;
  }
}

/** As node:http has it: a name's values. */
export type Forwarding = { [name: string]: string };

function addForwarding(to: Forwarding, kind: number, value: string): void {
  const name =
    kind === FIELD.forwarded ? 'forwarded' : kind === FIELD.xRealIp ? 'x-real-ip' : 'x-forwarded-for';
  const before = to[name];
  to[name] = before === undefined ? value : `${before}, ${value}`;
}

const latin1 = (octets: Uint8Array, start: number, length: number): string =>
  Buffer.from(octets.buffer, octets.byteOffset + start, length).toString('latin1');
