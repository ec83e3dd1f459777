// What the data folder of a daemon still holds of lists, for a look from outside: nothing is changed.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ListConfig, Milliseconds } from '../../config/config.ts';
import { type LibraryClock, toWall } from './clock.ts';
import { pathsOf } from './held-list.ts';
import { listKey } from './list-state.ts';
import { loadStates } from './state-file.ts';

export interface LastGood {
  readonly entries: number;
  /** Wall clock; null while unknown. */
  readonly atMs: Milliseconds | null;
}

/** By name, those lists of which a good copy is there. @param dir `<events.dir>/lists` */
export async function lastGoodOf(
  dir: string,
  lists: readonly ListConfig[],
  clock: LibraryClock,
): Promise<ReadonlyMap<string, LastGood>> {
  const states = await loadStates(join(dir, 'state.json'), clock);
  return new Map(
    lists.flatMap((list) => {
      const [key, state] = [listKey(list), states.get(list.name)];
      if (state?.key !== key || !existsSync(pathsOf(dir, list.name, key).good)) return [];
      const { entries, lastGoodMs } = state;
      return [
        [list.name, { entries, atMs: lastGoodMs === null ? null : toWall(clock, lastGoodMs) }] as const,
      ];
    }),
  );
}
