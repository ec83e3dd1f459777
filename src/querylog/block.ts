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
/** Askers with larger numbers are counted by a map. */
const COUNTED_MAX = 1_048_576;

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
  const order = orderOf(rows, names);
  yield;
  let [fromMs, toMs, queries] = [Number.POSITIVE_INFINITY, 0, 0];
  for (let at = 0; at < size; at += 1) {
    fromMs = Math.min(fromMs, rows.timesMs[at]!);
    toMs = Math.max(toMs, rows.timesMs[at]!);
    queries += rows.counts[at]!;
  }
  const [namesColumn, timesColumn] = encodeNames(order, rows, names, fromMs);
  yield;
  const askers = encodePlaces(rows.askers, order, (asker) => asker);
  yield;
  const kinds = encodePlaces(rows.kinds, order, (place) => rows.kindTable[place]!);
  yield;
  const counts = new OctetWriter();
  const waits = new OctetWriter();
  const rules = new OctetWriter();
  const waitOf = rows.kindTable.map(hasWait);
  const ruleOf = rows.kindTable.map(hasRule);
  for (const at of order) {
    const kind = rows.kinds[at]!;
    counts.number(rows.counts[at]!);
    if (waitOf[kind] === true) waits.octet(rows.waits[at]!);
    if (ruleOf[kind] === true) rules.number(rows.rules[at]!);
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
    counts: counts.drainPacked(),
    waits: waits.drainPacked(),
    rules: rules.drainPacked(),
  };
}

/** Rows by their names' numbers, of one name as they came: counted, since there are few more numbers than rows. */
function orderOf({ size, names: own }: Rows, names: Names): Int32Array {
  const next = new Int32Array(names.size + 1);
  for (let at = 0; at < size; at += 1) next[names.numberOf(own[at]!) + 1]! += 1;
  for (let number = 1; number < next.length; number += 1) next[number]! += next[number - 1]!;
  const order = new Int32Array(size);
  for (let at = 0; at < size; at += 1) {
    const number = names.numberOf(own[at]!);
    order[next[number]!] = at;
    next[number]! += 1;
  }
  return order;
}

function encodeNames(
  order: Int32Array,
  { timesMs, names: own }: Rows,
  names: Names,
  fromMs: number,
): readonly [names: Uint8Array, times: Uint8Array] {
  const numbers = new OctetWriter();
  const howMany = new OctetWriter();
  const times = new OctetWriter();
  let [name, number, run, different, before] = [-1, -1, 0, 0, 0];
  for (const at of order) {
    const timeMs = timesMs[at]!;
    if (own[at] === name) {
      times.signed(timeMs - before);
      run += 1;
    } else {
      if (run > 0) howMany.number(run);
      name = own[at]!;
      numbers.number(names.numberOf(name) - number);
      number = names.numberOf(name);
      times.number(timeMs - fromMs);
      [run, different] = [1, different + 1];
    }
    before = timeMs;
  }
  if (run > 0) howMany.number(run);
  const column = new OctetWriter();
  column.number(different);
  column.append(numbers.drain());
  column.append(howMany.drain());
  return [column.drainPacked(), times.drainPacked()];
}

/** The different values, the most frequent first, and the place of each row's among them. @param numbers one a row, and what each means */
function encodePlaces(numbers: Int32Array, order: Int32Array, meant: (number: number) => number): Uint8Array {
  let most = 0;
  for (const at of order) most = Math.max(most, numbers[at]!);
  if (most >= COUNTED_MAX) return encodeLarge(numbers, order, meant);
  const often = new Int32Array(most + 1);
  for (const at of order) often[numbers[at]!]! += 1;
  const table: number[] = [];
  for (let number = 0; number <= most; number += 1) if (often[number]! > 0) table.push(number);
  table.sort((a, b) => often[b]! - often[a]!);
  const places = often;
  for (const [place, number] of table.entries()) places[number] = place;
  const writer = new OctetWriter();
  writer.number(table.length);
  for (const number of table) writer.number(meant(number));
  if (table.length <= 256) for (const at of order) writer.octet(places[numbers[at]!]!);
  else for (const at of order) writer.number(places[numbers[at]!]!);
  return writer.drainPacked();
}

/** The same, of numbers that are too large to be counted in an array. */
function encodeLarge(numbers: Int32Array, order: Int32Array, meant: (number: number) => number): Uint8Array {
  const table: number[] = [];
  const known = new Map<number, number>();
  const small = new Int32Array(numbers.length);
  for (const at of order) {
    const number = numbers[at]!;
    let place = known.get(number);
    if (place === undefined) {
      place = table.push(number) - 1;
      known.set(number, place);
    }
    small[at] = place;
  }
  return encodePlaces(small, order, (place) => meant(table[place]!));
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
