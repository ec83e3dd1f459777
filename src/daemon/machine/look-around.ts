// What others write beside the daemon, looked at from the start on: the configuration, hosts files, leases, the kernel's neighbours, local lists.
import type { Logger } from 'pino';
import type { Supervisor } from '../supervisor.ts';
import { SEEN_WITHIN_MS, watchFiles } from './file-watch.ts';

/** While clients ask. */
const LOOK_MS = { clients: 1000, lists: 2000 } as const;

/** Begins it. @returns each ends one */
export function lookAround(supervisor: Supervisor, log: Logger): readonly (() => void)[] {
  const { looks } = supervisor;
  const { file } = supervisor.config;
  const notWatched = (why: string): void =>
    log.warn(
      { file },
      `the folder of the configuration cannot be watched, so a change is seen within ${SEEN_WITHIN_MS / 1000} seconds, not at once: ${why}`,
    );
  const hosts = (): string[] =>
    supervisor.config.local.hosts === null ? [] : [supervisor.config.local.hosts];
  return [
    looks.every(LOOK_MS.clients, () => supervisor.book.refresh()),
    looks.every(LOOK_MS.lists, () => supervisor.rules.look()),
    watchFiles(
      () => [file],
      looks,
      () => void supervisor.reload('the file changed'),
      { file, report: notWatched },
    ),
    watchFiles(hosts, looks, () => void supervisor.reload('the hosts file changed')),
  ];
}
