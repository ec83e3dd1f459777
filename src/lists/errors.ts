// What can go wrong with a list as a whole; a bad line is never an error but a counted skip.

export type ListErrorCode =
  | 'LIST_EMPTY'
  | 'LIST_BINARY'
  | 'LIST_HTML'
  | 'LIST_JSON'
  | 'LIST_UNKNOWN_FORMAT'
  | 'LIST_NOT_FORMAT'
  | 'LIST_NOTHING_USABLE'
  | 'LIST_MOSTLY_INVALID'
  | 'LIST_SHRANK'
  | 'LIST_MISSING'
  | 'LIST_NOT_A_FILE'
  | 'LIST_UNREADABLE'
  | 'LIST_TOO_BIG'
  | 'LIST_FETCH'
  | 'LIST_STATUS'
  | 'LIST_TIMEOUT'
  | 'LIST_TRUNCATED'
  | 'LIST_REDIRECT'
  | 'LIST_FORBIDDEN_ADDRESS'
  | 'LIST_TRANSFER'
  | 'LIST_SNAPSHOT'
  | 'LIST_COMPILE'
  | 'LIST_DISK';

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
]);

export function isRefusal(code: ListErrorCode): boolean {
  return REFUSALS.has(code);
}

/** Message: what is wrong (where); what to do. */
export class ListError extends Error {
  readonly code: ListErrorCode;
  /** Of HTTP, where that is what is wrong; 0 elsewhere. */
  readonly status: number;

  constructor(code: ListErrorCode, message: string, options: ErrorOptions & { status?: number } = {}) {
    super(message, options);
    this.name = 'ListError';
    this.code = code;
    this.status = options.status ?? 0;
  }
}

/** The message of anything thrown, for a place that only shows it. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
