// Who really asks, when a neighbour that is trusted asks for others: what it adds to their queries, as routers and proxies do.
//
//   65001  MAC, six octets (dnsmasq add-mac)
//   65073  MAC, 17 octets of text or 8 of base64 (dnsmasq add-mac=text, =base64): told apart by their length
//   65074  id of a site or device, text (dnsmasq add-cpe-id): only where nothing better is said
//   8      ECS with a whole address (RFC 7871, dnsmasq add-subnet=32,128)
//
// The query's address becomes the machine's, so that access, rate limits, groups and records go by it; `sender` keeps the neighbour.
// HOT. Invariants: nothing is read of a neighbour that is not trusted; allocates only when a machine is first reported; never throws.
import type { Prefix } from '../../config/config.ts';
import { PrefixTable } from '../../policy/prefixes.ts';
import { OFFSET, readU16 } from '../../wire/header.ts';
import { OPT_OCTETS, OPTION_HEADER_OCTETS } from '../../wire/message/edns.ts';
import { putForward, type Query } from '../../wire/message/query.ts';
import { PARSE, readQuery } from '../../wire/message/question.ts';
import { isStandIn, writeIdStandIn, writeMacStandIn } from '../../wire/names/stand-in.ts';
import { OPTION } from '../../wire/records/iana.ts';
import { isLoopback } from '../access.ts';
import { readMacBase64, readMacText } from './mac-text.ts';

/** A machine that a neighbour reported, the first time. */
export interface Forwarded {
  /** 16 octets, of the machine or in its stead. */
  readonly address: Uint8Array;
  /** The neighbour's. */
  readonly through: Uint8Array;
  /** Six octets. */
  readonly mac: Uint8Array | null;
  readonly id: string | null;
  /** Another was at this address when one was reported there before. */
  readonly isAnother: boolean;
}

const MAC_OCTETS = 6;
/** A longer id names nothing a person gave a name to. */
const ID_OCTETS_MAX = 63;
const MAC_LENGTHS = { text: 17, base64: 8 } as const;
const FAMILY = { four: 1, six: 2 } as const;
const ECS_HEADER_OCTETS = 4;
/** Machines remembered as told; those that share a slot are told again and again, at a bounded rate. */
const SLOTS = 16_384;
const SLOT_WORDS = 5;
const STRANGER_WORDS = 4;
const PASSED_SLOTS = 1024;
const TELL = { perSecond: 200, burst: 2000 } as const;

export class Identities {
  readonly #trusted: PrefixTable;
  readonly #tell: (forwarded: Forwarded) => void;
  /** Address and a hash of what was reported of it. */
  readonly #told: Int32Array;
  /** Machines that a PROXY or HTTP header names, and through whom, of which all is told: as they came last; words of both. */
  readonly #passed = new Int32Array(PASSED_SLOTS * 2 * STRANGER_WORDS);
  /** Addresses of nobody who is trusted, as they came last; a query's words. */
  readonly #strangers = new Int32Array(256 * STRANGER_WORDS);
  readonly #mac = new Uint8Array(MAC_OCTETS);
  readonly #address = new Uint8Array(16);
  readonly #addressWords = new Int32Array(this.#address.buffer);
  #hasMac = false;
  #hasAddress = false;
  #idAt = 0;
  #idLength = 0;
  #tokens: number = TELL.burst;
  #refilledMs = 0;

  /**
   * @param tell called when a machine is reported for the first time, or with other facts
   * @param told what was reported so far
   */
  constructor(trust: readonly Prefix[], tell: (forwarded: Forwarded) => void, told = toldTable()) {
    this.#told = told;
    this.#trusted = new PrefixTable(trust.map(({ bytes, bits }) => ({ bytes, bits, value: 1 })));
    this.#tell = tell;
  }

  /** @param address 16 octets */
  isTrusted(address: Uint8Array): boolean {
    return this.#trusted.find(address) >= 0;
  }

  /** Another thread has heard of another machine at an address. */
  hear({ address, through, mac, id }: Omit<Forwarded, 'isAnother'>): void {
    const words = new Int32Array(address.slice().buffer);
    const slot = toldSlot(words);
    this.#told.set(words, slot);
    const octets = Buffer.from(id ?? '', 'latin1');
    this.#told[slot + 4] = factsOf(new Int32Array(through.slice().buffer), mac, octets, 0, octets.length);
    const at = passedSlot(words);
    this.#passed.fill(0, at, at + 2 * STRANGER_WORDS);
  }

  /** Gives the query the address of the machine that asks. @returns false: no machine may have the address that it comes from */
  read(query: Query): boolean {
    const { addressWords: words, isForwarded, message } = query;
    // Without an additional record there is no OPT, so nothing is said; nearly all others ask for themselves, too.
    const mayHaveOpt = (message[OFFSET.arcount]! | message[OFFSET.arcount + 1]!) !== 0;
    if (isForwarded) {
      if (this.#isPassed(query)) return true;
    } else {
      if (mayHaveOpt && this.#isStranger(words)) return true;
      if (isStandIn(query.address)) return false;
      if (!mayHaveOpt) return true;
    }
    this.#hasMac = false;
    this.#hasAddress = false;
    this.#idLength = 0;
    if (this.#trusted.find(query.address) < 0) {
      if (isForwarded) {
        if (this.#note(query)) this.#pass(query);
      } else this.#strangers.set(words, strangerSlot(words));
      return true;
    }
    if (mayHaveOpt && readQuery(query) === PARSE.ok && query.optOffset !== 0) this.#readOptions(query);
    if (this.#hasAddress) putForward(query, this.#addressWords);
    else if (this.#hasMac) {
      writeMacStandIn(this.#address, this.#mac, 0);
      putForward(query, this.#addressWords);
    } else if (this.#idLength > 0) {
      writeIdStandIn(this.#address, message, this.#idAt, this.#idLength);
      putForward(query, this.#addressWords);
    }
    if (this.#hasAddress || this.#hasMac) this.#idLength = 0;
    if (query.isForwarded) this.#note(query);
    return true;
  }

  #isStranger(words: Int32Array): boolean {
    const slot = strangerSlot(words);
    const strangers = this.#strangers;
    return (
      strangers[slot + 3] === words[3] &&
      strangers[slot + 2] === words[2] &&
      strangers[slot + 1] === words[1] &&
      strangers[slot] === words[0]
    );
  }

  #isPassed({ addressWords, senderWords }: Query): boolean {
    const at = passedSlot(addressWords);
    const passed = this.#passed;
    for (let i = 0; i < STRANGER_WORDS; i += 1)
      if (passed[at + i] !== addressWords[i] || passed[at + STRANGER_WORDS + i] !== senderWords[i])
        return false;
    return true;
  }

  #pass({ addressWords, senderWords }: Query): void {
    const at = passedSlot(addressWords);
    for (let i = 0; i < STRANGER_WORDS; i += 1) {
      this.#passed[at + i] = addressWords[i]!;
      this.#passed[at + STRANGER_WORDS + i] = senderWords[i]!;
    }
  }

  #readOptions({ message, optOffset, address }: Query): void {
    const isNear = isLoopback(address);
    let at = optOffset + OPT_OCTETS;
    const end = at + readU16(message, optOffset + OPT_OCTETS - 2);
    while (at + OPTION_HEADER_OCTETS <= end) {
      const code = readU16(message, at);
      const length = readU16(message, at + 2);
      const data = at + OPTION_HEADER_OCTETS;
      if (code === OPTION.ECS) this.#readSubnet(message, data, length, isNear);
      else if (code === OPTION.MAC && length === MAC_OCTETS) this.#useMac(message, data);
      else if (code === OPTION.CPE_MAC && !this.#hasMac) this.#readMac(message, data, length);
      else if (code === OPTION.CPE_ID && length <= ID_OCTETS_MAX) {
        this.#idAt = data;
        this.#idLength = length;
      }
      at = data + length;
    }
  }

  #useMac(source: Uint8Array, offset: number): void {
    let any = 0;
    for (let i = 0; i < MAC_OCTETS; i += 1) {
      this.#mac[i] = source[offset + i]!;
      any |= source[offset + i]!;
    }
    this.#hasMac = any !== 0;
  }

  #readMac(message: Uint8Array, data: number, length: number): void {
    const mac = this.#mac;
    if (length === MAC_LENGTHS.text) this.#hasMac = readMacText(message, data, mac);
    else if (length === MAC_LENGTHS.base64) this.#hasMac = readMacBase64(message, data, mac);
  }

  /**
   * Only a whole address is one machine's. One of its loopback is the neighbour's own question.
   * @param isNear the neighbour is on this machine: its loopback is ours
   */
  #readSubnet(message: Uint8Array, data: number, length: number, isNear: boolean): void {
    const family = readU16(message, data);
    const bits = message[data + 2]!;
    const address = this.#address;
    const octets = length - ECS_HEADER_OCTETS;
    if (family === FAMILY.four && bits === 32 && octets === 4) {
      const first = message[data + ECS_HEADER_OCTETS]!;
      if (first === 0 || (first === 127 && !isNear)) return;
      address.fill(0);
      address[10] = 0xff;
      address[11] = 0xff;
      for (let i = 0; i < 4; i += 1) address[12 + i] = message[data + ECS_HEADER_OCTETS + i]!;
    } else if (family === FAMILY.six && bits === 128 && octets === 16) {
      let any = 0;
      for (let i = 0; i < 16; i += 1) {
        address[i] = message[data + ECS_HEADER_OCTETS + i]!;
        if (i < 15) any |= address[i]!;
      }
      if (any === 0 || isStandIn(address)) return;
    } else return;
    this.#hasAddress = true;
  }

  /** Tells of a machine that is new, or of which something else is told. @returns whether it is told by now */
  #note(query: Query): boolean {
    const { addressWords, senderWords, message, arrivedMs } = query;
    const mac = this.#hasMac ? this.#mac : null;
    const told = factsOf(senderWords, mac, message, this.#idAt, this.#idLength);
    const slot = toldSlot(addressWords);
    const known = this.#told;
    let isAddress = true;
    for (let i = 0; i < 4; i += 1) isAddress &&= known[slot + i] === addressWords[i];
    if (isAddress && known[slot + 4] === told) return true;
    const { perSecond, burst } = TELL;
    this.#tokens = Math.min(burst, this.#tokens + ((arrivedMs - this.#refilledMs) / 1000) * perSecond);
    this.#refilledMs = arrivedMs;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    for (let i = 0; i < 4; i += 1) known[slot + i] = addressWords[i]!;
    known[slot + 4] = told;
    this.#tell({
      address: query.address.slice(),
      through: query.sender.slice(),
      mac: this.#hasMac ? this.#mac.slice() : null,
      id:
        this.#idLength === 0
          ? null
          : Buffer.from(message.subarray(this.#idAt, this.#idAt + this.#idLength)).toString('latin1'),
      isAnother: isAddress,
    });
    return true;
  }
}

/** For what was reported of machines. */
export const toldTable = (): Int32Array => new Int32Array(SLOTS * SLOT_WORDS);

/** What is said of a machine, as one number. */
function factsOf(
  senderWords: Int32Array,
  mac: Uint8Array | null,
  octets: Uint8Array,
  idAt: number,
  idLength: number,
): number {
  let facts = 1;
  for (let i = 0; i < 4; i += 1) facts = Math.imul(facts ^ senderWords[i]!, 0x85ebca77) ^ (facts >>> 13);
  if (mac !== null) for (let i = 0; i < MAC_OCTETS; i += 1) facts = Math.imul(facts ^ mac[i]!, 0x01000193);
  for (let i = 0; i < idLength; i += 1) facts = Math.imul(facts ^ octets[idAt + i]!, 0x01000193);
  return facts;
}

/** The slot of a machine among those that neighbours named. */
function toldSlot(words: Int32Array): number {
  const mixed = Math.imul(words[0]! ^ words[1]! ^ words[2]! ^ Math.imul(words[3]!, 0x85ebca77), 0x9e3779b1);
  return (mixed >>> 18) * SLOT_WORDS;
}

/** Where an address stands among those of strangers. */
const strangerSlot = (words: Int32Array): number =>
  (Math.imul(words[0]! ^ words[2]! ^ words[3]!, 0x9e3779b1) >>> 24) * STRANGER_WORDS;

/** Where a machine stands among those passed on. */
const passedSlot = (words: Int32Array): number =>
  (Math.imul(words[0]! ^ words[1]! ^ words[2]! ^ Math.imul(words[3]!, 0x85ebca77), 0x9e3779b1) >>> 22) *
  2 *
  STRANGER_WORDS;
