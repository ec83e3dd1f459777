// Which configuration a command uses.
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CliError, EXIT } from './cli-error.ts';

export const USUAL_PLACES: readonly string[] = ['./config/cenote.yaml', '/etc/cenote/cenote.yaml'];

/**
 * `-c`, else $CENOTE_CONFIG, else the first of the usual places that is there.
 * @throws CliError when none is, or a restore was cut off that was to replace it
 */
export function configFile(named: string | undefined): string {
  const found = named ?? usualConfig();
  if (found !== null) {
    const unfinished = unfinishedRestore(found);
    if (!existsSync(unfinished)) return found;
    throw new CliError(
      'CLI_BACKUP',
      EXIT.bad,
      `a restore was cut off before all was in its place (${unfinished}); \`cenote restore FILE -c ${found}\` finishes it`,
    );
  }
  throw new CliError(
    'CLI_NO_CONFIG',
    EXIT.bad,
    `there is no configuration (looked for ${USUAL_PLACES.join(' and ')}); name one with -c FILE or CENOTE_CONFIG`,
  );
}

/** The one of `configFile` where none is named; null when there is none. */
export function usualConfig(): string | null {
  const isThere = (place: string): boolean => existsSync(place) || existsSync(unfinishedRestore(place));
  return environmentConfig() ?? USUAL_PLACES.find(isThere) ?? null;
}

/** $CENOTE_CONFIG; null when it is unset or empty. */
export function environmentConfig(): string | null {
  const { CENOTE_CONFIG: named } = process.env;
  return named === undefined || named === '' ? null : named;
}

/** Beside a configuration while a restore puts things in place: what it has to move. */
export function unfinishedRestore(config: string): string {
  return join(dirname(config), `.cenote-restore-${basename(config)}.json`);
}
