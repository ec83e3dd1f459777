// Up to 65,536 rows, column by column, each packed by itself so that a search reads only what it asks about.
//
// Rows are in the order of their names' numbers, and of one name in the order in which they came: names are a sorted list of
// numbers with how many rows each has, what is asked for twice in a moment (A, AAAA) lies side by side, and times are small steps.
//
//   names   the numbers as steps, then how many rows each has
//   times   milliseconds: of a name's first row since the block's, of the others since the row before (signed)
//   askers, kinds   places in their tables, the most frequent first: one octet each where 256 are enough, else numbers
//   counts, rules (of a list's rows alone)   numbers     waits (of rows that waited for upstreams)   octets
import { hasRule, hasWait } from './kind.ts';
import type { Names } from './names.ts';
import { OctetReader, OctetWriter, unpack } from './octets.ts';
import type { Rows } from './rows.ts';

export const BLOCK_ROWS_MAX = 65_536;
/** Room for a row's place beside its name's number in one double: a batch may go past the most rows that a block should have. */
const PLACES = 1_048_576;

export interface Block {
  readonly fromMs: number;
  readonly toMs: number;
  readonly rows: number;
  readonly queries: number;
  readonly names: Uint8Array;
  readonly times: Uint8Array;
  /** With the table of askers before them. */
  readonly askers: Uint8Array;
  readonly kinds: Uint8Array;
  readonly counts: Uint8Array;
  readonly waits: Uint8Array;
  readonly rules: Uint8Array;
}

/** Makes a block of all `rows`, whose names have numbers already. Yields between steps of a few milliseconds. */
export function* encodeBlock(rows: Rows, names: Names): Generator<void, Block> {
  const { size } = rows;
  const keys = new Float64Array(size);
  for (let at = 0; at < size; at += 1) keys[at] = names.numberOf(rows.names[at]!) * PLACES + at;
  keys.sort();
  yield;
  const order = new Int32Array(size);
  let [fromMs, toMs, queries] = [Number.POSITIVE_INFINITY, 0, 0];
  for (let i = 0; i < size; i += 1) {
    const at = keys[i]! % PLACES;
    order[i] = at;
    fromMs = Math.min(fromMs, rows.timesMs[at]!);
    toMs = Math.max(toMs, rows.timesMs[at]!);
    queries += rows.counts[at]!;
  }
  yield;
  const [namesColumn, timesColumn] = encodeNames(keys, order, rows, fromMs);
  yield;
  const askers = encodePlaces(rows.askers, order);
  yield;
  const kinds = encodePlaces(rows.kinds, order);
  yield;
  const counts = new OctetWriter();
  const waits = new OctetWriter();
  const rules = new OctetWriter();
  for (const at of order) {
    const kind = rows.kinds[at]!;
    counts.number(rows.counts[at]!);
    if (hasWait(kind)) waits.octet(rows.waits[at]!);
    if (hasRule(kind)) rules.number(rows.rules[at]!);
  }
  return {
    fromMs,
    toMs,
    rows: size,
    queries,
    names: namesColumn,
    times: timesColumn,
    askers,
    kinds,
    counts: counts.takePacked(),
    waits: waits.takePacked(),
    rules: rules.takePacked(),
  };
}

function encodeNames(
  keys: Float64Array,
  order: Int32Array,
  { timesMs }: Rows,
  fromMs: number,
): readonly [names: Uint8Array, times: Uint8Array] {
  const numbers = new OctetWriter();
  const howMany = new OctetWriter();
  const times = new OctetWriter();
  let [name, run, different] = [-1, 0, 0];
  for (let i = 0; i < keys.length; i += 1) {
    const own = Math.floor(keys[i]! / PLACES);
    const timeMs = timesMs[order[i]!]!;
    if (own === name) {
      times.signed(timeMs - timesMs[order[i - 1]!]!);
      run += 1;
      continue;
    }
    if (run > 0) howMany.number(run);
    numbers.number(own - name);
    times.number(timeMs - fromMs);
    [name, run, different] = [own, 1, different + 1];
  }
  if (run > 0) howMany.number(run);
  const names = new OctetWriter();
  names.number(different);
  names.append(numbers.take());
  names.append(howMany.take());
  return [names.takePacked(), times.takePacked()];
}

/** The different values, the most frequent first, and the place of each row's among them. */
function encodePlaces(values: Int32Array | Float64Array, order: Int32Array): Uint8Array {
  const often = new Map<number, number>();
  for (const at of order) often.set(values[at]!, (often.get(values[at]!) ?? 0) + 1);
  const table = [...often].sort(([, a], [, b]) => b - a).map(([value]) => value);
  const places = new Map(table.map((value, place) => [value, place]));
  const writer = new OctetWriter();
  writer.number(table.length);
  for (const value of table) writer.number(value);
  if (table.length <= 256) for (const at of order) writer.octet(places.get(values[at]!)!);
  else for (const at of order) writer.number(places.get(values[at]!)!);
  return writer.takePacked();
}

/** Names of a block: their numbers in order, and which rows are of them: from `begins[i]` to `begins[i + 1]`. */
export interface BlockNames {
  readonly numbers: Int32Array;
  readonly begins: Int32Array;
}

export function decodeNames(column: Uint8Array): BlockNames {
  const reader = new OctetReader(unpack(column));
  const different = reader.number();
  const numbers = new Int32Array(different);
  const begins = new Int32Array(different + 1);
  let number = -1;
  for (let i = 0; i < different; i += 1) {
    number += reader.number();
    numbers[i] = number;
  }
  for (let i = 0; i < different; i += 1) begins[i + 1] = begins[i]! + reader.number();
  return { numbers, begins };
}

/** One value a row. */
export function decodePlaces(column: Uint8Array, size: number): Float64Array {
  const reader = new OctetReader(unpack(column));
  const table = Float64Array.from({ length: reader.number() }, () => reader.number());
  const values = new Float64Array(size);
  const isShort = table.length <= 256;
  for (let at = 0; at < size; at += 1) values[at] = table[isShort ? reader.octet() : reader.number()]!;
  return values;
}

export function decodeTimes(column: Uint8Array, fromMs: number, { begins }: BlockNames): Float64Array {
  const reader = new OctetReader(unpack(column));
  const timesMs = new Float64Array(begins.at(-1)!);
  for (let i = 0; i + 1 < begins.length; i += 1) {
    let timeMs = fromMs + reader.number();
    timesMs[begins[i]!] = timeMs;
    for (let at = begins[i]! + 1; at < begins[i + 1]!; at += 1) {
      timeMs += reader.signed();
      timesMs[at] = timeMs;
    }
  }
  return timesMs;
}

/** A number a row; 0 where `has` says that a row of its kind has none. */
export function decodeNumbers(
  column: Uint8Array,
  kinds: Float64Array,
  has: (kind: number) => boolean,
): Float64Array {
  const reader = new OctetReader(unpack(column));
  return kinds.map((kind) => (has(kind) ? reader.number() : 0));
}

/** The same, of octets. */
export function decodeOctets(
  column: Uint8Array,
  kinds: Float64Array,
  has: (kind: number) => boolean,
): Uint8Array {
  const octets = unpack(column);
  let next = 0;
  return Uint8Array.from(kinds, (kind) => {
    if (!has(kind)) return 0;
    next += 1;
    return octets[next - 1] ?? 0;
  });
}
