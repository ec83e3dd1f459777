// What the command line can say without a daemon: what the lists of a config hold, and what would be decided.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../config/config.ts';
import { type CompileResult, compileRuleSet } from '../../lists/compile.ts';
import type { ListText } from '../../lists/library/held-list.ts';
import { Library } from '../../lists/library/library.ts';
import type { ListStatus } from '../../lists/library/list-status.ts';
import { openSource } from '../../lists/sources/open-source.ts';
import { lookupVia } from '../machine/lookup.ts';

export interface Offline {
  readonly result: CompileResult;
  readonly lists: readonly ListStatus[];
}

/** While the lists' texts are still there. */
export interface OfflineLists extends Offline {
  readonly textInForce: (list: string) => ListText | null;
}

/** Fetches and compiles every list of a config, leaving no trace on disk. */
export const compileOffline = (config: Config): Promise<Offline> =>
  withOfflineLists(config, async ({ result, lists }) => ({ result, lists }));

/** As `compileOffline`; the texts that were fetched stay until `use` has ended. */
export async function withOfflineLists<T>(
  config: Config,
  use: (offline: OfflineLists) => Promise<T>,
): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'cenote-check-'));
  try {
    const lookup = lookupVia(config.upstreams.bootstrap);
    const library = await Library.open(
      {
        dir,
        now: Date.now,
        steady: () => performance.now(),
        random: Math.random,
        openSource: (list, paths) => openSource(list, paths, { lookup, random: Math.random, now: Date.now }),
      },
      config.lists,
    );
    await library.refresh(library.due(), AbortSignal.timeout(120_000));
    const result = await compileRuleSet(library.compileRequest(1, 1));
    await library.accept(result);
    return await use({
      result,
      lists: library.status(),
      textInForce: (list) => library.textInForce(list),
    });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
