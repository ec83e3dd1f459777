// What can go wrong with a list as a whole; a bad line is never an error but a counted skip.
import { CodedError } from '../config/coded-error.ts';
import type { CodesOf } from '../config/error-codes.ts';

export type ListErrorCode = CodesOf<'LIST'>;

/** What came was not accepted; any other code says that nothing came. */
const REFUSALS: ReadonlySet<ListErrorCode> = new Set<ListErrorCode>([
  'LIST_EMPTY',
  'LIST_BINARY',
  'LIST_HTML',
  'LIST_JSON',
  'LIST_UNKNOWN_FORMAT',
  'LIST_NOT_FORMAT',
  'LIST_NOTHING_USABLE',
  'LIST_MOSTLY_INVALID',
  'LIST_SHRANK',
  'LIST_TOO_BIG',
  'LIST_NAMES_TOO_LONG',
]);

export function isRefusal(code: ListErrorCode): boolean {
  return REFUSALS.has(code);
}

export class ListError extends CodedError<ListErrorCode> {
  /** Of HTTP, where that is what is wrong; 0 elsewhere. */
  readonly status: number;
  /** For how long the source asks to be left alone; 0 where it does not say. */
  readonly retryAfterMs: number;

  constructor(
    code: ListErrorCode,
    message: string,
    options: ErrorOptions & { status?: number; retryAfterMs?: number } = {},
  ) {
    super(code, message, options);
    this.status = options.status ?? 0;
    this.retryAfterMs = options.retryAfterMs ?? 0;
  }
}

/** For who asks once, and tries nothing again by itself. */
export function askedOnce(message: string): string {
  return message.replace(/; it is tried again later/, '; try again later');
}
