// Puts an imported list into the configuration file, comments kept, and has the running daemon take it and hunt for it.
import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { ListView } from '../admin/lists/list-view.ts';
import type { HealthView } from '../admin/state.ts';
import { realPathOf } from '../config/disk/real-path.ts';
import { addListEntry, addToGroups } from '../daemon/editing/lists-section.ts';
import { CliError, EXIT } from './cli-error.ts';
import { configFile } from './config-file.ts';
import { askDaemon } from './daemon-client.ts';
import { editConfig } from './edit-config.ts';
import { load } from './read-config.ts';
import { type Target, targetOf } from './target.ts';

export interface ListToApply {
  readonly slug: string;
  /** The list's file. */
  readonly path: string;
  /** Groups that get it; undefined is all, at every hour (`for: all`). */
  readonly groups?: readonly string[];
  readonly config?: string;
}

export interface Applied {
  readonly file: string;
  readonly isChanged: boolean;
  /** Groups whose lists it was added to; empty where it is for all. */
  readonly groups: readonly string[];
}

const DAEMON_MS = 30_000;
const STEP_MS = 250;

/** The file of the list of that name, for more to be added to. @throws CliError when it is no file of indicators */
export function fileOfList(name: string, config: string | undefined): string {
  const file = configFile(config);
  const loaded = load(file);
  const list = loaded.config?.lists.find((each) => each.name === name);
  if (list === undefined)
    throw new CliError(
      'CLI_NO_LIST',
      EXIT.bad,
      `there is no list ${JSON.stringify(name)} to append to (${file})`,
    );
  if (!/\.ya?ml$/i.test(list.source) || /^[a-z][a-z+]*:/i.test(list.source))
    throw new CliError(
      'CLI_NO_LIST',
      EXIT.bad,
      `list ${name} is no file of indicators that could grow: ${list.source || 'its names stand in the configuration'} (${file})`,
    );
  return list.source;
}

/** Writes the list and its groups into the configuration: whole or not at all, and only what loads without a mistake. */
export function applyList({ slug, path, groups, config }: ListToApply): Applied {
  let added: string[] = [];
  let isChanged = false;
  const file = editConfig(configFile(config), (edit) => {
    const hadIt = edit.document.hasIn(['lists', slug]);
    const known = load(edit.file).config?.lists.find(({ name }) => name === slug);
    if (known !== undefined && realPathOf(known.source) !== realPathOf(path))
      throw new CliError(
        'CLI_CONFIG',
        EXIT.bad,
        `there is another list ${slug} (${edit.file}); give this one another --name, or grow that one with --append ${slug}`,
      );
    if (!hadIt)
      addListEntry(edit.document, slug, {
        source: resolve(path),
        action: 'sinkhole',
        alert: true,
        ...(groups === undefined ? { for: 'all' } : {}),
      });
    added = groups === undefined ? [] : addToGroups(edit.document, slug, groups);
    isChanged = !hadIt || added.length > 0;
    return isChanged;
  });
  return { file, isChanged, groups: added };
}

/**
 * Waits until the running daemon has the list in force, with as many entries as it should have at least.
 * @returns null when no daemon runs, else its entries
 */
export async function waitForList(
  slug: string,
  config: string | undefined,
  entriesMin: number,
): Promise<number | null> {
  const target = await targetOf(configFile(config));
  // A list that is new comes with the configuration; one that is there has a file that grew.
  const known = await askDaemon(target, '/api/v1/lists');
  if (known.kind === 'answer' && listsOf(known.body).some(({ name }) => name === slug))
    await askDaemon(target, '/api/v1/lists/refresh', { body: { lists: [slug] }, timeoutMs: DAEMON_MS });
  const list = await waitForLists(slug, config, (lists) =>
    lists.find(({ name, inForce, entries }) => name === slug && inForce && entries >= entriesMin),
  );
  return list === null ? null : list.entries;
}

/**
 * Waits until the running daemon's lists are as wanted, after a change of the configuration that is about `list`.
 * @returns null when no daemon runs, else what `wanted` gave
 * @throws CliError when the daemon refuses the configuration, or is not done in time
 */
export async function waitForLists<T>(
  list: string,
  config: string | undefined,
  wanted: (lists: readonly ListView[]) => T | undefined,
): Promise<T | null> {
  const target = await targetOf(configFile(config));
  const untilMs = Date.now() + DAEMON_MS;
  for (;;) {
    const reply = await askDaemon(target, '/api/v1/lists');
    if (reply.kind === 'none') return null;
    const lists = reply.kind === 'answer' ? listsOf(reply.body) : [];
    const found = wanted(lists);
    if (found !== undefined) return found;
    const isLate = Date.now() > untilMs;
    const reason = await whyRefused(target, isLate ? 0 : untilMs - DAEMON_MS);
    if (isLate || reason !== null) {
      const why = reason ?? lists.find(({ name }) => name === list)?.why ?? null;
      throw new CliError(
        'CLI_NOT_IN_FORCE',
        EXIT.failed,
        `the configuration is written, but the daemon has not taken list ${list} ${reason === null ? 'yet' : 'over'}${why === null ? '' : `: ${why}`}; see \`cenote status\` and \`cenote lists\``,
      );
    }
    await wait(STEP_MS);
  }
}

const listsOf = (body: unknown): readonly ListView[] =>
  (body as { readonly lists: readonly ListView[] }).lists;

/** The reason for which the daemon refused a configuration at that time or later. */
async function whyRefused(target: Target, sinceMs: number): Promise<string | null> {
  const reply = await askDaemon(target, '/readyz');
  const { refused } = reply.kind === 'answer' ? (reply.body as Partial<HealthView>) : {};
  return refused?.kind === 'configuration' && Date.parse(refused.since) >= sinceMs ? refused.reason : null;
}
