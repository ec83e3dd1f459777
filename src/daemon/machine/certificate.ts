// The certificate of the TLS and HTTPS listeners: read, and checked as a pair.
import { createHash, createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { messageOf } from '../../config/coded-error.ts';

export interface CertificatePair {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
  /** Of both texts. */
  readonly digest: string;
  /** Wall clock, ms: the end of its validity. */
  readonly notAfterMs: number;
  /** The names it is for, as OpenSSL writes them; empty when it has none. */
  readonly names: string;
  /** Of session tickets, for all resolver threads: another with each pair, so that a session of the one before is not resumed. */
  readonly ticketSecret: string;
}

export interface CertificatePaths {
  readonly cert: string;
  readonly key: string;
}

/** @throws Error that names the file which cannot be read or used, and why */
export function readCertificate({ cert, key }: CertificatePaths): CertificatePair {
  const texts = { cert: textOf(cert), key: textOf(key) };
  const leaf = attempt(`${cert} holds no PEM certificate`, () => new X509Certificate(texts.cert));
  const own = attempt(`${key} holds no PEM private key that can be used`, () => createPrivateKey(texts.key));
  if (!leaf.checkPrivateKey(own))
    throw new Error(`the key ${key} does not belong to the certificate ${cert}; give both files of one pair`);
  const { createSecureContext } = process.getBuiltinModule('node:tls');
  attempt(`${cert} and ${key} cannot be used for TLS`, () => createSecureContext(texts));
  return {
    ...texts,
    digest: createHash('sha256').update(texts.cert).update('\0').update(texts.key).digest('base64'),
    notAfterMs: leaf.validToDate.getTime(),
    names: leaf.subjectAltName ?? '',
    ticketSecret: randomBytes(32).toString('base64'),
  };
}

function textOf(path: string): string {
  return attempt(`the certificate cannot be read (${path})`, () => {
    // A pipe or device would hold up the main thread.
    if (!statSync(path).isFile()) throw new Error('it is not a file');
    return readFileSync(path, 'utf8');
  });
}

function attempt<T>(what: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new Error(`${what}: ${messageOf(error)}`, { cause: error });
  }
}

/** Days before the end at which an expiry is announced; 0 once it is past. */
export const EXPIRY_DAYS: readonly number[] = [30, 7, 1, 0];

/** The smallest of `EXPIRY_DAYS` that has been reached; null while the end is further away. */
export function expiryStage(notAfterMs: number, nowMs: number): number | null {
  const daysLeft = (notAfterMs - nowMs) / 86_400_000;
  return EXPIRY_DAYS.findLast((days) => daysLeft <= days) ?? null;
}
