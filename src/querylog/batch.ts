// What is written every second or two: rows as they came, with their names, so that it can be read without anything else.
//
// Octets: rows, first time; kinds; names in wire form; then row by row: time since the row before, name, asker, kind, count,
// wait, rule. It lives until its rows are in a block.
import { grown, type OctetTable } from '../events/octet-table.ts';
import { OctetReader, OctetWriter } from './octets.ts';
import type { Rows } from './rows.ts';

const writer = new OctetWriter();
/** The last moment that a date can be. */
const TIME_MS_MAX = 8.64e15;

/** Places of names and kinds among those of the batch that is being made: of those that bear its mark. */
const marked = { names: new Int32Array(0), namePlaces: new Int32Array(0), batch: 0 };

/** @param names what the rows' names are numbers of, in wire form */
export function encodeBatch(rows: Rows, from: number, to: number, names: OctetTable): Uint8Array {
  const { timesMs, kindTable } = rows;
  const kinds: number[] = [];
  const kindPlaces = new Int32Array(kindTable.length).fill(-1);
  const kept: number[] = [];
  marked.batch += 1;
  if (marked.names.length < names.size) {
    marked.names = grown(marked.names, names.size * 2);
    marked.namePlaces = grown(marked.namePlaces, names.size * 2);
  }
  for (let at = from; at < to; at += 1) {
    const kind = rows.kinds[at]!;
    if (kindPlaces[kind]! < 0) kindPlaces[kind] = kinds.push(kindTable[kind]!) - 1;
    const name = rows.names[at]!;
    if (marked.names[name] === marked.batch) continue;
    marked.names[name] = marked.batch;
    marked.namePlaces[name] = kept.push(name) - 1;
  }
  writer.number(to - from);
  writer.number(timesMs[from] ?? 0);
  writer.number(kinds.length);
  for (const kind of kinds) writer.number(kind);
  writer.number(kept.length);
  for (const name of kept) writer.piece(names.octetsOf(name));
  for (let at = from; at < to; at += 1) {
    writer.signed(timesMs[at]! - timesMs[at === from ? at : at - 1]!);
    writer.number(marked.namePlaces[rows.names[at]!]!);
    writer.number(rows.askers[at]!);
    writer.number(kindPlaces[rows.kinds[at]!]!);
    writer.number(rows.counts[at]!);
    writer.octet(rows.waits[at]!);
    writer.number(rows.rules[at]!);
  }
  return writer.drain();
}

/**
 * Adds a batch's rows to `rows`.
 * @param numberOf the number that a name, in wire form, gets there
 * @returns false when it is damaged: then no row of it is there
 */
export function decodeBatch(octets: Uint8Array, rows: Rows, numberOf: (name: Uint8Array) => number): boolean {
  const before = rows.size;
  try {
    decodeRows(octets, rows, numberOf);
    return true;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    rows.cut(before);
    return false;
  }
}

/** @throws RangeError */
function decodeRows(octets: Uint8Array, rows: Rows, numberOf: (name: Uint8Array) => number): void {
  const reader = new OctetReader(octets);
  const size = reader.number();
  let timeMs = reader.number();
  const kinds = Array.from({ length: reader.number() }, () => reader.number());
  const names = Array.from({ length: reader.number() }, () => numberOf(reader.piece()));
  for (let i = 0; i < size; i += 1) {
    timeMs += reader.signed();
    const name = names[reader.number()];
    const asker = reader.number();
    const kind = kinds[reader.number()];
    if (name === undefined || kind === undefined) throw new RangeError('a batch of the query log is damaged');
    const count = reader.number();
    const wait = reader.octet();
    rows.add(timeMs, name, asker, kind, count, wait, reader.number());
  }
  if (reader.at !== octets.length || !(Math.abs(timeMs) <= TIME_MS_MAX))
    throw new RangeError('a batch of the query log is damaged');
}
