// What an answer leads to, put together for the history: the aliases behind QNAME, service targets, and addresses.
//
// HOT. Of an answer that came from upstream, once; in the form of events/led-to.ts.
import { addLed, LED, LED_OCTETS_MAX } from '../../events/led-to.ts';
import { OFFSET, readU16 } from '../../wire/header.ts';
import { expandName, lowerName } from '../../wire/names/name.ts';
import { TYPE } from '../../wire/records/iana.ts';
import { nextRecord, RecordView } from '../../wire/records/records.ts';
import type { Chain } from './chain.ts';
import { LedTo } from './led-to.ts';

const record = new RecordView();
const target = new Uint8Array(256);

export class Leads {
  readonly octets = new Uint8Array(LED_OCTETS_MAX);
  length = 0;
  readonly #ledTo = new LedTo();

  /** @param qtype that was asked for @param response followed by `chain`, and cleaned @param first name of the chain that counts */
  gather(qtype: number, response: Uint8Array, length: number, chain: Chain, first: number): void {
    this.length = 0;
    for (let i = first; i < chain.count; i += 1) this.#add(LED.name, chain.names[i]!, 0, chain.lengths[i]!);
    if (qtype === TYPE.HTTPS || qtype === TYPE.SVCB) this.#addServices(response, length, chain);
    const ledTo = this.#ledTo;
    for (ledTo.begin(response, length); ledTo.next(); )
      if (ledTo.isAnswer) this.#add(LED.address, response, ledTo.offset, ledTo.octets);
  }

  #addServices(response: Uint8Array, length: number, chain: Chain): void {
    let at = chain.lengths[0]! + 16;
    for (let left = readU16(response, OFFSET.ancount); left > 0; left -= 1) {
      at = nextRecord(response, at, length, record);
      if (at < 0) return;
      if (record.type !== TYPE.HTTPS && record.type !== TYPE.SVCB) continue;
      const octets = expandName(response, record.rdata + 2, length, target);
      if (octets <= 1) continue;
      lowerName(target, 0, octets, target);
      this.#add(LED.name, target, 0, octets);
    }
  }

  #add(kind: number, source: Uint8Array, offset: number, length: number): void {
    this.length = addLed(this.octets, this.length, kind, source, offset, length);
  }
}
