// The names that a report gives, each once, in the order of the report: kept in columns, for a table may have a million of them.
import type { Place } from './gathering.ts';
import type { EntryScope, Taken } from './report.ts';

const FIRST_ROOM = 64;
/** Bits of a spot that its column has; what is left holds the scope. */
const COLUMN_BITS = 28;
const COLUMN_MAX = 2 ** COLUMN_BITS - 1;
const SCOPES: readonly EntryScope[] = ['subtree', 'exact', 'below'];

export class TakenNames {
  readonly #names = new Set<string>();
  #lines: Uint32Array = new Uint32Array(FIRST_ROOM);
  /** Column and scope. */
  #spots: Uint32Array = new Uint32Array(FIRST_ROOM);
  readonly #said: Taken['said'][] = [];
  /** By number of the name, where it is written otherwise. */
  readonly #printed: string[] = [];
  readonly #paths = new Map<number, string>();

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
    if (this.#names.add(name).size === number) return;
    if (number === this.#lines.length) {
      this.#lines = grown(this.#lines);
      this.#spots = grown(this.#spots);
    }
    this.#lines[number] = line;
    this.#spots[number] = (SCOPES.indexOf(scope) << COLUMN_BITS) | Math.min(column, COLUMN_MAX);
    this.#said.push(said);
    if (printed !== name) {
      while (this.#printed.length < number) this.#printed.push('');
      this.#printed.push(printed);
    }
    if (path !== undefined) this.#paths.set(number, path);
  }

  /** Calls `use` for each, in their order. */
  forEach(use: (name: string, said: Taken['said'], scope: EntryScope, line: number) => void): void {
    let number = 0;
    for (const name of this.#names) {
      use(name, this.#said[number]!, SCOPES[this.#spots[number]! >>> COLUMN_BITS]!, this.#lines[number]!);
      number += 1;
    }
  }

  list(): Taken[] {
    return Array.from(this.#names, (name, number) => {
      const path = this.#paths.get(number);
      const scope = SCOPES[this.#spots[number]! >>> COLUMN_BITS]!;
      return {
        name,
        printed: this.#printed[number] || name,
        line: this.#lines[number]!,
        column: this.#spots[number]! & COLUMN_MAX,
        ...(path !== undefined && { path }),
        said: this.#said[number]!,
        isExact: scope === 'exact',
        isBelow: scope === 'below',
      };
    });
  }
}

function grown(column: Uint32Array): Uint32Array {
  const wider = new Uint32Array(2 * column.length);
  wider.set(column);
  return wider;
}
