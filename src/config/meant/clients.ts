// What the configuration says of clients: how they get their names, what they may learn of this resolver, and what is kept of them.

import type { Prefix, SocketAddress } from '../values/addresses.ts';
import type { Milliseconds } from '../values/amounts.ts';
import type { ClientPattern } from '../values/clients.ts';

/** Where names and MAC addresses of clients come from. */
export interface ClientsConfig {
  /** Of `address` (16 octets) and `mac` (lower case, colons) one is null. */
  readonly names: readonly {
    readonly address: Uint8Array | null;
    readonly mac: string | null;
    readonly name: string;
  }[];
  /** A hosts file, absolute; null for none. */
  readonly hosts: string | null;
  /** Absolute; one that need not exist is silently passed over when it does not. */
  readonly leases: readonly { readonly path: string; readonly mustExist: boolean }[];
  readonly neighbours: boolean;
  readonly reverse: boolean;
  /** Clients that say which they are by the path or server name they ask at; `secret` null: from `access.allow` only. */
  readonly ids: readonly { readonly name: string; readonly secret: string | null }[];
  /** Neighbours that may say for which machine they ask. */
  readonly trust: readonly Prefix[];
  readonly users: UserSources;
}

/** Who may say which users are logged on, and where they say it. */
export interface UserSources {
  readonly radius: {
    readonly listen: readonly SocketAddress[];
    /** Of access servers, by where they are. */
    readonly secrets: readonly (Pick<Prefix, 'bytes' | 'bits'> & { readonly secret: string })[];
  } | null;
  readonly syslog: { readonly listen: readonly SocketAddress[]; readonly from: readonly Prefix[] } | null;
  /** A session that nothing more is said of ends after so long. */
  readonly timeoutMs: Milliseconds;
}

/** What clients may learn of this resolver. */
export interface ResolverConfig {
  /** Printing ASCII. */
  readonly id: string | null;
  readonly version: boolean;
  /** Lower-case presentation form. */
  readonly name: string | null;
  readonly designate: boolean;
  readonly information: boolean;
  readonly infoUrl: string | null;
  readonly cookies: boolean;
  readonly requireCookies: boolean;
  readonly organization: string | null;
}

/** The log of all queries. */
export interface LogConfig {
  readonly enabled: boolean;
  readonly keepMs: number;
  readonly sizeOctets: number;
  readonly anonymise: boolean;
  readonly withoutClients: readonly ClientPattern[];
  /** In presentation form; all below them is left out too. */
  readonly withoutNames: readonly string[];
}
