// What all errors of cenote have: a code of the table, and a sentence.
import type { ErrorCode } from './error-codes.ts';

/** Message: what is wrong (where); what to do. */
export class CodedError<Code extends ErrorCode = ErrorCode> extends Error {
  readonly code: Code;

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** The message of anything thrown, for a place that only shows it. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
