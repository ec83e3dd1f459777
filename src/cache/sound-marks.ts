// Remembers of kept responses that nothing stood against what they lead to, so that a kept answer costs a comparison.
//
// HOT. Invariant: a mark is good for one generation of the policy; a new one makes all marks void without touching them.
import { ENTRY_SHIFT, FIELD } from './question-index.ts';

/** Groups an entry has a bit for; those beyond are looked at every time. */
const GROUPS_MAX = 32;

export class SoundMarks {
  readonly #table: Int32Array;

  constructor(table: Int32Array) {
    this.#table = table;
  }

  /** Whether nothing stood against an entry for a group's clients, under a policy of this generation. */
  has(entry: number, generation: number, group: number): boolean {
    return group >= 0 && group < GROUPS_MAX && ((this.#groupsOf(entry, generation) >>> group) & 1) === 1;
  }

  add(entry: number, generation: number, group: number): void {
    if (group < 0 || group >= GROUPS_MAX) return;
    const at = entry << ENTRY_SHIFT;
    this.#table[at + FIELD.soundGroups] = this.#groupsOf(entry, generation) | (1 << group);
    this.#table[at + FIELD.soundGeneration] = generation;
  }

  /** Another response lies there now. */
  clear(entry: number): void {
    this.#table[(entry << ENTRY_SHIFT) + FIELD.soundGroups] = 0;
  }

  #groupsOf(entry: number, generation: number): number {
    const at = entry << ENTRY_SHIFT;
    return this.#table[at + FIELD.soundGeneration] === generation ? this.#table[at + FIELD.soundGroups]! : 0;
  }
}
