// The secret that lets other machines use the admin interface: one line in `<events.dir>/admin.token`, for its owner alone.
import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../config/coded-error.ts';
import { asideOf } from '../../config/disk/whole-file.ts';
import { AdminError } from '../admin-error.ts';

const TOKEN = /^[A-Za-z0-9_-]{43,128}$/;
const TOKEN_OCTETS = 32;
/** Bits of a mode that let anybody but the owner in. */
const OTHERS = 0o077;

export function tokenPath(eventsDir: string): string {
  return join(eventsDir, 'admin.token');
}

/** The token as it is, null when there is none that this user may read. */
export function readToken(eventsDir: string): string | null {
  try {
    const text = readFileSync(tokenPath(eventsDir), 'utf8').trim();
    return TOKEN.test(text) ? text : null;
  } catch {
    return null;
  }
}

const newToken = (): string => randomBytes(TOKEN_OCTETS).toString('base64url');

/** Puts a token that is in use where it is looked for. @throws Error when it cannot be written */
export function writeToken(eventsDir: string, token: string): void {
  const path = tokenPath(eventsDir);
  const aside = asideOf(path);
  try {
    // Its mode and owner are this process's, whatever was there.
    writeFileSync(aside, `${token}\n`, { flag: 'wx', mode: 0o600, flush: true });
    renameSync(aside, path);
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
}

/** The token, made now if there is none. @throws AdminError when it cannot be kept */
export function ensureToken(eventsDir: string): string {
  const path = tokenPath(eventsDir);
  const found = readToken(eventsDir);
  try {
    if (found !== null) {
      // Written only where it has to be: on a disk that is read only now, a token with the right mode is used as it is.
      if ((statSync(path).mode & OTHERS) !== 0) chmodSync(path, 0o600);
      return found;
    }
    const token = newToken();
    writeToken(eventsDir, token);
    return token;
  } catch (error) {
    const why = messageOf(error);
    throw new AdminError(
      'ADMIN_TOKEN',
      `the admin token cannot be kept (${path}): ${why}; let this user write there`,
      {
        cause: error,
      },
    );
  }
}

/**
 * As `ensureToken`; where none can be kept (a disk that is full or read only at a first start) one that nobody knows: DNS is
 * answered, root and the user that cenote runs as need no token.
 */
export function tokenOrNone(eventsDir: string, report: (why: string) => void): string {
  try {
    return ensureToken(eventsDir);
  } catch (error) {
    report(messageOf(error));
    return newToken();
  }
}
