// Names of a stretch of the log, in memory while it is written: first by the number in which they came, and from their block
// on by one that is their place among the block's new names, sorted from their ends.
//
// A stretch ends with its UTC day, with the daemon, and when it has so many names: then the numbers begin anew. So what is in
// memory is bounded, and what lies on the disk of a day goes with it.
import { grown, OctetTable } from '../events/octet-table.ts';
import { nameToText } from '../wire/names/presentation.ts';
import { pack } from './octets.ts';
import type { Rows } from './rows.ts';

const UNNUMBERED = -1;
const NAMES_FIRST = 4096;
/** New names that are sorted in one go: some 10 ms. */
export const NEW_NAMES_MAX = 16_384;

/** The new names of a block. */
export interface NamePiece {
  /** Number of the first. */
  readonly first: number;
  readonly count: number;
  /** Each turned round and with a line feed behind it, in order, packed. */
  readonly body: Uint8Array;
}

export class Names {
  readonly table = new OctetTable();
  /** By number of `table`. */
  #numbers = new Int32Array(NAMES_FIRST).fill(UNNUMBERED);
  #next = 0;
  /** What was asked for last is often asked for again at once, by another type. */
  #last = -1;

  get size(): number {
    return this.table.size;
  }

  /** Names that no block has yet. */
  get fresh(): number {
    return this.table.size - this.#next;
  }

  /** The number that a name, in wire form, has in `table`. */
  numberInTable(octets: Uint8Array, offset: number, length: number): number {
    const { table } = this;
    if (this.#last < 0 || !table.isAt(this.#last, octets, offset, length))
      this.#last = table.numberOf(octets, offset, length);
    return this.#last;
  }

  /** The number that a name has in blocks. */
  numberOf(name: number): number {
    return this.#numbers[name]!;
  }

  /** Gives numbers to the names of `rows` that have none yet. Yields between steps of a few milliseconds; names may come meanwhile. */
  *number(rows: Rows): Generator<void, NamePiece> {
    const { table } = this;
    if (this.#numbers.length < table.size) {
      const before = this.#numbers.length;
      this.#numbers = grown(this.#numbers, Math.max(before * 2, table.size)).fill(UNNUMBERED, before);
    }
    const numbers = this.#numbers;
    const fresh: number[] = [];
    const texts: string[] = [];
    const pending = -2;
    for (let at = 0; at < rows.size; at += 1) {
      const name = rows.names[at]!;
      if (numbers[name] !== UNNUMBERED) continue;
      numbers[name] = pending;
      fresh.push(name);
      texts.push(turnedName(table.octetsOf(name)));
    }
    yield;
    // Places are sorted, by their texts: no two are equal. A Map of texts cost twice as much, and made each a string of V8's own table.
    const order = [...fresh.keys()].sort((a, b) => (texts[a]! < texts[b]! ? -1 : 1));
    yield;
    const first = this.#next;
    order.forEach((place, i) => {
      numbers[fresh[place]!] = first + i;
    });
    this.#next += order.length;
    yield;
    const text = order.map((place) => `${texts[place]}\n`).join('');
    return { first, count: order.length, body: pack(Buffer.from(text, 'latin1')) };
  }
}

const PLAIN = Uint8Array.from({ length: 256 }, (_, octet) =>
  Number(/[a-z0-9_-]/.test(String.fromCharCode(octet))),
);
const DOT = 0x2e;
const scratch = Buffer.alloc(256);

/** `turned` of a name in wire form: of plain names, which nearly all are, octet by octet. */
function turnedName(wire: Uint8Array): string {
  const length = wire.length - 2;
  let to = length;
  for (let at = 0; wire[at]! > 0; at += 1 + wire[at]!) {
    const end = at + 1 + wire[at]!;
    for (let i = at + 1; i < end; i += 1) {
      if (PLAIN[wire[i]!] === 0) return turned(nameToText(wire));
      to -= 1;
      scratch[to] = wire[i]!;
    }
    if (to > 0) {
      to -= 1;
      scratch[to] = DOT;
    }
  }
  return length <= 0 ? turned(nameToText(wire)) : scratch.toString('latin1', 0, length);
}

/** A name in presentation form, from its end: names of one zone stand together then. Its own inverse. */
export function turned(name: string): string {
  let text = '';
  for (let i = name.length - 1; i >= 0; i -= 1) text += name[i]!;
  return text;
}
