// The door of the admin interface as this daemon has it: who is in the configuration, the first password, users of this machine.
import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import { isLoopback } from '../../admin/door/access.ts';
import { Door } from '../../admin/door/door.ts';
import { type AdminConfig, namesSomebody } from '../../config/meant/admin.ts';
import { firstPassword } from './first-password.ts';

/** (uid_t) -1: the kernel gives it to nobody. */
const NO_USER = 0xffff_ffff;

export interface DoorSurroundings {
  readonly token: string;
  /** The data folder. */
  readonly dir: string;
  readonly settings: () => AdminConfig | null;
  readonly log: Logger;
  /** To who starts the daemon, nowhere else. */
  readonly tell: (text: string) => void;
}

export async function doorFor({ token, dir, settings, log, tell }: DoorSurroundings): Promise<{
  readonly door: Door;
  /** Whether users of this machine other than root and this process's may connect to the Unix socket. */
  readonly isForAll: boolean;
}> {
  const now = settings();
  const isAway = now?.addresses.some(({ host }) => !isLoopback(host)) ?? false;
  const isNobodyNamed = now !== null && !namesSomebody(now);
  if (isNobodyNamed && now.addresses.length > 0)
    log.info(
      'root and the user that cenote runs as use the admin interface from this machine without a sign-in, since listen.admin names no users; `listen: { admin: { users: { NAME: { password: "…", role: admin } } } }` ends that (`cenote password` makes the hash), and the command line goes on by its Unix socket',
    );
  const made = isNobodyNamed && isAway ? await firstPassword(dir, tell) : null;
  const wantsPeers = now?.users.some(({ system }) => system !== null) ?? false;
  const isForAll = wantsPeers && (await peers()).canTell;
  if (wantsPeers && !isForAll)
    log.warn('this system does not tell who is at a Unix socket: `system` of users does nothing here');
  const door = new Door({
    token,
    dir,
    settings,
    firstPassword: made,
    now: Date.now,
    report: (why) => log.error(why),
  });
  return { door, isForAll };
}

/** The number of the user at the other end of a Unix socket; null: this system does not tell. */
export async function peerOf(socket: Socket): Promise<number | null> {
  const { _handle } = socket as unknown as { readonly _handle?: { readonly fd?: number } | null };
  const { canTell, ask } = await peers();
  if (!canTell) return null;
  // Who has hung up already is let in by nobody.
  return (await ask(_handle?.fd ?? -1)) ?? NO_USER;
}

async function peers() {
  const { canTellPeers, peerUser } = await import('../../native/peer-user.ts');
  return { canTell: await canTellPeers(), ask: peerUser };
}
