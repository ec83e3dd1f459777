// What can go wrong with the admin interface itself.
export type AdminErrorCode = 'ADMIN_LISTEN' | 'ADMIN_TOKEN';

/** Message: what is wrong (where); what to do. */
export class AdminError extends Error {
  readonly code: AdminErrorCode;

  constructor(code: AdminErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AdminError';
    this.code = code;
  }
}
