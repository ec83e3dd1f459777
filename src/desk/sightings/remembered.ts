// Octets, and beside each the number the store has for it and the last day on which the store knows it in use.
import { grown, OctetTable } from '../../events/octet-table.ts';

export class Remembered {
  readonly table = new OctetTable();
  #ids = new Float64Array(0);
  #days = new Int32Array(0);
  #generation = -1;

  /** Numbers of a store that was set aside or rolled back mean nothing. */
  useStore(generation: number): void {
    if (generation === this.#generation) return;
    this.#generation = generation;
    this.#days.fill(0);
  }

  /** 0 when the store must be asked. */
  idOn(number: number, day: number): number {
    return this.#days[number]! >= day ? this.#ids[number]! : 0;
  }

  learn(number: number, id: number, day: number): void {
    if (number >= this.#ids.length) {
      const length = Math.max(1024, this.#ids.length * 2, this.table.size);
      this.#ids = grown(this.#ids, length);
      this.#days = grown(this.#days, length);
    }
    this.#ids[number] = id;
    this.#days[number] = day;
  }

  forget(): void {
    this.table.clear();
    this.#days.fill(0);
  }
}
