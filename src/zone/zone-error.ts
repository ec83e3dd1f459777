// What can go wrong while a zone travels: connection, signature, order of records.

export type ZoneErrorCode = 'ZONE_FETCH' | 'ZONE_TIMEOUT' | 'ZONE_TRUNCATED' | 'ZONE_TRANSFER';

/** Message: what is wrong (where); what to do. */
export class ZoneError extends Error {
  readonly code: ZoneErrorCode;

  constructor(code: ZoneErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.name = 'ZoneError';
    this.code = code;
  }
}
