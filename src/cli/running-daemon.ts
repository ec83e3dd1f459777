// For commands that only the running daemon can do: its answer, or an error that says why there is none.
import { CliError, EXIT } from './cli-error.ts';
import { configFile } from './config-file.ts';
import { type Asking, askDaemon, type Reply } from './daemon-client.ts';
import { targetOf } from './target.ts';

export interface DaemonOptions {
  readonly config?: string;
  readonly json?: boolean;
}

/**
 * The answer's body; its shape is the route's and not checked here.
 * @param asking `words`: what a refusal of a code is at the command line, where the daemon's words speak of its body
 * @throws CliError when no daemon answers, or it refuses
 */
export async function askRunning<T>(
  options: DaemonOptions,
  path: string,
  asking: Asking & { readonly words?: Readonly<Record<string, string>> } = {},
): Promise<T> {
  const reply = await askDaemon(await targetOf(configFile(options.config)), path, asking);
  switch (reply.kind) {
    case 'answer':
      return reply.body as T;
    case 'none':
      throw noDaemon(reply);
    case 'refused': {
      const isTyped =
        reply.code.startsWith('BAD_') ||
        ['BROAD_NAME', 'NO_INCIDENT', 'NO_OVERRIDE', 'NO_SITE'].includes(reply.code);
      const exitCode = isTyped ? EXIT.bad : EXIT.failed;
      throw new CliError(
        'CLI_REFUSED',
        exitCode,
        `${asking.words?.[reply.code] ?? reply.message} (${reply.where})`,
      );
    }
    default:
      return reply satisfies never;
  }
}

/** Why nothing could be asked of a daemon, and what to do. */
export function noDaemon({ why, remedy }: Extract<Reply, { readonly kind: 'none' }>): CliError {
  const advice = remedy === undefined ? '' : `; ${remedy}`;
  return new CliError('CLI_NO_DAEMON', EXIT.failed, `no daemon answers (${why})${advice}`);
}

/** `?a=1&b=2` of what is there, else nothing. */
export function queryOf(values: Readonly<Record<string, string | undefined>>): string {
  const there = Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return there.length === 0 ? '' : `?${new URLSearchParams(there)}`;
}
