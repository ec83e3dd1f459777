// Whether machines outlive a start: kept in a file, but for starts at which the history is to have pseudonyms alone.
import type { Config } from '../../config/config.ts';
import { type MachineUpdate, NO_UPDATE } from '../machine.ts';
import { MachineFile } from './machine-file.ts';

export class KeptMachines {
  readonly #path: MachineFile | null;
  /** Null while nothing is kept. */
  #file: MachineFile | null = null;

  /** @param dir null: nothing is ever kept */
  constructor(dir: string | null, report: (problem: string) => void) {
    this.#path = dir === null ? null : new MachineFile(dir, report);
  }

  /** What earlier starts kept. What they kept before a start under pseudonyms is removed: addresses have other machines by later. */
  open({ events }: Config, nowMs: number): MachineUpdate {
    const { historyMs, hitsMs } = events;
    if (this.#path === null) return { ...NO_UPDATE, beganMs: nowMs };
    if (isAnonymous(events)) {
      this.#path.remove();
      return { ...NO_UPDATE, beganMs: nowMs };
    }
    this.#file = this.#path;
    return this.#file.load(nowMs - Math.max(historyMs, hitsMs));
  }

  /** After a reload. @param all that is known */
  use({ events }: Config, all: () => MachineUpdate): void {
    if (this.#file !== null || isAnonymous(events)) return;
    this.#file = this.#path;
    this.#file?.begin(all());
  }

  write(update: MachineUpdate): void {
    this.#file?.write(update);
  }
}

const isAnonymous = ({ queryLog }: Config['events']): boolean =>
  queryLog.enabled && queryLog.privacy === 'anonymise';
