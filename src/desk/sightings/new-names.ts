// Enters names that the history has not seen many at a time, where one after the other is new: in a flood of distinct names.
import type { History } from '../../hits/store/history.ts';
import { NAMES_AT_ONCE } from '../../hits/store/interner.ts';
import { reversedOfWire } from '../../hits/store/reversed-name.ts';
import type { AskerNumbers } from './asker-numbers.ts';
import type { HeldSightings } from './held-sightings.ts';
import type { Remembered } from './remembered.ts';

export class NewNames {
  readonly #names: Remembered;
  readonly #askers: AskerNumbers;
  // Of the statement that is gathered: all of one day.
  readonly #numbers: number[] = [];
  readonly #keys: string[] = [];
  readonly #machines: string[] = [];
  readonly #gathered = new Set<number>();

  constructor(names: Remembered, askers: AskerNumbers) {
    this.#names = names;
    this.#askers = askers;
  }

  /** Names that are left over, and those for which a machine has no room, are for whoever writes their rows. */
  enter(history: History, { names, days, askers, size }: HeldSightings): void {
    let day = -1;
    for (let place = 0; place < size && history.bringsNew; place += 1) {
      const name = names[place]!;
      if (days[place]! !== day) this.#giveUp(history);
      day = days[place]!;
      if (this.#names.idOn(name, day) > 0 || this.#gathered.has(name)) continue;
      const machine = this.#askers.machineOf(askers[place]!);
      if (!history.reserveName(machine, day)) continue;
      this.#gathered.add(name);
      this.#numbers.push(name);
      this.#keys.push(reversedOfWire(this.#names.table.octetsOf(name)));
      this.#machines.push(machine);
      if (this.#keys.length < NAMES_AT_ONCE) continue;
      const ids = history.enterNames(this.#keys, this.#machines, day);
      ids.forEach((id, i) => {
        this.#names.learn(this.#numbers[i]!, id, day);
      });
      this.#clear();
    }
    this.#giveUp(history);
  }

  #giveUp(history: History): void {
    for (const machine of this.#machines) history.returnName(machine);
    this.#clear();
  }

  #clear(): void {
    this.#numbers.length = 0;
    this.#keys.length = 0;
    this.#machines.length = 0;
    this.#gathered.clear();
  }
}
