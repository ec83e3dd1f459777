// Hits that earlier starts logged and did not store: they come once more, from the journal, and are known by their line.
//
// A line is written before its hit is stored, so a kill, a store that took nothing, or a release that could not read it leave both.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { HitRecord } from '../../events/hit-record.ts';
import { TRANSPORT_NAMES } from '../../wire/message/query.ts';
import { addressToText } from '../../wire/names/address.ts';
import { nameToText } from '../../wire/names/presentation.ts';
import { classToText, typeToText } from '../../wire/records/iana.ts';
import type { Hit } from '../hit.ts';
import { momentToText } from './moment.ts';

/** Of what is logged, at most some 20,000 hits wait for the store (keeper.ts), of some 600 octets each. */
const OCTETS_READ = 16 * 1024 * 1024;

export class LoggedHits {
  readonly #ids = new Map<string, string[]>();

  /** @param paths of the log's files, the youngest first; one that is not there has no lines */
  constructor(paths: readonly string[]) {
    let room = OCTETS_READ;
    for (const path of paths) {
      if (room <= 0) break;
      const lines = endOf(path, room);
      room -= lines.length;
      for (const line of lines.toString().split('\n'))
        if (line.startsWith('{"event":"hit"')) this.#note(line);
    }
  }

  /** The id under which the hit of this record was logged; null: it was not. Each line is of one hit. */
  idOf(record: HitRecord): string | null {
    if (this.#ids.size === 0) return null;
    const { timeMs, count, address, qname, qtype, qclass, transport, worker } = record;
    const key = keyOf([
      momentToText(timeMs),
      count,
      addressToText(address),
      nameToText(qname),
      typeToText(qtype),
      classToText(qclass),
      TRANSPORT_NAMES[transport] ?? 'udp',
      worker,
    ]);
    return this.#ids.get(key)?.shift() ?? null;
  }

  #note(line: string): void {
    let [id, key]: [string, string] = ['', ''];
    try {
      const { client, question, ...hit } = JSON.parse(line) as Hit;
      const { time, count, transport, worker } = hit;
      const { name, type, class: class_ } = question;
      id = hit.id;
      key = keyOf([time, count, client.ip, name, type, class_, transport, worker]);
    } catch {
      return; // cut by a kill, or no line of cenote's
    }
    const known = this.#ids.get(key);
    if (known === undefined) this.#ids.set(key, [id]);
    else known.push(id);
  }
}

const keyOf = (parts: readonly (string | number)[]): string => parts.join(' ');

/** The last octets of a file, from the first whole line on. */
function endOf(path: string, octetsMax: number): Buffer {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch {
    return Buffer.alloc(0);
  }
  try {
    const { size } = fstatSync(descriptor);
    const from = Math.max(0, size - octetsMax);
    const octets = Buffer.alloc(size - from);
    const length = readSync(descriptor, octets, 0, octets.length, from);
    const read = octets.subarray(0, length);
    return from === 0 ? read : read.subarray(read.indexOf(10) + 1);
  } catch {
    return Buffer.alloc(0);
  } finally {
    closeSync(descriptor);
  }
}
