// Addresses of upstreams that are known by name, asked of the bootstrap servers and kept for as long as their TTL says.
//
// An address that is out of date is asked for again before it is used; it still serves when nobody answers, or not soon. A forged one does no
// harm beyond failure: the certificate is checked against the name.
import { isIP } from 'node:net';
import { HEADER_OCTETS, OFFSET, readU16, writeU16 } from '../wire/header.ts';
import { appendOpt } from '../wire/message/edns.ts';
import { textToName } from '../wire/names/presentation.ts';
import { CLASS, TYPE } from '../wire/records/iana.ts';
import { nextRecord, RecordView, skipQuestions } from '../wire/records/records.ts';
import { type Asker, FAILURE, type Failure, type Forwarder } from './exchange.ts';

/** A name that has moved is found where it is now when its TTL says so; once a second is often enough. */
const TTL_MS_MIN = 1000;
/** How long a connection waits for the present address while there is an older one. */
const PATIENCE_MS = 500;
const TTL_MS_MAX = 86_400_000;
const ADDRESSES_MAX = 16;
const FLAGS_RD = 0x0100;

export interface FoundAddress {
  readonly address: string;
  readonly family: 4 | 6;
}
export type LookupCallback = (
  error: Error | null,
  address: string | readonly FoundAddress[],
  family?: number,
) => void;
export interface LookupOptions {
  readonly all?: boolean | undefined;
  readonly family?: number | string | undefined;
}

interface Entry {
  readonly name: string;
  addresses: readonly FoundAddress[];
  expiresMs: number;
  /** Questions (A, AAAA) not settled yet. */
  asking: number;
  found: FoundAddress[];
  ttlMs: number;
  waiting: (() => void)[];
}

export interface AddressBookOptions {
  /** The servers of `bootstrap`; asked for when the first name is looked up. */
  readonly openForwarder: () => Forwarder;
  readonly isUsable: (address: string) => boolean;
  readonly now: () => number;
}

export class AddressBook implements Asker {
  readonly #options: AddressBookOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #asked = new Map<number, Entry>();
  #forwarder: Forwarder | null = null;
  #ticket = 0;

  constructor(options: AddressBookOptions) {
    this.#options = options;
  }

  /** In the manner of dns.lookup, for node:net and node:tls. */
  readonly lookup = (host: string, options: LookupOptions, callback: LookupCallback): void => {
    const entry = this.#entryOf(host);
    const answer = (): void => this.#answer(entry, options, callback);
    if (this.#options.now() < entry.expiresMs) {
      process.nextTick(answer);
      return;
    }
    entry.waiting.push(answer);
    if (entry.addresses.length > 0) setTimeout(() => this.#answerAll(entry), PATIENCE_MS).unref();
    if (entry.asking === 0) this.#refresh(entry);
  };

  async close(): Promise<void> {
    await this.#forwarder?.close();
  }

  #entryOf(host: string): Entry {
    const known = this.#entries.get(host);
    if (known !== undefined) return known;
    const family = isIP(host);
    const addresses: FoundAddress[] = family === 0 ? [] : [{ address: host, family: family === 4 ? 4 : 6 }];
    const expiresMs = family === 0 ? 0 : Number.POSITIVE_INFINITY;
    const entry = { name: host, addresses, expiresMs, asking: 0, found: [], ttlMs: 0, waiting: [] };
    this.#entries.set(host, entry);
    return entry;
  }

  #answer(entry: Entry, { all, family }: LookupOptions, callback: LookupCallback): void {
    const wanted = family === 4 || family === 6 ? family : 0;
    const usable = entry.addresses.filter((found) => wanted === 0 || found.family === wanted);
    const [first] = usable;
    if (first === undefined) {
      callback(new Error(`no address found for ${entry.name} (upstreams.bootstrap); check the name`), []);
      return;
    }
    if (all === true) callback(null, usable);
    else callback(null, first.address, first.family);
  }

  #refresh(entry: Entry): void {
    const name = textToName(entry.name);
    if (name === null) {
      process.nextTick(() => this.#finish(entry));
      return;
    }
    this.#forwarder ??= this.#options.openForwarder();
    entry.found = [];
    entry.ttlMs = TTL_MS_MAX;
    entry.asking = 2;
    for (const type of [TYPE.A, TYPE.AAAA]) {
      const message = buildQuery(name, type);
      this.#ticket = (this.#ticket + 1) & 0x7fff_ffff;
      this.#asked.set(this.#ticket, entry);
      this.#forwarder.ask(message, message.length, this, this.#ticket);
    }
  }

  /** See Asker. */
  settled(ticket: number, response: Uint8Array, length: number, failure: Failure): void {
    const entry = this.#asked.get(ticket);
    if (entry === undefined) return;
    this.#asked.delete(ticket);
    if (failure === FAILURE.none) this.#collect(entry, response, length);
    entry.asking -= 1;
    if (entry.asking === 0) this.#finish(entry);
  }

  #collect(entry: Entry, response: Uint8Array, length: number): void {
    const record = new RecordView();
    let at = skipQuestions(response, length);
    for (let left = readU16(response, OFFSET.ancount); left > 0 && at > 0; left -= 1) {
      at = nextRecord(response, at, length, record);
      if (at < 0 || record.class !== CLASS.IN || entry.found.length >= ADDRESSES_MAX) continue;
      const found = addressOf(response, record);
      if (found === null || !this.#options.isUsable(found.address)) continue;
      entry.found.push(found);
      entry.ttlMs = Math.min(entry.ttlMs, Math.max(record.ttl * 1000, TTL_MS_MIN));
    }
  }

  #finish(entry: Entry): void {
    const nowMs = this.#options.now();
    if (entry.found.length > 0) {
      entry.addresses = entry.found.sort((a, b) => a.family - b.family);
      entry.expiresMs = nowMs + entry.ttlMs;
    }
    this.#answerAll(entry);
  }

  #answerAll(entry: Entry): void {
    const { waiting } = entry;
    entry.waiting = [];
    for (const answer of waiting) answer();
  }
}

function buildQuery(name: Uint8Array, type: number): Uint8Array {
  const message = new Uint8Array(512);
  writeU16(message, OFFSET.flags, FLAGS_RD);
  writeU16(message, OFFSET.qdcount, 1);
  message.set(name, HEADER_OCTETS);
  const nameEnd = HEADER_OCTETS + name.length;
  writeU16(message, nameEnd, type);
  writeU16(message, nameEnd + 2, CLASS.IN);
  return message.subarray(0, appendOpt(message, nameEnd + 4, false, 0));
}

function addressOf(message: Uint8Array, { type, rdata, rdataLength }: RecordView): FoundAddress | null {
  const octets = message.subarray(rdata, rdata + rdataLength);
  if (type === TYPE.A && rdataLength === 4) return { address: octets.join('.'), family: 4 };
  if (type !== TYPE.AAAA || rdataLength !== 16) return null;
  const groups = Array.from({ length: 8 }, (_, i) => readU16(octets, 2 * i).toString(16));
  return { address: groups.join(':'), family: 6 };
}
