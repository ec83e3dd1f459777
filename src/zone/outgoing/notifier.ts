// NOTIFY to a zone's secondaries (RFC 1996 §3): sent until each has answered, with growing pauses, then left to their refresh.
import {
  FLAG,
  HEADER_OCTETS,
  OFFSET,
  opcodeOf,
  rcodeOf,
  readU16,
  writeU16,
  writeU32,
} from '../../wire/header.ts';
import { CLASS, OPCODE, RCODE, TYPE } from '../../wire/records/iana.ts';
import { type TsigKey, TsigSession } from '../tsig.ts';
import { ZoneError } from '../zone-error.ts';
import { type ServedZone, soaData } from './served-zone.ts';

/** Pauses between sendings; after the last one the secondary is left alone until the zone changes again. */
const PAUSES_MS = [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000] as const;

export interface NotifyTarget {
  readonly host: string;
  readonly port: number;
}

export interface NotifierParts {
  readonly target: NotifyTarget;
  readonly tsig: TsigKey | null;
  readonly send: (message: Uint8Array, target: NotifyTarget) => void;
  readonly nowSeconds: () => number;
  /** 16 random bits. */
  readonly randomId: () => number;
  readonly after: (ms: number, run: () => void) => () => void;
}

/** How far one secondary has been told. */
export type NotifyState = 'none' | 'waiting' | 'acknowledged' | 'refused' | 'silent';

export class Notifier {
  readonly #parts: NotifierParts;
  #session: TsigSession | null = null;
  #id = -1;
  #cancel: () => void = () => undefined;
  state: NotifyState = 'none';
  /** The serial it was told last. */
  serial: number | null = null;

  constructor(parts: NotifierParts) {
    this.#parts = parts;
  }

  get target(): NotifyTarget {
    return this.#parts.target;
  }

  get tsig(): TsigKey | null {
    return this.#parts.tsig;
  }

  /** Tells it of a revision, in place of one it has not answered for yet. */
  tell(zone: ServedZone): void {
    this.#cancel();
    this.serial = zone.serial;
    this.state = 'waiting';
    this.#send(zone, 0);
  }

  #send(zone: ServedZone, tries: number): void {
    const { tsig, nowSeconds, randomId, send, target, after } = this.#parts;
    const pauseMs = PAUSES_MS[tries];
    if (pauseMs === undefined) {
      this.state = 'silent';
      this.#id = -1;
      return;
    }
    this.#id = randomId();
    const message = notifyMessage(this.#id, zone);
    this.#session = tsig === null ? null : new TsigSession(tsig, nowSeconds);
    send(this.#session === null ? message : this.#session.sign(message), target);
    this.#cancel = after(pauseMs, () => this.#send(zone, tries + 1));
  }

  /** A datagram from the secondary's address. @returns whether it answers what is waited for */
  heard(message: Uint8Array): boolean {
    if (this.#id < 0 || message.length < HEADER_OCTETS || readU16(message, OFFSET.id) !== this.#id)
      return false;
    const flags = readU16(message, OFFSET.flags);
    if ((flags & FLAG.qr) === 0 || opcodeOf(flags) !== OPCODE.NOTIFY) return false;
    try {
      this.#session?.verify(message);
    } catch (error) {
      // A reply that is not signed as it should be may be anybody's: it is sent again.
      if (error instanceof ZoneError) return false;
      throw error;
    }
    this.#cancel();
    this.#id = -1;
    this.state = rcodeOf(flags) === RCODE.NOERROR ? 'acknowledged' : 'refused';
    return true;
  }

  stop(): void {
    this.#cancel();
    this.#id = -1;
  }
}

/** §3.7: the SOA in the answer section lets the secondary see what it misses. */
function notifyMessage(id: number, zone: ServedZone): Uint8Array {
  const soa = soaData(zone);
  const { apex } = zone;
  const message = new Uint8Array(HEADER_OCTETS + apex.length + 4 + 12 + soa.length);
  writeU16(message, OFFSET.id, id);
  writeU16(message, OFFSET.flags, (OPCODE.NOTIFY << 11) | FLAG.aa);
  writeU16(message, OFFSET.qdcount, 1);
  writeU16(message, OFFSET.ancount, 1);
  message.set(apex, HEADER_OCTETS);
  const type = HEADER_OCTETS + apex.length;
  writeU16(message, type, TYPE.SOA);
  writeU16(message, type + 2, CLASS.IN);
  writeU16(message, type + 4, 0xc000 | HEADER_OCTETS);
  writeU16(message, type + 6, TYPE.SOA);
  writeU16(message, type + 8, CLASS.IN);
  writeU32(message, type + 10, zone.ttlSeconds);
  writeU16(message, type + 14, soa.length);
  message.set(soa, type + 16);
  return message;
}
