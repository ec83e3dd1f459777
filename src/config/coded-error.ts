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

/** OpenSSL's and Node's words for a certificate that leads to nobody who is trusted; what follows in Node's is about its flags. */
const UNTRUSTED =
  /(?:self-signed certificate(?: in certificate chain)?|unable to verify the first certificate|unable to get (?:local )?issuer certificate)(?:; if the root CA is installed locally, try running Node\.js with --use-system-ca)?/;
const TRUST =
  'its certificate leads to no authority that is trusted here; put the certificate of an authority of your own where this system keeps them ' +
  '(Debian: update-ca-certificates) and start cenote again, or have the server send the certificates in between';

/** Whether a server's certificate leads to nobody who is trusted. */
export const isUntrusted = (thrown: unknown): boolean =>
  thrown instanceof Error && UNTRUSTED.test(thrown.message);

/** The message of anything thrown, for a place that only shows it. */
export function messageOf(thrown: unknown): string {
  return (thrown instanceof Error ? thrown.message : String(thrown)).replace(UNTRUSTED, TRUST);
}
