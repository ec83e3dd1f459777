// Programs that a test starts end with it, however it ends: also by SIGKILL, when nothing of the test's own runs any more.
import { type ChildProcess, spawn } from 'node:child_process';

const groups = new Set<number>();

process.on('exit', () => {
  for (const group of groups) killGroup(group);
});

/** @param child leads a process group of its own (`detached`) */
export function endsWithUs(child: ChildProcess): void {
  const group = child.pid;
  if (group === undefined) return;
  groups.add(group);
  // Its standard input ends when this process does.
  const watcher = spawn('sh', ['-c', `read -r _; kill -s KILL -- -${group}`], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watcher.unref();
  watcher.stdin.on('error', () => undefined);
  (watcher.stdin as unknown as { unref(): void }).unref();
  child.once('close', () => {
    groups.delete(group);
    watcher.kill('SIGKILL');
  });
}

function killGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
