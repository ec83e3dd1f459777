// `cenote token`: prints the secret that opens the admin interface from elsewhere, to whoever may read it.
import { readToken, tokenPath } from '../../admin/token.ts';
import { CliError, EXIT } from '../cli-error.ts';
import { configFile } from '../config-file.ts';
import { printLines } from '../print.ts';
import { targetOf } from '../target.ts';

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
