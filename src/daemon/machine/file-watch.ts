// Files that others write, looked at through links: a renewal, an editor or a ConfigMap replaces a file, a link or the folder above it.
import { statSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';

/** How often files are looked at. */
const LOOK_MS = 2000;
/** How long nothing more may happen in a folder before its file is looked at. */
const SETTLE_MS = 300;

/**
 * @param paths of now; what a configuration names may change
 * @param changed called once what the paths lead to is another and has been still for one look
 * @param soon a file whose folder is watched besides, where the system can: then a change is seen before the next look
 * @returns ends it
 */
export function watchFiles(
  paths: () => readonly string[],
  changed: () => void,
  soon: string | null = null,
): () => void {
  let known = stampOf(paths());
  let seen = known;
  const look = (): void => {
    const stamp = stampOf(paths());
    const isStill = stamp === seen;
    seen = stamp;
    if (stamp === known || !isStill) return;
    known = stamp;
    changed();
  };
  const timer = setInterval(look, LOOK_MS).unref();
  const unwatch =
    soon === null
      ? () => undefined
      : watchFolder(soon, () => {
          seen = stampOf(paths());
          look();
        });
  return () => {
    clearInterval(timer);
    unwatch();
  };
}

/**
 * Calls once the folder of a file has been quiet after something happened that may concern it: what is written beside it, a log of this
 * daemon's for instance, does not; a link beside it that is replaced may. One that cannot be watched costs only this.
 */
function watchFolder(file: string, quiet: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  try {
    const watcher = watch(dirname(file), (event, name) => {
      if (event === 'change' && name !== basename(file)) return;
      clearTimeout(timer);
      timer = setTimeout(quiet, SETTLE_MS);
    });
    watcher.on('error', () => watcher.close());
    return () => {
      clearTimeout(timer);
      watcher.close();
    };
  } catch {
    return () => undefined;
  }
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
