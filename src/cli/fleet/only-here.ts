// Options of a question to all sites, where one daemon alone is asked.
import { CliError, EXIT } from '../cli-error.ts';

/**
 * @param options by their names; undefined: not said
 * @throws CliError when one is said that would be passed over
 */
export function withoutFleet(options: Readonly<Record<string, unknown>>): void {
  const [said] = Object.entries(options).find(([, value]) => value !== undefined) ?? [];
  if (said !== undefined)
    throw new CliError(
      'CLI_USAGE',
      EXIT.bad,
      `${said} goes with --fleet, on the head of a fleet; leave it out here`,
    );
}
