// What a report says of a name in one place holds in the others: a legitimate site is one wherever prose speaks of it again, and a
// kill switch is one wherever it is listed.
import type { Candidate } from './report.ts';

/** Of each kind. More are a list, whatever its layout, and what lists them says what they are each time. */
const NAMES_MAX = 20_000;

export class Denials {
  /** Taken because prose has it defanged, and for nothing else. */
  readonly #byMarks = new Set<string>();
  /** Called harmless by the words around them. */
  readonly #harmless = new Set<string>();
  readonly #killSwitches = new Set<string>();

  /** @param isNew it was not taken before */
  note(
    name: string,
    { standing, isTyped, isField }: Pick<Candidate, 'standing' | 'isTyped' | 'isField'>,
    isNew: boolean,
  ): void {
    if (standing !== null || isTyped || isField) this.confirm(name);
    else if (isNew && this.#byMarks.size < NAMES_MAX) this.#byMarks.add(name);
  }

  /** It stands in a list, or somebody asked for it. */
  confirm(name: string): void {
    if (this.#byMarks.size > 0) this.#byMarks.delete(name);
  }

  deny(name: string, isKillSwitch: boolean): void {
    const denied = isKillSwitch ? this.#killSwitches : this.#harmless;
    if (denied.size < NAMES_MAX) denied.add(name);
  }

  /** Of what was taken, what is none after all. @param asked what is to be taken whatever the report says */
  withdrawn(asked: ReadonlySet<string>): Set<string> {
    const names = new Set(this.#killSwitches);
    for (const name of this.#harmless)
      for (const other of [name, `www.${name}`, name.replace(/^www\./, '')])
        if (this.#byMarks.has(other)) names.add(other);
    return new Set([...names].filter((name) => !asked.has(name)));
  }
}
