// What rules are compiled with, and the snapshot that a start may begin with.
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { messageOf } from '../../config/coded-error.ts';
import type { Config } from '../../config/config.ts';
import { asideOf } from '../../config/disk/whole-file.ts';
import type { Library } from '../../lists/library/library.ts';
import { type Draft, readSnapshot } from '../../lists/library/snapshot.ts';
import type { RuleSet } from '../../policy/rule.ts';
import { type Compiled, compileLists, dropAsides, type HowToCompile } from './compiler.ts';

/** Lists with fewer entries are compiled at start even where a snapshot stands: it takes no time worth saving. */
const SNAPSHOT_ENTRIES_MIN = 50_000;

/** @param snapshot where it is kept, and what it is of */
export function compile(
  library: Library,
  snapshot: Draft,
  revision: number,
  how: HowToCompile,
): Promise<Compiled> {
  const request = library.compileRequest(revision, randomInt(2 ** 32) | 0);
  const draft = { ...snapshot, path: asideOf(snapshot.path) };
  return compileLists({ request, draft, copies: library.copiesWanted() }, how);
}

export const listsDir = (config: Config): string => join(config.events.dir, 'lists');
export const snapshotPath = (config: Config): string => join(config.events.dir, 'rules.snapshot');

/** The rules of the last run; null when they are of other lists, or cannot be read. */
export async function openSnapshot(config: Config, log: Logger): Promise<RuleSet | null> {
  try {
    return await readSnapshot(snapshotPath(config), config.lists);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code !== 'LIST_MISSING') log.info(messageOf(error));
    return null;
  }
}

/**
 * The snapshot where it still fits and is worth it, or where rules made anew would lack something that it has.
 * @param changed whether there is a text that the snapshot has not
 * @returns compiled: null where the rules are the snapshot's
 */
export async function rulesAtStart(
  library: Library,
  config: Config,
  snapshot: RuleSet | null,
  changed: boolean,
): Promise<{ readonly ruleSet: RuleSet; readonly compiled: Compiled | null }> {
  if (snapshot !== null && (snapshot.names >= SNAPSHOT_ENTRIES_MIN || !changed))
    return { ruleSet: snapshot, compiled: null };
  const draft = { path: snapshotPath(config), lists: config.lists };
  const compiled = await compile(library, draft, (snapshot?.revision ?? 0) + 1, { isUrgent: true });
  if (snapshot === null || library.lost.in(compiled).length === 0)
    return { ruleSet: compiled.ruleSet, compiled };
  await dropAsides(compiled);
  return { ruleSet: snapshot, compiled: null };
}
