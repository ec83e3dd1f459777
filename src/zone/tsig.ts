// Transaction signatures (RFC 8945): a transfer's query signed, its messages verified in a chain.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ListConfig } from '../config/config.ts';
import { HEADER_OCTETS, OFFSET, readU16, writeU16 } from '../wire/header.ts';
import { expandName } from '../wire/names/name.ts';
import { nameToText, textToName } from '../wire/names/presentation.ts';
import { CLASS, RCODE, TYPE } from '../wire/records/iana.ts';
import { nextRecord, RecordView, recordCount, skipQuestions } from '../wire/records/records.ts';
import { ZoneError } from './zone-error.ts';

/** Seconds the clocks of the two ends may differ (§10). */
const FUDGE_SECONDS = 300;
/** §5.3.1: at least every hundredth message of a transfer is signed. */
const UNSIGNED_MAX = 99;

/** Names as they stand on the wire → what node:crypto calls them. */
const ALGORITHMS: Readonly<Record<string, string | undefined>> = {
  __proto__: null as unknown as undefined,
  'hmac-md5.sig-alg.reg.int': 'md5',
  'hmac-sha1': 'sha1',
  'hmac-sha224': 'sha224',
  'hmac-sha256': 'sha256',
  'hmac-sha384': 'sha384',
  'hmac-sha512': 'sha512',
};

export type TsigKey = NonNullable<ListConfig['tsig']>;

const BADSIG = 16;
export const BADKEY = 17;
export const BADTIME = 18;
const BADTRUNC = 22;
/** A signature that is cut short has at least so many octets (RFC 8945 §5.2.2.1), and half of the whole. */
const TRUNCATED_OCTETS_MIN = 10;
/** Error and length of other data. */
const NO_ERROR: Buffer = Buffer.alloc(4);

const ERRORS: Readonly<Record<number, string | undefined>> = {
  16: 'BADSIG: the secrets differ',
  17: 'BADKEY: the server does not know this key',
  18: 'BADTIME: the clocks differ too much',
  22: 'BADTRUNC: the signature is too short',
};

/** One exchange, whoever begins it: signing and verifying each message in its order, the first one being the request. */
export class TsigSession {
  readonly #name: Uint8Array;
  readonly #algorithm: Uint8Array;
  readonly #digest: string;
  readonly #secret: Buffer;
  readonly #nowSeconds: () => number;
  #priorMac: Buffer = Buffer.alloc(0);
  #unsigned: Buffer[] = [];
  #isFirst = true;
  /** Of several messages of ours only the first is signed with all variables (§5.3.1). */
  #hasSigned = false;
  #requestTimers: Buffer = Buffer.alloc(8);

  constructor(key: TsigKey, nowSeconds: () => number) {
    const algorithm = key.algorithm.toLowerCase() === 'hmac-md5' ? 'hmac-md5.sig-alg.reg.int' : key.algorithm;
    const digest = ALGORITHMS[algorithm.toLowerCase()];
    const name = textToName(key.name.toLowerCase());
    const algorithmName = textToName(algorithm.toLowerCase());
    if (digest === undefined || name === null || algorithmName === null)
      throw new ZoneError('ZONE_TRANSFER', `TSIG algorithm ${key.algorithm} is not known; use hmac-sha256`);
    this.#name = name;
    this.#algorithm = algorithmName;
    this.#digest = digest;
    this.#secret = Buffer.from(key.secret, 'base64');
    this.#nowSeconds = nowSeconds;
  }

  /** @returns the message with its TSIG record */
  sign(message: Uint8Array): Uint8Array {
    return this.#signed(message, timersOf(this.#nowSeconds()), NO_ERROR);
  }

  /** The reply to a request whose clock is another than ours: it says what time it is here (§5.2.3). */
  signBadTime(message: Uint8Array): Uint8Array {
    const other = timersOf(this.#nowSeconds()).subarray(0, 6);
    return this.#signed(
      message,
      this.#requestTimers,
      Buffer.concat([u16(BADTIME), u16(other.length), other]),
    );
  }

  /** @param ending error, length of other data and other data */
  #signed(message: Uint8Array, timers: Buffer, ending: Buffer): Uint8Array {
    const tail = this.#hasSigned ? timers : this.#variables(timers, ending);
    const mac = this.#mac([...this.#prior(), message, tail]);
    this.#priorMac = mac;
    this.#hasSigned = true;
    const id = Buffer.from(message.subarray(0, 2));
    const rdata = Buffer.concat([this.#algorithm, timers, u16(mac.length), mac, id, ending]);
    return withTsig(message, this.#name, rdata);
  }

  /** Checks the other side's next message. @throws ZoneError when its signature is missing or wrong */
  verify(message: Uint8Array): void {
    const at = tsigOffset(message);
    if (at < 0) {
      if (this.#isFirst || this.#unsigned.length >= UNSIGNED_MAX)
        throw refused('its answer is not signed', BADSIG);
      this.#unsigned.push(Buffer.from(message));
      return;
    }
    const record = readTsig(message, at);
    if (record.error !== 0) throw refused(ERRORS[record.error] ?? `TSIG error ${record.error}`, record.error);
    if (record.name !== nameToText(this.#name) || record.algorithm !== nameToText(this.#algorithm))
      throw refused('signed with another key or algorithm', BADKEY);
    const bare = Buffer.from(message.subarray(0, at));
    writeU16(bare, OFFSET.arcount, readU16(bare, OFFSET.arcount) - 1);
    record.originalId.copy(bare, 0);
    const tail = this.#isFirst ? this.#variables(record.timers, NO_ERROR) : record.timers;
    const mac = this.#mac([...this.#prior(), ...this.#unsigned, bare, tail]);
    const given = record.mac.length;
    if (given > mac.length || given < Math.max(TRUNCATED_OCTETS_MIN, mac.length / 2))
      throw refused('its signature has another length than its algorithm gives', RCODE.FORMERR);
    if (!timingSafeEqual(record.mac, mac.subarray(0, given))) throw refused('the signature is wrong', BADSIG);
    if (given < mac.length) throw refused('the signature is cut short', BADTRUNC);
    this.#priorMac = mac;
    this.#requestTimers = record.timers;
    if (Math.abs(record.timeSeconds - this.#nowSeconds()) > FUDGE_SECONDS)
      throw refused('signed at another time; set the clocks', BADTIME);
    this.#unsigned = [];
    this.#isFirst = false;
  }

  /** The last message must have been signed. @throws ZoneError */
  finish(): void {
    if (this.#unsigned.length > 0) throw refused('its last message is not signed', BADSIG);
  }

  /** §4.3.1: what was signed before is part of what is signed next; before a request there is nothing. */
  #prior(): readonly Uint8Array[] {
    return this.#priorMac.length === 0 ? [] : [u16(this.#priorMac.length), this.#priorMac];
  }

  #mac(parts: readonly Uint8Array[]): Buffer {
    const hmac = createHmac(this.#digest, this.#secret);
    for (const part of parts) hmac.update(part);
    return hmac.digest();
  }

  /** §4.3.3. @param ending as in `#signed` */
  #variables(timers: Uint8Array, ending: Uint8Array): Buffer {
    return Buffer.concat([this.#name, u16(CLASS.ANY), Buffer.alloc(4), this.#algorithm, timers, ending]);
  }
}

/** @returns `message` with a TSIG record of this name and RDATA at its end */
function withTsig(message: Uint8Array, name: Uint8Array, rdata: Uint8Array): Uint8Array {
  const whole = Buffer.concat([
    message,
    name,
    u16(TYPE.TSIG),
    u16(CLASS.ANY),
    Buffer.alloc(4),
    u16(rdata.length),
    rdata,
  ]);
  writeU16(whole, OFFSET.arcount, readU16(whole, OFFSET.arcount) + 1);
  return whole;
}

/** The reply to a request whose key is not known or whose signature is wrong: it names the error and is not signed (§5.2). */
export function withTsigError(
  reply: Uint8Array,
  request: Uint8Array,
  error: number,
  nowSeconds: number,
): Uint8Array {
  const { name, algorithm } = readTsig(request, tsigOffset(request));
  const key = textToName(name);
  const digest = textToName(algorithm);
  if (key === null || digest === null) return reply;
  const id = Buffer.from(request.subarray(0, 2));
  const rdata = Buffer.concat([digest, timersOf(nowSeconds), u16(0), id, u16(error), u16(0)]);
  return withTsig(reply, key, rdata);
}

interface TsigRecord {
  readonly name: string;
  readonly algorithm: string;
  /** Time signed and fudge, as they stand there. */
  readonly timers: Buffer;
  readonly timeSeconds: number;
  readonly mac: Buffer;
  readonly originalId: Buffer;
  readonly error: number;
}

function readTsig(message: Uint8Array, at: number): TsigRecord {
  const view = new RecordView();
  nextRecord(message, at, message.length, view);
  const end = view.rdata + view.rdataLength;
  const name = new Uint8Array(256);
  const algorithm = new Uint8Array(256);
  const length = expandName(message, view.rdata, end, algorithm);
  const timersAt = view.rdata + length;
  if (expandName(message, at, message.length, name) < 0 || length < 0 || timersAt + 10 > end)
    throw refused('its TSIG record is malformed', RCODE.FORMERR);
  const rdata = Buffer.from(message.subarray(timersAt, end));
  const macLength = rdata.readUInt16BE(8);
  if (10 + macLength + 6 > rdata.length) throw refused('its TSIG record is malformed', RCODE.FORMERR);
  return {
    name: nameToText(name),
    algorithm: nameToText(algorithm),
    timers: rdata.subarray(0, 8),
    timeSeconds: rdata.readUIntBE(0, 6),
    mac: rdata.subarray(10, 10 + macLength),
    originalId: rdata.subarray(10 + macLength, 12 + macLength),
    error: rdata.readUInt16BE(12 + macLength),
  };
}

/** Whether the message ends with a TSIG record, right or wrong. */
export function isSigned(message: Uint8Array): boolean {
  return tsigOffset(message) >= 0;
}

/** Where the message's last record begins, when it is a TSIG; −1 when it is none. */
function tsigOffset(message: Uint8Array): number {
  const view = new RecordView();
  let at = message.length < HEADER_OCTETS ? -1 : skipQuestions(message, message.length);
  let last = -1;
  for (let i = recordCount(message); i > 0 && at >= 0; i -= 1) {
    last = at;
    at = nextRecord(message, at, message.length, view);
  }
  return at === message.length && last >= 0 && view.type === TYPE.TSIG ? last : -1;
}

function timersOf(nowSeconds: number): Buffer {
  const timers = Buffer.alloc(8);
  timers.writeUIntBE(Math.floor(nowSeconds), 0, 6);
  timers.writeUInt16BE(FUDGE_SECONDS, 6);
  return timers;
}

function u16(value: number): Buffer {
  const octets = Buffer.alloc(2);
  octets.writeUInt16BE(value);
  return octets;
}

/** A message that is not believed. */
export class TsigError extends ZoneError {
  /** What the other side is told in the TSIG record; FORMERR: in the header instead. */
  readonly error: number;

  constructor(why: string, error: number) {
    super('ZONE_TRANSFER', `TSIG: ${why}; check key name, algorithm and secret on both ends`);
    this.error = error;
  }
}

function refused(why: string, error: number): TsigError {
  return new TsigError(why, error);
}
