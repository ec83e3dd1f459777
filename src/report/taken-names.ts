// The names that a report gives, each once, in the order of the report: kept in columns, for a table may have a million of them.

import { NameTable } from './name-table.ts';
import type { Place } from './place.ts';
import type { EntryScope, Taken } from './report.ts';

const FIRST_ROOM = 64;
/** Bits of a spot that its column has; what is left holds the scope, and what stood before the name. */
const COLUMN_BITS = 28;
const COLUMN_MAX = 2 ** COLUMN_BITS - 1;
const SCOPES: readonly EntryScope[] = ['subtree', 'exact', 'below'];
const SCHEME_BIT = 30;
/** What is written before a name, most often. */
const SCHEMES = ['', 'http://', 'https://'] as const;

/** `name` is `octets[from .. to)`, valid during the call. */
export type UseOctets = (
  octets: Uint8Array,
  from: number,
  to: number,
  said: Taken['said'],
  scope: EntryScope,
  line: number,
) => void;

export class TakenNames {
  readonly #names = new NameTable();
  #lines: Uint32Array = new Uint32Array(FIRST_ROOM);
  /** Column, scope and scheme. */
  #spots: Uint32Array = new Uint32Array(FIRST_ROOM);
  readonly #said: Taken['said'][] = [];
  /** By number of the name, where it is written otherwise than with a scheme before it. */
  readonly #printed: string[] = [];
  /** By number of the name, up to the last one that has a path. */
  readonly #paths: (string | undefined)[] = [];

  get size(): number {
    return this.#names.size;
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** Keeps a name that is not among them yet. */
  add(
    name: string,
    printed: string,
    { line, column, path }: Place,
    said: Taken['said'],
    scope: EntryScope,
  ): void {
    const number = this.#names.size;
    if (!this.#names.add(name)) return;
    if (number === this.#lines.length) {
      this.#lines = grown(this.#lines);
      this.#spots = grown(this.#spots);
    }
    const scheme = printed === name ? 0 : SCHEMES.findIndex((each) => printed === each + name);
    this.#lines[number] = line;
    this.#spots[number] =
      (Math.max(scheme, 0) << SCHEME_BIT) |
      (SCOPES.indexOf(scope) << COLUMN_BITS) |
      Math.min(column, COLUMN_MAX);
    this.#said.push(said);
    if (scheme < 0) {
      while (this.#printed.length < number) this.#printed.push('');
      this.#printed.push(printed);
    }
    if (path !== undefined) {
      while (this.#paths.length < number) this.#paths.push(undefined);
      // Most stand where the one before them does: the same text is kept once.
      const before = this.#paths.at(-1);
      this.#paths.push(path === before ? before : path);
    }
  }

  /** The same of a name as it is told. */
  addTaken({ name, printed, said, isExact, isBelow, ...place }: Taken): void {
    this.add(name, printed, place, said, isExact ? 'exact' : isBelow ? 'below' : 'subtree');
  }

  /** Another entry of a name that is among them: the name alone and those below it are together what a name covers. */
  widen(name: string, scope: EntryScope): void {
    const number = this.#names.numberOf(name);
    if (this.#scopeOf(number) !== scope) this.#spots[number]! &= ~(3 << COLUMN_BITS);
  }

  /** @returns itself where it has none of them */
  without(names: ReadonlySet<string>): TakenNames {
    if (![...names].some((name) => this.has(name))) return this;
    const kept = new TakenNames();
    for (const taken of this) if (!names.has(taken.name)) kept.addTaken(taken);
    return kept;
  }

  /** Calls `use` for each, in their order. */
  forEach(use: UseOctets): void {
    for (let number = 0; number < this.size; number += 1) {
      const [from, to] = [this.#names.beginOf(number), this.#names.beginOf(number + 1)];
      use(this.#names.octets, from, to, this.#said[number]!, this.#scopeOf(number), this.#lines[number]!);
    }
  }

  /** @param most as many of the first */
  list(most: number = this.size): Taken[] {
    return Array.from({ length: Math.min(most, this.size) }, (_, number) => this.#taken(number));
  }

  /** One after the other: whoever needs them once keeps none. */
  *[Symbol.iterator](): Generator<Taken> {
    for (let number = 0; number < this.size; number += 1) yield this.#taken(number);
  }

  #taken(number: number): Taken {
    const name = this.#names.nameOf(number);
    const path = this.#paths[number];
    const scope = this.#scopeOf(number);
    return {
      name,
      printed: this.#printed[number] || SCHEMES[this.#spots[number]! >>> SCHEME_BIT]! + name,
      line: this.#lines[number]!,
      column: this.#spots[number]! & COLUMN_MAX,
      ...(path !== undefined && { path }),
      said: this.#said[number]!,
      isExact: scope === 'exact',
      isBelow: scope === 'below',
    };
  }

  #scopeOf(number: number): EntryScope {
    return SCOPES[(this.#spots[number]! >>> COLUMN_BITS) & 3]!;
  }
}

function grown(column: Uint32Array): Uint32Array {
  const wider = new Uint32Array(2 * column.length);
  wider.set(column);
  return wider;
}
