// Who asks, and what they may do.
import { ROLES, type Role } from '../../config/meant/admin.ts';

export interface Identity {
  /** A user, the name of a token, `root`, or the number of a user of this machine. */
  readonly name: string;
  readonly role: Role;
  /** How it is known. */
  readonly way: 'password' | 'token' | 'oidc' | 'socket' | 'loopback';
}

/** What a route asks of who comes; `open`: nothing. */
export type Needs = Role | 'open';

export function mayDo(role: Role, needs: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needs);
}
