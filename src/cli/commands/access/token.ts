// `cenote token`: prints the secret that opens the admin interface from elsewhere, to whoever may read it; `token list`, `token make`
// and `token revoke` are for tokens with a role and an end.
import { readToken, tokenPath } from '../../../admin/door/token.ts';
import { momentText } from '../../../config/values/grouped.ts';
import { CliError, EXIT } from '../../cli-error.ts';
import { configFile } from '../../config-file.ts';
import { columns } from '../../lines/table.ts';
import { printJson, printLines } from '../../print.ts';
import { askRunning, type DaemonOptions } from '../../running-daemon.ts';
import { targetOf } from '../../target.ts';

interface TokenView {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly by: string;
  readonly made: string;
  readonly ends: string | null;
}

interface Told {
  readonly tokens: readonly TokenView[];
  /** Of one that was just made. */
  readonly token?: string;
}

export async function tokenCommand(options: { readonly config?: string }): Promise<number> {
  const { eventsDir } = await targetOf(configFile(options.config));
  const token = readToken(eventsDir);
  if (token === null)
    throw new CliError(
      'CLI_NO_TOKEN',
      EXIT.failed,
      `there is no token that this user may read (${tokenPath(eventsDir)}); the daemon makes it at its first start`,
    );
  printLines([token]);
  return EXIT.ok;
}

export async function listTokensCommand(options: DaemonOptions): Promise<number> {
  const told: Told = await askRunning(options, '/api/v1/tokens');
  if (options.json) printJson(told);
  else
    printLines(
      told.tokens.length === 0 ? ['There are no tokens but that of `cenote token`.'] : lines(told.tokens),
    );
  return EXIT.ok;
}

export async function makeTokenCommand(
  options: DaemonOptions & { readonly name: string; readonly role: string; readonly for?: string },
): Promise<number> {
  const { name, role, for: lasts } = options;
  const told: Told = await askRunning(options, '/api/v1/tokens', { body: { name, role, for: lasts } });
  // The secret alone on standard output, for a pipe into a file.
  if (options.json) printJson(told);
  else printLines([told.token ?? '']);
  return EXIT.ok;
}

export async function revokeTokensCommand(
  options: DaemonOptions & { readonly ids: readonly string[] },
): Promise<number> {
  const tokens: TokenView[] = [];
  for (const id of options.ids) {
    const told: Told = await askRunning(options, `/api/v1/tokens/${encodeURIComponent(id)}/revoke`, {
      body: {},
    });
    tokens.push(...told.tokens);
  }
  if (options.json) printJson({ tokens });
  else printLines(tokens.map(({ name }) => `The token ${name} opens nothing any more.`));
  return EXIT.ok;
}

function lines(tokens: readonly TokenView[]): string[] {
  const row = ({ id, name, role, by, made, ends }: TokenView) => [
    id,
    name,
    role,
    momentText(made),
    ends === null ? 'when revoked' : `${momentText(ends)}${Date.parse(ends) <= Date.now() ? ' (ended)' : ''}`,
    by,
  ];
  return columns([['ID', 'NAME', 'ROLE', 'MADE', 'ENDS', 'BY'], ...tokens.map(row)]);
}
