// What one upstream is told of who asks: EDNS options that the admin wants it to have, behind the OPT of the query.
//
// HOT. The query was built canonically: its OPT, without options, is its end.
import type { UpstreamTells } from '../../config/config.ts';
import { readU16, writeU16 } from '../../wire/header.ts';
import type { Audience } from '../../wire/message/audience.ts';
import { OPTION_HEADER_OCTETS } from '../../wire/message/edns.ts';
import { isMapped } from '../../wire/names/address.ts';
import { copyOctets } from '../../wire/octets.ts';
import { OPTION } from '../../wire/records/iana.ts';

/** Header, question, OPT, the longest id and padding. */
const MESSAGE_OCTETS_MAX = 1024;
const FAMILY = { four: 1, six: 2 } as const;
const ECS_HEADER_OCTETS = 4;
const NOTHING = new Uint8Array(0);

export class Telling {
  /** What `write` wrote last. */
  readonly message = new Uint8Array(MESSAGE_OCTETS_MAX);
  readonly #tells: UpstreamTells;
  readonly #cpeId: Uint8Array | null;
  readonly #data = new Uint8Array(ECS_HEADER_OCTETS + 16);
  #end = 0;
  #lengthAt = 0;

  constructor(tells: UpstreamTells) {
    this.#tells = tells;
    const { cpeId } = tells;
    this.#cpeId = cpeId === null || cpeId === 'pass' ? null : new TextEncoder().encode(cpeId).subarray(0, 63);
  }

  /** @returns the length of the query with what this server is told */
  write(message: Uint8Array, length: number, audience: Audience | null): number {
    copyOctets(message, 0, this.message, 0, length);
    this.#end = length;
    this.#lengthAt = length - 2;
    const { ecs, mac, cpeId } = this.#tells;
    if (audience !== null) {
      if (ecs !== 'off' && audience.optsOut)
        this.#append(OPTION.ECS, this.#data, this.#subnetOf(audience, true));
      else if (ecs === 'subnet' && audience.network !== null)
        this.#append(OPTION.ECS, this.#data, this.#subnetOf(audience, false));
      else if (ecs === 'pass' && audience.subnet !== null)
        this.#append(OPTION.ECS, audience.subnet, audience.subnet.length);
      if (mac && audience.mac !== null) this.#append(OPTION.MAC, audience.mac, audience.mac.length);
    }
    const id = cpeId === 'pass' ? (audience?.id ?? null) : this.#cpeId;
    if (id !== null) this.#append(OPTION.CPE_ID, id, id.length);
    return this.#end;
  }

  /** Writes the option's content (RFC 7871 §6) into `#data`. @returns its octets */
  #subnetOf({ network }: Audience, isNobody: boolean): number {
    const address = network ?? NOTHING;
    const isFour = address.length === 0 || isMapped(address);
    const { four, six } = this.#tells.prefix;
    const bits = isNobody ? 0 : isFour ? four : six;
    const data = this.#data;
    writeU16(data, 0, isFour ? FAMILY.four : FAMILY.six);
    data[2] = bits;
    data[3] = 0;
    const octets = (bits + 7) >>> 3;
    const from = isFour ? 12 : 0;
    for (let i = 0; i < octets; i += 1) {
      const kept = Math.min(8, bits - 8 * i);
      data[ECS_HEADER_OCTETS + i] = address[from + i]! & (0xff00 >>> kept);
    }
    return ECS_HEADER_OCTETS + octets;
  }

  #append(code: number, data: Uint8Array, octets: number): void {
    const { message } = this;
    writeU16(message, this.#end, code);
    writeU16(message, this.#end + 2, octets);
    this.#end += OPTION_HEADER_OCTETS;
    copyOctets(data, 0, message, this.#end, octets);
    this.#end += octets;
    writeU16(message, this.#lengthAt, readU16(message, this.#lengthAt) + OPTION_HEADER_OCTETS + octets);
  }
}
