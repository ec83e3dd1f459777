// What sites say by their own clocks, as people read it: by the head's, so that what happened at several sites stands in its order. JSON has it as the site wrote it.

import type { ShownHunt } from '../../admin/events/across-shown.ts';
import { lasting } from '../../config/values/grouped.ts';
import { atHead, type SiteClock } from '../../fleet/store/site-clocks.ts';

type Moments<Key extends string> = { readonly [key in Key]: string | null };

/** What a site has under these keys, by the head's clock. */
export function byHead<Key extends string, Thing extends Moments<Key>>(
  thing: Thing,
  site: string,
  keys: readonly Key[],
  clocks: readonly SiteClock[],
): Thing {
  const moved = keys.map((key) => {
    const time = thing[key];
    return [key, time === null ? null : atHead(time, site, clocks)];
  });
  return { ...thing, ...Object.fromEntries(moved) };
}

const SPAN = ['first', 'last'] as const;

/** Findings, what came home, and of which times sites speak. */
export function huntByHead(hunt: ShownHunt): ShownHunt {
  const { clocks, findings, central, gaps } = hunt;
  const namesOf = <Name extends Moments<'first' | 'last'>>(names: readonly Name[], site: string): Name[] =>
    names.map((name) => byHead(name, site, SPAN, clocks));
  return {
    ...hunt,
    findings: findings.map((found) => ({ ...found, names: namesOf(found.names, found.site) })),
    central: central.map((found) => ({
      ...found,
      names: found.names.map((name) => byHead(name, name.site, SPAN, clocks)),
    })),
    gaps: gaps.map(({ site, coverage }) => ({
      site,
      coverage: {
        ...byHead(coverage, site, ['from', 'to', 'gapsUnknownUntil'], clocks),
        gaps: coverage.gaps.map((gap) => byHead(gap, site, ['from', 'to'], clocks)),
      },
    })),
  };
}

export const clockLines = (clocks: readonly SiteClock[]): string[] =>
  clocks.map(
    ({ site, offsetMs }) =>
      `The clock of ${site} is ${lasting(Math.abs(offsetMs) / 1000)} ${offsetMs > 0 ? 'fast' : 'slow'}; what happened there is shown by this head's.`,
  );
