// Whether a file that somebody holds open, or goes by, is still the one that its path leads to.
import { statSync } from 'node:fs';

/** Of what stands there now; −1: nothing does. @throws Error when it cannot be told: no right to look, a loop of links */
export function inodeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.ino ?? -1;
}

/** Another file stands there, or none. Where that cannot be told it is held to be the same. */
export function isReplaced(path: string, inode: number): boolean {
  try {
    return inodeOf(path) !== inode;
  } catch {
    return false;
  }
}
