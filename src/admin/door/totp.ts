// A second factor: six digits that change every 30 seconds (TOTP, RFC 6238, over HOTP, RFC 4226, with SHA-1 as all apps do it).
import { createHmac, randomBytes } from 'node:crypto';
import { isSameText } from './password.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const STEP_MS = 30_000;
/** Steps before and after now that count: clocks differ. */
const SLACK = 1;
const SECRET_OCTETS = 20;

/**
 * @param secret base32
 * @param after the step of the last code that was taken: none counts twice (RFC 6238 §5.2)
 * @returns the step that the code is of, null when it is of none
 */
export function stepOfCode(code: string, secret: string, nowMs: number, after: number): number | null {
  // Apps show it as two groups.
  const digits = code.replaceAll(/[\s-]/g, '');
  const now = Math.floor(nowMs / STEP_MS);
  let found: number | null = null;
  for (let step = now - SLACK; step <= now + SLACK; step += 1)
    if (isSameText(codeAt(secret, step), digits) && step > after) found = step;
  return found;
}

/** RFC 4226 §5.3. */
export function codeAt(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', base32Octets(secret)).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 0x0f;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

export function newSecret(): string {
  let bits = '';
  for (const octet of randomBytes(SECRET_OCTETS)) bits += octet.toString(2).padStart(8, '0');
  return (bits.match(/.{5}/g) ?? []).map((five) => ALPHABET[Number.parseInt(five, 2)] ?? '').join('');
}

/** What an authenticator app reads as a QR code. */
export function enrolUri(user: string, secret: string): string {
  return `otpauth://totp/${encodeURIComponent(`cenote:${user}`)}?secret=${secret}&issuer=cenote`;
}

function base32Octets(text: string): Buffer {
  let bits = '';
  for (const letter of text) bits += ALPHABET.indexOf(letter).toString(2).padStart(5, '0');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((eight) => Number.parseInt(eight, 2)));
}
