// `listen.admin` as meant: where the admin interface is, who gets in, and what each may do.

import type { Prefix, SocketAddress } from '../values/addresses.ts';
import type { Milliseconds } from '../values/amounts.ts';

/** Each may do what those before it may. */
export const ROLES = ['reader', 'analyst', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export interface AdminConfig {
  /** None: the admin interface is off, but for its Unix socket. */
  readonly addresses: readonly SocketAddress[];
  /** Whether they speak HTTPS, with the certificate of DoT and DoH. */
  readonly tls: boolean;
  /** Path of the Unix socket, absolute, or `auto`: see socketPath; null for none. */
  readonly socket: string | null;
  readonly users: readonly AdminUser[];
  /** Of the user `admin` that is there while `users` names nobody; null: made where it is needed. */
  readonly password: string | null;
  /** Proxies whose word on the client, its protocol and the name it asked for counts. */
  readonly trust: readonly Prefix[];
  readonly oidc: OidcConfig | null;
  /** A session ends when it was not used for so long. */
  readonly idleMs: Milliseconds;
  /** And after so long at the latest. */
  readonly lastsMs: Milliseconds;
  /** How long the audit log keeps its rows. */
  readonly auditMs: Milliseconds;
}

export interface AdminUser {
  readonly name: string;
  /** A hash as `cenote password` makes it, or the password itself; null: no sign-in by password. */
  readonly password: string | null;
  /** Secret of the second factor, base32; null for none. */
  readonly totp: string | null;
  readonly role: Role;
  /** The login name or number of a user of this machine who is this one at the Unix socket. */
  readonly system: string | null;
}

export interface OidcConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | null;
  readonly scopes: readonly string[];
  /** The claim that roles are read from. */
  readonly claim: string;
  /** By role, the values of the claim that give it; `*` is any. */
  readonly roles: Readonly<Record<Role, readonly string[]>>;
}

/** sun_path of Linux has 108 octets, with the zero at its end. */
export const SOCKET_OCTETS_MAX = 107;

/** Where the Unix socket is. @param dir the data folder, absolute @returns null for none, and where the usual path is too long for the system */
export function socketPath(socket: string | null, dir: string): string | null {
  if (socket !== 'auto') return socket;
  const path = `${dir}/admin.sock`;
  return new TextEncoder().encode(path).length <= SOCKET_OCTETS_MAX ? path : null;
}

/** Whether somebody is named who could sign in: then nobody gets in for being on this machine. */
export function namesSomebody({ users, password, oidc }: AdminConfig): boolean {
  return users.length > 0 || password !== null || oidc !== null;
}
