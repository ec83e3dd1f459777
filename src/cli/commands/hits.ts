// `cenote hits`: hits from the store, the newest last; as JSON, each as its line in the hit log, and where there is none a line
// that says of which time that is known.

import { counted, grouped, momentText } from '../../config/values/grouped.ts';
import type { Coverage } from '../../hits/coverage.ts';
import type { Hit } from '../../hits/hit.ts';
import { CliError, EXIT } from '../cli-error.ts';
import { withoutFleet } from '../fleet/only-here.ts';
import { coverageLines, noneLines } from '../lines/coverage-lines.ts';
import { hitLines } from '../lines/event-lines.ts';
import { printError, printLines } from '../print.ts';
import { askRunning, type DaemonOptions, queryOf } from '../running-daemon.ts';

export interface HitsOptions extends DaemonOptions {
  readonly since?: string;
  readonly client?: string;
  readonly list?: string;
  readonly limit?: string;
  readonly site?: string;
  readonly fleet?: boolean;
}

/** What the daemon gives at once. */
const PAGE = 5000;
/** People read no more; programs get all. */
const TABLE_LIMIT = 1000;

interface Page {
  readonly since: string;
  readonly coverage: Coverage;
  readonly hits: readonly Hit[];
}

export async function hitsCommand(options: HitsOptions): Promise<number> {
  if (options.fleet) return (await import('../fleet/across.ts')).fleetHits(options);
  withoutFleet({ '--site': options.site });
  const limit = limitOf(options);
  const { since, hits, isCut, coverage } = await newest(options, limit);
  if (options.json) {
    const lines: readonly object[] = hits.length === 0 ? [{ event: 'none', since, coverage }] : hits;
    for (const line of lines) process.stdout.write(`${JSON.stringify(line)}\n`);
  } else if (hits.length === 0) printLines(noneLines('hits', coverage, since));
  else printLines(hitLines(hits));
  if (isCut) printError(`there are more; these are the newest ${grouped(hits.length)} (--limit, --since)`);
  else if (!options.json && hits.length > 0) {
    const queries = hits.reduce((sum, { count }) => sum + count, 0);
    printLines([
      '',
      `${counted(queries, 'query', 'queries')} since ${momentText(since)}`,
      ...coverageLines(coverage, since),
    ]);
  }
  return EXIT.ok;
}

function limitOf({ limit, json }: HitsOptions): number {
  if (limit === undefined) return json ? Number.POSITIVE_INFINITY : TABLE_LIMIT;
  if (/^[1-9]\d{0,8}$/.test(limit)) return Number(limit);
  throw new CliError('CLI_LIMIT', EXIT.bad, `not a number of hits: ${JSON.stringify(limit)} (--limit)`);
}

/** Page after page back in time; pages overlap by a moment, so that no hit of it is left out. Oldest first. */
async function newest(
  { since, client, list, config }: HitsOptions,
  limit: number,
): Promise<Page & { readonly isCut: boolean }> {
  const daemon = config === undefined ? {} : { config };
  const found = new Map<string, Hit>();
  let from = since;
  let until: string | undefined;
  for (;;) {
    const query = queryOf({ since: from, until, client, list, limit: String(PAGE) });
    const page = await askRunning<Page>(daemon, `/api/v1/hits${query}`, { timeoutMs: 60_000 });
    from = page.since;
    const before = found.size;
    for (const hit of page.hits) found.set(hit.id, hit);
    until = page.hits.at(-1)?.time;
    const isLast = page.hits.length < PAGE;
    if (!isLast && found.size === before)
      throw new CliError('CLI_HITS', EXIT.failed, `more hits in one moment than can be shown (${until})`);
    if (isLast || found.size > limit)
      return {
        since: from,
        coverage: page.coverage,
        hits: [...found.values()].slice(0, limit).reverse(),
        isCut: found.size > limit,
      };
  }
}
