// Passwords: a hash is made and checked here and nowhere else. scrypt (RFC 7914) makes each guess cost memory and time.
import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { formatHash, isHash, type PasswordHash, parseHash } from '../../config/values/password-hash.ts';

/** 32 MiB and some 0.2 s a try: a resolver on a small machine can afford it, and who guesses cannot. */
const COST = { logCost: 15, blockSize: 8, parallel: 3 } as const;
const SALT_OCTETS = 16;
const HASH_OCTETS = 32;

export async function hashPassword(password: string): Promise<string> {
  const form = { ...COST, salt: randomBytes(SALT_OCTETS), hash: new Uint8Array(HASH_OCTETS) };
  return formatHash({ ...form, hash: await derive(password, form) });
}

/** What somebody without a password is checked against, so that the answer takes as long. */
const NOBODYS: PasswordHash = {
  ...COST,
  salt: randomBytes(SALT_OCTETS),
  hash: randomBytes(HASH_OCTETS),
};

/**
 * @param expected a hash, the password itself, or null for nobody: then it is false, as late as else
 * @param likeness the hash of somebody else, whose cost a check against nobody has
 */
export async function isPassword(
  offered: string,
  expected: string | null,
  likeness: string | null = null,
): Promise<boolean> {
  const hash = expected !== null && isHash(expected) ? parseHash(expected) : null;
  const form = hash ?? (likeness === null ? null : parseHash(likeness)) ?? NOBODYS;
  const isSame = timingSafeEqual(await derive(offered, form), form.hash);
  if (expected === null || hash !== null) return hash !== null && isSame;
  return isSameText(offered, expected);
}

/** Digests are compared, so that neither content nor length tells by time. */
export function isSameText(a: string, b: string): boolean {
  return timingSafeEqual(digestOf(a), digestOf(b));
}

export function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function derive(
  password: string,
  { logCost, blockSize, parallel, salt, hash }: PasswordHash,
): Promise<Buffer> {
  const cost = 2 ** logCost;
  const options = { N: cost, r: blockSize, p: parallel, maxmem: 128 * blockSize * (cost + parallel + 2) };
  return new Promise((resolve, reject) => {
    // One spelling of letters with accents, whatever keyboard they came from.
    scrypt(password.normalize('NFC'), salt, hash.length, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
