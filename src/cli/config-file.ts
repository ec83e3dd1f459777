// Which configuration a command uses.
import { existsSync } from 'node:fs';
import { CliError, EXIT } from './cli-error.ts';

export const USUAL_PLACES: readonly string[] = ['./config/cenote.yaml', '/etc/cenote/cenote.yaml'];

/** `-c`, else $CENOTE_CONFIG, else the first of the usual places that is there. @throws CliError when none is */
export function configFile(named: string | undefined): string {
  if (named !== undefined) return named;
  const found = usualConfig();
  if (found !== null) return found;
  throw new CliError(
    'CLI_NO_CONFIG',
    EXIT.bad,
    `there is no configuration (looked for ${USUAL_PLACES.join(' and ')}); name one with -c FILE or CENOTE_CONFIG`,
  );
}

/** The one of `configFile` where none is named; null when there is none. */
export function usualConfig(): string | null {
  return environmentConfig() ?? USUAL_PLACES.find((place) => existsSync(place)) ?? null;
}

/** $CENOTE_CONFIG; null when it is unset or empty. */
export function environmentConfig(): string | null {
  const { CENOTE_CONFIG: named } = process.env;
  return named === undefined || named === '' ? null : named;
}
