// `cenote lists`: each list's entries, age and state, from the running daemon or else from the sources themselves; `lists refresh`
// has the daemon fetch lists now.
import type { ListView } from '../../admin/lists/list-view.ts';
import { CliError, EXIT } from '../cli-error.ts';
import { configFile } from '../config-file.ts';
import { askDaemon } from '../daemon-client.ts';
import { leftOutLines, listLines } from '../lines/list-lines.ts';
import { printError, printJson, printLines } from '../print.ts';
import { askRunning } from '../running-daemon.ts';
import { targetOf } from '../target.ts';

export interface ListsOptions {
  readonly config?: string;
  readonly json?: boolean;
}

/** Silent sources are waited for, and a long list is compiled. */
const REFRESH_MS = 310_000;

/** @param names empty for all. @returns 5 where a list could not be renewed */
export async function refreshCommand({
  names,
  ...options
}: ListsOptions & { readonly names: readonly string[] }): Promise<number> {
  const body = names.length === 0 ? {} : { lists: names };
  const { lists } = await askRunning<{ readonly lists: readonly ListView[] }>(
    options,
    '/api/v1/lists/refresh',
    {
      body,
      timeoutMs: REFRESH_MS,
    },
  );
  tell(lists, 'daemon', options);
  return lists.some(({ why }) => why !== null) ? EXIT.stale : EXIT.ok;
}

export async function listsCommand(options: ListsOptions): Promise<number> {
  const file = configFile(options.config);
  const reply = await askDaemon(await targetOf(file), '/api/v1/lists');
  if (reply.kind === 'refused')
    throw new CliError('CLI_REFUSED', EXIT.failed, `${reply.message} (${reply.where})`);
  if (reply.kind === 'answer') {
    const { lists } = reply.body as { readonly lists: readonly ListView[] };
    return tell(lists, 'daemon', options);
  }
  const { loadAndTell } = await import('../read-config.ts');
  const config = loadAndTell(file);
  if (config === null) return EXIT.bad;
  if (!options.json) printError(`no daemon answers, so the sources were read now (${reply.why})`);
  const { compileOffline } = await import('../../daemon/explain/offline.ts');
  const { listViewOf } = await import('../../admin/lists/list-view.ts');
  const { lists } = await compileOffline(config);
  return tell(lists.map(listViewOf), 'config', options);
}

function tell(lists: readonly ListView[], from: 'daemon' | 'config', { json }: ListsOptions): number {
  if (json) printJson({ from, lists });
  else printLines([...listLines(lists, Date.now()), ...leftOutLines(lists)]);
  return lists.some(({ overdue }) => overdue) ? EXIT.stale : EXIT.ok;
}
