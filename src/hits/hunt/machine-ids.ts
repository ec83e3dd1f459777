// Rows say which machine asked as it was called then. A machine that turns out to be another's later self is one machine, and is
// found, told and counted as one.
import type { Merge } from '../../clients/machine.ts';

export class MachineIds {
  readonly #into: ReadonlyMap<string, string>;

  constructor(merges: readonly Merge[]) {
    this.#into = new Map(merges.map(({ from, into }) => [from, into]));
  }

  /** The id that an id became. */
  now(id: string): string {
    return this.all(id).at(-1) ?? id;
  }

  /** An id and all that it became, the present one last. */
  all(id: string): readonly string[] {
    const ids = [id];
    for (let next = this.#into.get(id); next !== undefined; next = this.#into.get(next)) ids.push(next);
    return ids;
  }

  /** The same asker, by the id that its machine has now. */
  asker<T extends { readonly machine: string }>(asker: T): T {
    return this.#into.has(asker.machine) ? { ...asker, machine: this.now(asker.machine) } : asker;
  }
}
