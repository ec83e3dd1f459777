// A small file system of its own for tests of a disk that fills up; none where one may not be mounted.
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';

export interface SmallDisk {
  readonly path: string;
  readonly remove: () => void;
}

export function mountSmallDisk(octets: number): SmallDisk | null {
  const path = mkdtempSync(join(tmpdir(), 'cenote-small-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${octets}`, 'tmpfs', path], { stdio: 'ignore' });
  } catch {
    rmdirSync(path);
    return null;
  }
  return {
    path,
    remove: () => {
      execFileSync('umount', ['-l', path]);
      rmdirSync(path);
    },
  };
}

/** Removed when the test ends. @returns null where none can be mounted: the test is skipped */
export function smallDisk(t: Test, octets: number): SmallDisk | null {
  const disk = mountSmallDisk(octets);
  if (disk === null) t.pass('a full disk', { skip: 'a tmpfs cannot be mounted here' });
  else t.teardown(disk.remove);
  return disk;
}

/** Takes all room that is left. @returns gives it back */
export function fill({ path }: SmallDisk): () => void {
  const filler = join(path, 'filler');
  for (let octets = 65_536; octets >= 1; ) {
    try {
      appendFileSync(filler, Buffer.alloc(octets));
    } catch {
      octets = Math.floor(octets / 2);
    }
  }
  return () => rmSync(filler);
}
