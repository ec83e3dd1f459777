// Compiled texts are kept where the next start finds them: ours are moved, files of users are copied.
import { existsSync } from 'node:fs';
import { messageOf } from '../../config/coded-error.ts';
import { asideOf, moveWhole, settle } from '../../config/disk/whole-file.ts';
import { identityOf } from '../sources/file.ts';
import { folderIdentity } from '../sources/folder.ts';
import { copyWhole } from './disk.ts';
import { keepFolder } from './folder-copy.ts';
import type { Fresh, Held } from './held-list.ts';
import type { ListState } from './list-state.ts';

/** A text to be copied aside while it is compiled, since whoever owns the file may change it at any time. */
export interface TextCopy {
  readonly list: string;
  readonly from: string;
  readonly to: string;
}

/** Null where there is no new text, or it is a file of our own that need only be moved. */
export function textCopyOf({ config, source, paths, fresh }: Held): TextCopy | null {
  if (source.kind !== 'file' || fresh?.body.kind !== 'file') return null;
  return { list: config.name, from: fresh.body.path, to: asideOf(paths.good) };
}

/**
 * Makes a compiled text the last good one. A full disk costs the copy, not the list.
 *
 * @param copy of it, where one was made
 * @returns why the disk did not take it; null when it did
 */
export async function keep(held: Held, fresh: Fresh, copy: TextCopy | null): Promise<string | null> {
  if (fresh.body.kind !== 'file' && fresh.body.kind !== 'folder') return null;
  const problem = await keepText(held, fresh, copy).then(
    () => null,
    (error: unknown) => messageOf(error),
  );
  held.isGoodOld = problem !== null && held.hasGood;
  held.hasGood = existsSync(held.paths.good);
  return problem;
}

async function keepText(
  { config, source, paths }: Held,
  { body, validators }: Fresh,
  copy: TextCopy | null,
): Promise<void> {
  if (body.kind === 'folder') {
    if (folderIdentity(config.source) === validators.identity) await keepFolder(paths.good, body.paths);
    return;
  }
  if (body.kind !== 'file') return;
  if (source.kind !== 'file') return moveWhole(body.path, paths.good);
  // A file written to meanwhile is another text than the one compiled: it will be read again anyway.
  if (identityOf(body.path) !== validators.identity) return;
  await (copy === null ? copyWhole(body.path, paths.good) : settle(copy.to, paths.good));
}

/** What the next run may know: where it finds an older text than the one in force, it must read the source again. */
export function savedOf({ state, isGoodOld }: Held): ListState {
  return isGoodOld ? { ...state, validators: null } : state;
}
