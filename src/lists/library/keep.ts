// Compiled texts are kept where the next start finds them: ours are moved, files of users are copied.
import { existsSync } from 'node:fs';
import { messageOf } from '../../config/coded-error.ts';
import { asideOf, moveWhole, settle } from '../../config/disk/whole-file.ts';
import { identityOf } from '../sources/file.ts';
import { folderIdentity } from '../sources/folder.ts';
import { copyWhole } from './disk.ts';
import { keepFolder } from './folder-copy.ts';
import type { Fresh, Held } from './held-list.ts';
import { keptOf, octetsIn } from './kept-text.ts';
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
  let [isKept, problem]: [boolean, string | null] = [false, null];
  try {
    isKept = await keepText(held, fresh, copy);
  } catch (error) {
    problem = messageOf(error);
  }
  held.isGoodOld = !isKept;
  held.hasGood = existsSync(held.paths.good);
  held.state = { ...held.state, keptOctets: isKept ? octetsIn(keptOf(held)) : null };
  return problem;
}

/** @returns whether it is kept: what was written to meanwhile is another text than the one compiled, and will be read again */
async function keepText(
  { config, source, paths }: Held,
  { body, validators }: Fresh,
  copy: TextCopy | null,
): Promise<boolean> {
  if (body.kind === 'folder') {
    if (folderIdentity(config.source) !== validators.identity) return false;
    await keepFolder(paths.good, body.paths);
  } else if (body.kind === 'file') {
    if (source.kind !== 'file') await moveWhole(body.path, paths.good);
    else if (identityOf(body.path) !== validators.identity) return false;
    else await (copy === null ? copyWhole(body.path, paths.good) : settle(copy.to, paths.good));
  }
  return true;
}

/** What the next run may know: where it finds an older text than the one in force, it must read the source again. */
export function savedOf({ state, isGoodOld }: Held): ListState {
  return isGoodOld ? { ...state, validators: null } : state;
}
