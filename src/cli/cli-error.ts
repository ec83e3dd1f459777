// An error that a person at the command line caused or can mend, and the exit code it ends with.
import { CodedError } from '../config/coded-error.ts';
import type { CodesOf } from '../config/error-codes.ts';

export const EXIT = {
  ok: 0,
  /** Cannot start, not healthy, or something else went wrong. */
  failed: 1,
  /** A bad configuration or a bad command line. */
  bad: 2,
  blocked: 3,
  /** A hunt found somebody who asked. */
  found: 3,
  nothingFound: 4,
  stale: 5,
  /** A list's source gives nothing usable now. */
  sources: 6,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export class CliError extends CodedError<CodesOf<'CLI'>> {
  readonly exitCode: ExitCode;

  /** @param message "what is wrong (where); what to do", without a prefix */
  constructor(code: CodesOf<'CLI'>, exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(code, message, options);
    this.exitCode = exitCode;
  }
}

/** By number. */
export const EXIT_MEANINGS = [
  [0, 'fine'],
  [1, 'failed or not healthy'],
  [2, 'bad configuration or usage'],
  [3, 'blocked or found by a hunt'],
  [4, 'nothing found'],
  [5, 'a list that is stale or not in force, or a site that lags'],
  [6, 'a list source that gives nothing now'],
] as const;
