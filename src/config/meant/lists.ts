// A list as meant: where it comes from, what is read of it, what it does.

import type { ConfigFile } from '../schema.ts';
import type { Milliseconds } from '../values/amounts.ts';
import type { ListCategory, ListError, ListExpiry, ListFormatName } from '../values/list-words.ts';
import type { TsigKey } from './tsig-key.ts';

export type ListAction = ConfigFile['lists'][string]['action'];
export type ListMode = ConfigFile['lists'][string]['mode'];

export interface ListConfig {
  readonly name: string;
  /** A path (absolute after loading), an http(s):// or rpz:// URL; empty when `names` holds the list inline. */
  readonly source: string;
  readonly names: readonly string[] | null;
  readonly format: ListFormatName;
  readonly refreshMs: Milliseconds;
  readonly action: ListAction;
  readonly alert: boolean;
  /** What users may be told; null or absent: not said. */
  readonly category?: ListCategory | null;
  /** The Extended DNS Error of its blocks; absent: `blocked`. */
  readonly ede?: ListError;
  readonly mode: ListMode;
  /** When entries that do not say it themselves stop blocking and only watch; null or absent: never. */
  readonly expires?: ListExpiry | null;
  /** Files of names and addresses that are held back, of which none is to be blocked unasked; null or absent: nothing is held back. */
  readonly warnings?: readonly string[] | null;
  /** What is not held back: names in lower case and A-labels, addresses and networks. */
  readonly take?: readonly string[];
  /** Overrides what the format says about names below an entry; null leaves it to the format. */
  readonly subdomains: boolean | null;
  readonly onFailure: ConfigFile['lists'][string]['onFailure'];
  /** A refresh that loses more than this share (0..1) of its entries is refused. */
  readonly maxShrink: number;
  /** Consent to rules on the root, a TLD or another public suffix, and on networks that hold too much. */
  readonly allowPublicSuffixes: boolean;
  /** Made of what somebody allowed or blocked by hand; absent: of the configuration. */
  readonly byHand?: true;
  /** Whether its addresses count; null: those that it names itself, not those that a report told. */
  readonly addresses: boolean | null;
  readonly tsig: TsigKey | null;
  /** What its server asks for; shown to no other. */
  readonly credentials: ListCredentials | null;
}

export interface ListCredentials {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Paths of PEM files. */
  readonly clientCertificate: { readonly cert: string; readonly key: string } | null;
}
