// Compiled texts are kept where the next start finds them: ours are moved, files of users are copied.
import { identityOf } from '../sources/file.ts';
import { asideOf, copyWhole, moveWhole, settle } from './disk.ts';
import type { Fresh, Held } from './held-list.ts';

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
 * Makes a compiled text the last good one.
 *
 * @param copy of it, where one was made
 */
export async function keepText(
  { source, paths }: Held,
  { body, validators }: Fresh,
  copy: TextCopy | null,
): Promise<void> {
  if (body.kind !== 'file') return;
  if (source.kind !== 'file') return moveWhole(body.path, paths.good);
  // A file written to meanwhile is another text than the one compiled: it will be read again anyway.
  if (identityOf(body.path) !== validators.identity) return;
  await (copy === null ? copyWhole(body.path, paths.good) : settle(copy.to, paths.good));
}
