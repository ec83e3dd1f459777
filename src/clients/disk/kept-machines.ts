// Whether machines outlive a start: kept in a file, but for starts at which the history is to have pseudonyms alone.
import { type Config, privacyOf } from '../../config/config.ts';
import { type MachineUpdate, NO_UPDATE } from '../machine.ts';
import { MachineFile } from './machine-file.ts';

export class KeptMachines {
  readonly #file: MachineFile | null;
  #isKept = false;

  /** @param dir null: nothing is ever kept */
  constructor(dir: string | null, report: (problem: string) => void) {
    this.#file = dir === null ? null : new MachineFile(dir, report);
  }

  /** What earlier starts kept. What they kept before a start under pseudonyms is removed: addresses have other machines by later. */
  open(config: Config, nowMs: number): MachineUpdate {
    const { historyMs, hitsMs } = config.events;
    this.#isKept = this.#file !== null && privacyOf(config) !== 'anonymise';
    if (this.#file === null || !this.#isKept) {
      this.#file?.remove();
      return { ...NO_UPDATE, beganMs: nowMs };
    }
    return this.#file.load(nowMs - Math.max(historyMs, hitsMs));
  }

  /** After a reload. @param all that is known */
  use(config: Config, all: () => MachineUpdate): void {
    if (this.#isKept || privacyOf(config) === 'anonymise') return;
    this.#isKept = true;
    this.#file?.begin(all());
  }

  write(update: MachineUpdate): void {
    if (this.#isKept) this.#file?.write(update);
  }
}
