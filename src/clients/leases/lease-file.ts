// One lease file that is watched, with the files that Kea keeps beside it.
import { WatchedFile } from '../watched-file.ts';
import { KEA_PARTS } from './kea.ts';
import type { Lease, Said } from './lease.ts';
import { leasesOf, parseLeases } from './read.ts';

export interface LeaseFileOptions {
  readonly path: string;
  /** As of WatchedFile. */
  readonly report: (problem: string | null, holds: string) => void;
  /** Whether its absence is worth a word. */
  readonly mustExist: boolean;
}

const NOTHING: readonly Said[] = [];

export class LeaseFile {
  readonly #main: WatchedFile<readonly Said[]>;
  readonly #completed: WatchedFile<readonly Said[]>;
  readonly #older: readonly WatchedFile<readonly Said[]>[];
  readonly #isCsv: boolean;
  #parts: readonly (readonly Said[])[] = [];
  #leases: readonly Lease[] = [];

  constructor({ path, report, mustExist }: LeaseFileOptions) {
    const watched = (suffix: string): WatchedFile<readonly Said[]> =>
      new WatchedFile<readonly Said[]>({
        path: `${path}${suffix}`,
        parse: parseLeases,
        empty: NOTHING,
        report: suffix === '' ? report : () => undefined,
        mustExist: suffix === '' && mustExist,
      });
    // Other servers' `.1` is what log rotation made of it.
    this.#isCsv = path.endsWith('.csv');
    this.#main = watched('');
    this.#completed = watched(KEA_PARTS.completed);
    this.#older = KEA_PARTS.older.map(watched);
  }

  /** The same array as long as nothing changed. */
  read(): readonly Lease[] {
    const parts = [...(this.#isCsv ? this.#beside() : []), this.#main.read()];
    if (parts.length === this.#parts.length && parts.every((part, i) => part === this.#parts[i]))
      return this.#leases;
    this.#parts = parts;
    this.#leases = leasesOf(parts.flat());
    return this.#leases;
  }

  #beside(): (readonly Said[])[] {
    const completed = this.#completed.read();
    return this.#completed.exists ? [completed] : this.#older.map((file) => file.read());
  }
}
