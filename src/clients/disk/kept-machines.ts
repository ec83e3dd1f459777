// Whether machines outlive a start: kept in a file, but for starts at which the history is to have pseudonyms alone.
import { type Config, privacyOf } from '../../config/config.ts';
import { type MachineUpdate, NO_UPDATE } from '../machine.ts';
import { MachineFile } from './machine-file.ts';

export class KeptMachines {
  readonly #file: MachineFile | null;
  #isKept = false;
  #spanMs = 0;

  /** @param dir null: nothing is ever kept */
  constructor(dir: string | null, report: (problem: string) => void) {
    this.#file = dir === null ? null : new MachineFile(dir, report);
  }

  /** How long anything is kept that speaks of machines. */
  get spanMs(): number {
    return this.#spanMs;
  }

  /** What earlier starts kept. What they kept before a start under pseudonyms is removed: addresses have other machines by later. */
  open(config: Config, nowMs: number): MachineUpdate {
    this.#spanMs = spanMsOf(config);
    this.#isKept = this.#file !== null && privacyOf(config) !== 'anonymise';
    if (this.#file === null || !this.#isKept) {
      this.#file?.remove();
      return { ...NO_UPDATE, beganMs: nowMs };
    }
    return this.#file.load();
  }

  /** After a reload. @param all what is known */
  use(config: Config, all: () => MachineUpdate): void {
    this.#spanMs = spanMsOf(config);
    if (this.#isKept || privacyOf(config) === 'anonymise') return;
    this.#isKept = true;
    this.#file?.begin(all());
  }

  /** @param all what is known, with the update: what is too old for the file is too old for the table, which alone forgets */
  write(update: MachineUpdate, all: () => MachineUpdate): void {
    if (this.#isKept) this.#file?.write(update, all);
  }
}

const spanMsOf = ({ events: { historyMs, hitsMs } }: Config): number => Math.max(historyMs, hitsMs);
