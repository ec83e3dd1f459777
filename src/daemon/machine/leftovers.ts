// Files that were being written when a process was killed. Nothing reads them: they are under another name until they are whole.
import { basename, dirname, join } from 'node:path';
import type { Config } from '../../config/config.ts';
import { realPathOf } from '../../config/disk/real-path.ts';
import { dropOldAsides } from '../../lists/library/disk.ts';

/** Removes them wherever cenote writes, an hour after they were begun. Never fails. */
export async function dropLeftovers(
  { file, events }: Pick<Config, 'file' | 'events'>,
  nowMs: number,
): Promise<void> {
  for (const folder of ['.', 'lists', 'served', 'fleet'])
    await dropOldAsides(join(events.dir, folder), nowMs);
  const path = realPathOf(file);
  // Of what else is in these folders nothing is ours: only hidden names, in the first only the configuration's.
  await dropOldAsides(dirname(path), nowMs, `.${basename(path)}.`);
  for (const folder of [dirname(path), events.dir])
    await dropOldAsides(join(folder, 'blocklists'), nowMs, '.');
}
