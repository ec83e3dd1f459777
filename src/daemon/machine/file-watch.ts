// Files that others write, looked at through links: a renewal, an editor or a ConfigMap replaces a file, a link or the folder above it.
import { statSync } from 'node:fs';
import { FolderWatch } from './folder-watch.ts';
import { LOOKS_MS, type Looks } from './looks.ts';

/** How often files are looked at while clients ask. */
const LOOK_MS = 2000;
/** What changed is looked at again after this. */
const STILL_MS = 1000;

/** Of a file that is written at once, at rest. */
export const SEEN_WITHIN_MS: number = LOOKS_MS.rest + STILL_MS;

/** How one file is watched besides, where the system can: then a change is seen before the next look. */
export interface Soon {
  readonly file: string;
  /** Told once while its folder cannot be watched, and when that is for another reason. */
  readonly report: (problem: string) => void;
}

/**
 * @param paths of now; what a configuration names may change
 * @param changed called once what the paths lead to is another and has been still for one look
 * @returns ends it
 */
export function watchFiles(
  paths: () => readonly string[],
  looks: Pick<Looks, 'every'>,
  changed: () => void,
  soon?: Soon,
): () => void {
  let known = stampOf(paths());
  let seen = known;
  let again: NodeJS.Timeout | undefined;
  const look = (): void => {
    clearTimeout(again);
    const stamp = stampOf(paths());
    const isStill = stamp === seen;
    seen = stamp;
    if (stamp === known) return;
    if (!isStill) {
      again = setTimeout(look, STILL_MS).unref();
      return;
    }
    known = stamp;
    changed();
  };
  const lookNow = (): void => {
    seen = stampOf(paths());
    look();
  };
  const folder = soon === undefined ? null : new FolderWatch(soon, lookNow);
  const endLooks = looks.every(LOOK_MS, () => {
    folder?.look();
    look();
  });
  return () => {
    endLooks();
    clearTimeout(again);
    folder?.close();
  };
}

function stampOf(paths: readonly string[]): string {
  return paths
    .map((path) => {
      try {
        const { ino, size, mtimeMs } = statSync(path);
        return `${path} ${ino} ${size} ${mtimeMs}`;
      } catch (error) {
        return `${path} ${error instanceof Error && 'code' in error ? String(error.code) : 'none'}`;
      }
    })
    .join('\n');
}
