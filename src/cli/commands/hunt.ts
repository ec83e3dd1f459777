// `cenote hunt [LIST or NAME…]`: who asked, in the past, for names that are indicators now, or for the names given.

import type { ListView } from '../../admin/lists/list-view.ts';
import { moment } from '../../config/values/grouped.ts';
import type { HuntFinding } from '../../desk/messages.ts';
import type { Coverage } from '../../hits/coverage.ts';
import { CliError, EXIT } from '../cli-error.ts';
import { withoutFleet } from '../fleet/only-here.ts';
import { coverageLines, watchedText } from '../lines/coverage-lines.ts';
import { askersCounted, askersText, findingLines } from '../lines/event-lines.ts';
import { printError, printJson, printLines } from '../print.ts';
import { askRunning, type DaemonOptions } from '../running-daemon.ts';

export interface HuntOptions extends DaemonOptions {
  /** Lists and names. */
  readonly what: readonly string[];
  readonly since?: string;
  readonly fleet?: boolean;
  /** Of a hunt of all sites that was begun before. */
  readonly id?: string;
  /** Entries that are blocked from now on, for which this asks who wanted them before. */
  readonly blocked?: number;
}

interface Hunted {
  readonly since: string;
  readonly keepsHistory: boolean;
  readonly coverage: Coverage;
  readonly lookedFor: { readonly lists: readonly string[]; readonly names: number };
  readonly findings: readonly HuntFinding[];
}

/** The daemon gives up after a minute. */
const HUNT_MS = 70_000;

export async function huntCommand(options: HuntOptions): Promise<number> {
  if (!options.fleet) withoutFleet({ '--id': options.id });
  if (options.id !== undefined && options.what.length > 0)
    throw new CliError(
      'CLI_USAGE',
      EXIT.bad,
      `--id shows a hunt that was begun before; leave out ${options.what.join(' ')}, or --id for another hunt`,
    );
  const targets = options.what.length === 0 ? {} : await targetsOf(options);
  if (options.fleet) return (await import('../fleet/across.ts')).fleetHunt(options, targets);
  const since = options.since === undefined ? {} : { since: options.since };
  const hunted = await askRunning<Hunted>(options, '/api/v1/hunt', {
    body: { ...targets, ...since },
    timeoutMs: HUNT_MS,
  });
  const { findings } = hunted;
  const from = moment(hunted.since);
  if (!hunted.keepsHistory)
    printError(
      'warning: what is asked for is not kept, so a hunt sees only what was kept before (events.queryLog)',
    );
  const { coverage, lookedFor } = hunted;
  const isNothing = lookedFor.lists.length === 0 && lookedFor.names === 0;
  if (options.json) printJson({ since: hunted.since, coverage, lookedFor, findings });
  else if (isNothing)
    printLines([
      'Nothing was looked for: no list has `alert: true`; say lists or names (cenote hunt LIST or NAME).',
    ]);
  else if (findings.length === 0)
    printLines([
      ...blockedLines(options.blocked, findings),
      nobodyText(coverage),
      ...coverageLines(coverage, hunted.since),
    ]);
  else {
    printLines([
      ...blockedLines(options.blocked, findings),
      ...findingLines(findings),
      '',
      `${askersCounted(findings, 'client')} since ${from} UTC`,
      ...coverageLines(coverage, hunted.since),
    ]);
  }
  if (isNothing) return EXIT.bad;
  return findings.length > 0 ? EXIT.found : EXIT.ok;
}

/** `21 blocked; 3 machines asked before: till-1 14 times, last …, answered` */
function blockedLines(blocked: number | undefined, findings: readonly HuntFinding[]): string[] {
  if (blocked === undefined) return [];
  return [`${blocked} blocked${findings.length === 0 ? '.' : `; ${askersText(findings)}.`}`, ''];
}

function nobodyText(coverage: Coverage): string {
  const watched = watchedText(coverage);
  return watched === null
    ? 'It is not known who asked: nothing of that time was watched.'
    : `Nobody is known to have asked for any of it ${watched}.`;
}

/** A word that is a list's name is that list; any other is a name asked for, as people paste it (`hxxps://evil[.]example/x`). */
async function targetsOf(
  options: HuntOptions,
): Promise<{ readonly lists: readonly string[]; readonly names: readonly string[] }> {
  const { lists } = await askRunning<{ readonly lists: readonly ListView[] }>(options, '/api/v1/lists');
  const known = new Set(lists.map(({ name }) => name));
  const names = options.what.filter((word) => !known.has(word));
  const neither = names.find((word) => /^[\w-]+$/.test(word));
  if (neither !== undefined)
    throw new CliError(
      'CLI_NO_LIST',
      EXIT.bad,
      `there is no list ${JSON.stringify(neither)}; lists are ${[...known].join(', ') || 'none'} (a name of one label is written with a dot at its end)`,
    );
  return { lists: options.what.filter((word) => known.has(word)), names };
}
