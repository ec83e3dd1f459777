// The password of the user `admin` where the admin interface can be reached from elsewhere and the configuration names nobody:
// made at the first start, told once, and kept as a hash.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashPassword } from '../../admin/door/password.ts';
import { KEPT_MODE, writeWhole } from '../../config/disk/whole-file.ts';
import { parseHash } from '../../config/values/password-hash.ts';

/** 120 bits. */
const PASSWORD_OCTETS = 15;

/** @param tell shown to who starts the daemon, nowhere else @returns its hash */
export async function firstPassword(dir: string, tell: (text: string) => void): Promise<string> {
  const path = join(dir, 'admin.password');
  const kept = read(path);
  if (kept !== null) return kept;
  const password = randomBytes(PASSWORD_OCTETS).toString('base64url');
  const hash = await hashPassword(password);
  let lasts = `It is shown this once; its hash is in ${path}, and without that file there is another.`;
  try {
    writeWhole(path, `${hash}\n`, KEPT_MODE);
  } catch (error) {
    lasts = `It is good until the next start: its hash cannot be kept (${error instanceof Error ? error.message : error}).`;
  }
  tell(`Sign in to the page as \`admin\` with the password ${password}\n${lasts}\n`);
  return hash;
}

function read(path: string): string | null {
  try {
    const text = readFileSync(path, 'utf8').trim();
    return parseHash(text) === null ? null : text;
  } catch {
    return null;
  }
}
