// A file that other programs write, looked at now and then: read again when it changed, bounded, and never a reason to fail.
import { readFileSync, statSync } from 'node:fs';
import { messageOf } from '../config/coded-error.ts';

export interface WatchedFileOptions<T> {
  readonly path: string;
  /** Null when the text is not what it should be; then what was read before stays. */
  readonly parse: (octets: Uint8Array, writtenMs: number) => T | null;
  /** Before anything was read. */
  readonly empty: T;
  /** Told once when it cannot be used (why, and what holds meanwhile), when that is another reason, and once when it can again (null). */
  readonly report: (problem: string | null, holds: string) => void;
  /** Whether its absence is worth a word. */
  readonly mustExist: boolean;
}

const OCTETS_MAX = 16 * 1024 * 1024;

export class WatchedFile<T> {
  readonly #options: WatchedFileOptions<T>;
  #content: T;
  #seen = '';
  #told: string | null = null;

  constructor(options: WatchedFileOptions<T>) {
    this.#options = options;
    this.#content = options.empty;
  }

  /** Whether it was there when it was last read. */
  get exists(): boolean {
    return this.#seen !== '';
  }

  /** What the file says now, as far as it can be read. */
  read(): T {
    const { path, parse, empty, mustExist } = this.#options;
    try {
      const stat = statSync(path, { throwIfNoEntry: false });
      if (stat === undefined) {
        this.#seen = '';
        this.#content = empty;
        this.#tell(mustExist ? 'there is no such file' : null);
        return this.#content;
      }
      const state = `${stat.ino} ${stat.size} ${stat.mtimeMs}`;
      if (state === this.#seen) return this.#content;
      this.#seen = state;
      if (!stat.isFile()) throw new Error('it is no file');
      if (stat.size > OCTETS_MAX) throw new Error(`it is longer than ${OCTETS_MAX} octets`);
      const content = parse(readFileSync(path), stat.mtimeMs);
      if (content === null) throw new Error('its content is not of a known form');
      this.#content = content;
      this.#tell(null);
    } catch (error) {
      this.#tell(messageOf(error));
    }
    return this.#content;
  }

  #tell(problem: string | null): void {
    const holds =
      this.#content === this.#options.empty ? 'nothing of it is known' : 'what was read before stays';
    const told = problem === null ? null : `${problem}; ${holds}`;
    if (told === this.#told) return;
    this.#told = told;
    this.#options.report(problem, holds);
  }
}
