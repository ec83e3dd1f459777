// Whether anything can be kept in a folder: looked at before a daemon finds out. Nothing is made or written.
import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** What is wrong with a folder. */
export interface FolderFault {
  /** Nothing can ever be kept there, whoever asks and whatever is freed. */
  readonly isHopeless: boolean;
  readonly wrong: string;
  readonly right: string;
}

/** Of statfs(2): /proc, /sys, cgroups (both versions), and others that the kernel makes up. */
const PSEUDO: ReadonlySet<number> = new Set([
  0x9fa0, 0x62656572, 0x27e0eb, 0x63677270, 0x64626720, 0x74726163, 0x1cd1,
]);
/** Less is as good as full: a store takes more at its first hit. */
const FREE_OCTETS_MIN = 1_048_576;

/** @param path absolute; what is not there yet is judged by the folder it would be made in. Null where all is well */
export function folderFault(path: string): FolderFault | null {
  let above = resolve(path);
  while (!existsSync(above) && dirname(above) !== above) above = dirname(above);
  const whose = above === path ? '' : ` (${above} is what is there of it)`;
  try {
    const disk = statfsSync(above);
    // Node never comes back from making a folder below /proc.
    if (PSEUDO.has(disk.type))
      return {
        isHopeless: true,
        wrong: `${path} is in a file system of the kernel (${above})`,
        right: 'name a folder on a disk',
      };
    if (!statSync(above).isDirectory())
      return { isHopeless: true, wrong: `${above} is no folder`, right: 'name a folder' };
    accessSync(above, constants.W_OK | constants.X_OK);
    if (disk.bavail * disk.bsize < FREE_OCTETS_MIN)
      return {
        isHopeless: false,
        wrong: `the disk of ${path} is full`,
        right: 'make room: what is not stored is kept in memory only, within bounds',
      };
    return null;
  } catch (error) {
    return { isHopeless: false, ...whyNotWritten(path, whose, error) };
  }
}

function whyNotWritten(path: string, whose: string, error: unknown): Pick<FolderFault, 'wrong' | 'right'> {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  if (code === 'EROFS')
    return {
      wrong: `${path} is on a read-only file system${whose}`,
      right: 'mount it writable, or name another folder',
    };
  if (code === 'EACCES' || code === 'EPERM')
    return {
      wrong: `this user (uid ${process.getuid?.() ?? 'unknown'}) may not write to ${path}${whose}`,
      right: 'check its owner and mode, and that the daemon runs as its owner',
    };
  return { wrong: `${path} cannot be used: ${code}${whose}`, right: 'check the path' };
}
