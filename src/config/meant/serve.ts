// What the configuration says of lists that other servers fetch from here.

import type { Prefix, SocketAddress } from '../values/addresses.ts';
import type { Seconds } from '../values/amounts.ts';
import type { TsigKey } from './tsig-key.ts';

export const SERVED_FORMATS = ['hosts', 'domains', 'adblock', 'rpz', 'addresses'] as const;
export type ServedFormat = (typeof SERVED_FORMATS)[number];

export interface ServedZoneConfig {
  /** Lower-case presentation form. */
  readonly name: string;
  /** Wire form. */
  readonly apex: Uint8Array;
  /** Lists it is made of, in the order that decides between policy zones. */
  readonly lists: readonly string[];
  /** Empty: whoever has the key. */
  readonly allow: readonly Prefix[];
  /** Null: whoever asks from an allowed address. */
  readonly tsig: TsigKey | null;
  readonly notify: readonly SocketAddress[];
  readonly ttlSeconds: Seconds;
}

export interface ServedListConfig {
  readonly name: string;
  readonly lists: readonly string[];
  readonly formats: readonly ServedFormat[];
  /** Addresses that need no token. */
  readonly allow: readonly Prefix[];
  /** A token for this alone; null: that of the admin interface only. */
  readonly token: string | null;
}

export interface ServeConfig {
  readonly zones: readonly ServedZoneConfig[];
  readonly lists: readonly ServedListConfig[];
}
