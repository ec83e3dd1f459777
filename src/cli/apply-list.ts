// Puts an imported list into the configuration file, comments kept, and has the running daemon take it and hunt for it.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Document, isMap, isSeq, parseDocument } from 'yaml';
import type { ListView } from '../admin/state.ts';
import { problemText } from '../config/problem.ts';
import { realPathOf } from '../config/real-path.ts';
import { writeWhole } from '../lists/import/write-whole.ts';
import { CliError, EXIT } from './cli-error.ts';
import { configFile, load } from './config-file.ts';
import { askDaemon, targetOf } from './daemon-client.ts';

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
  const file = realPathOf(configFile(config));
  const before = readFileSync(file, 'utf8');
  const document = parseDocument(before);
  if (document.errors.length > 0 || !isMap(document.contents))
    throw new CliError(
      'CLI_CONFIG',
      EXIT.bad,
      `the configuration is not in order; nothing was changed (${file})`,
    );
  const hadIt = document.hasIn(['lists', slug]);
  const known = load(file).config?.lists.find(({ name }) => name === slug);
  if (known !== undefined && realPathOf(known.source) !== realPathOf(path))
    throw new CliError(
      'CLI_CONFIG',
      EXIT.bad,
      `there is another list ${slug} (${file}); give this one another --name, or grow that one with --append ${slug}`,
    );
  if (!hadIt) {
    const entry = document.createNode({
      source: resolve(path),
      action: 'sinkhole',
      alert: true,
      ...(groups === undefined ? { for: 'all' } : {}),
    });
    entry.flow = true;
    if (isMap(document.get('lists'))) document.setIn(['lists', slug], entry);
    else document.set('lists', document.createNode({ [slug]: entry }));
  }
  const added = groups === undefined ? [] : addToGroups(document, slug, groups, file);
  const text = document.toString({ lineWidth: 0 });
  if (hadIt && added.length === 0) return { file, isChanged: false, groups: added };
  writeChecked(file, text);
  return { file, isChanged: true, groups: added };
}

function addToGroups(document: Document, slug: string, wanted: readonly string[], file: string): string[] {
  const all = document.get('groups');
  const known = isMap(all) ? all.items.map(({ key }) => String(key)) : [];
  const missing = wanted.find((name) => !known.includes(name));
  if (missing !== undefined)
    throw new CliError(
      'CLI_NO_GROUP',
      EXIT.bad,
      `there is no group ${JSON.stringify(missing)}; groups are ${known.join(', ') || 'none'} (${file})`,
    );
  const added: string[] = [];
  for (const name of wanted) {
    const lists = document.getIn(['groups', name, 'lists']);
    if (isSeq(lists)) {
      if (lists.toJSON().includes(slug)) continue;
      lists.add(document.createNode(slug));
    } else document.setIn(['groups', name, 'lists'], document.createNode([slug]));
    added.push(name);
  }
  return added;
}

/** Read as the daemon would read it before it replaces the old one. */
function writeChecked(file: string, text: string): void {
  const problem = load(file, text).problems[0];
  if (problem !== undefined)
    throw new CliError(
      'CLI_CONFIG',
      EXIT.bad,
      `the configuration would have a mistake, nothing was changed: ${problemText(problem)}`,
    );
  try {
    writeWhole(file, text);
  } catch (error) {
    throw new CliError(
      'CLI_CONFIG',
      EXIT.failed,
      `the configuration cannot be written: ${String(error)} (${file})`,
    );
  }
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
  const target = targetOf(configFile(config));
  const untilMs = Date.now() + DAEMON_MS;
  await askDaemon(target, '/api/v1/lists/refresh', { body: { lists: [slug] }, timeoutMs: DAEMON_MS });
  for (;;) {
    const reply = await askDaemon(target, '/api/v1/lists');
    if (reply.kind === 'none') return null;
    const lists =
      reply.kind === 'answer' ? (reply.body as { readonly lists: readonly ListView[] }).lists : [];
    const list = lists.find(({ name }) => name === slug);
    if (list?.inForce === true && list.entries >= entriesMin) return list.entries;
    if (Date.now() > untilMs)
      throw new CliError(
        'CLI_NOT_IN_FORCE',
        EXIT.failed,
        `the daemon has not taken list ${slug} yet${list?.why ? `: ${list.why}` : ''}; see \`cenote status\` and \`cenote lists\``,
      );
    await wait(STEP_MS);
  }
}
