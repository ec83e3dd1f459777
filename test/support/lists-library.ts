// A library of lists in a test: the steps that the daemon takes, with a clock of the test's own.
import { join } from 'node:path';
import type { ListConfig } from '../../src/config/config.ts';
import { compileRuleSet } from '../../src/lists/compile.ts';
import { Library } from '../../src/lists/library/library.ts';
import type { HttpLimits, Lookup } from '../../src/lists/sources/http.ts';
import { openSource } from '../../src/lists/sources/open-source.ts';
import { askerOf } from './lists-compile.ts';

const signal = new AbortController().signal;

export interface LibraryOptions {
  /** `steadyMs` where the monotonic clock is another. */
  readonly clock?: { ms: number; steadyMs?: number };
  readonly lookup?: Lookup;
  readonly limits?: Partial<HttpLimits>;
}

export async function openLibrary(dir: string, lists: readonly ListConfig[], options: LibraryOptions = {}) {
  const { lookup = async () => [] } = options;
  const clock: NonNullable<LibraryOptions['clock']> = options.clock ?? { ms: 1_000_000 };
  const limits = { attempts: 1, idleTimeoutMs: 2000, totalTimeoutMs: 5000, ...options.limits };
  const library = await Library.open(
    {
      dir: join(dir, 'lists'),
      now: () => clock.ms,
      steady: () => clock.steadyMs ?? clock.ms,
      random: () => 0,
      openSource: (config, paths) =>
        openSource(config, paths, { now: () => clock.ms, lookup, random: () => 0, limits }),
    },
    lists,
  );
  let revision = 0;
  /** Looks at what is due, compiles, accepts. */
  const step = async () => {
    const refreshed = await library.refresh(library.due(), signal);
    revision += 1;
    const result = await compileRuleSet(library.compileRequest(revision, 1));
    const events = [...refreshed.events, ...(await library.accept(result))];
    return { changed: refreshed.changed, events, ask: askerOf(result), status: library.status() };
  };
  return { library, step, clock };
}
