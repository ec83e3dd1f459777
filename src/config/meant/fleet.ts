// What the configuration says of many sites under one head.
import type { Prefix } from '../values/addresses.ts';

/** Name of a site: it is a part of subjects and of file names. */
export const SITE: RegExp = /^[a-z0-9][a-z0-9-]{0,39}$/;

/** Sections that a head may publish to its sites. */
export const PUBLISHED_PARTS = [
  'lists',
  'groups',
  'sinkhole',
  'local',
  'rebinding',
  'contact',
  'alerts',
  'upstreams',
] as const;
export type PublishedPart = (typeof PUBLISHED_PARTS)[number];

/** What a site may say otherwise than the head: the published sections, and two parts of `groups` and `local`. */
export const OVERRIDABLE = ['networks', 'records', ...PUBLISHED_PARTS] as const;
export type Overridable = (typeof OVERRIDABLE)[number];

export interface NatsServer {
  readonly host: string;
  readonly port: number;
}

export interface FleetConfig {
  /** This daemon's name among the others; a token of a NATS subject. */
  readonly site: string;
  readonly nats: { readonly servers: readonly NatsServer[]; readonly isTls: boolean };
  /** The file of certificates that the servers' are held to; null: those that the system trusts. */
  readonly ca: string | null;
  /** The file of the NKey seed; null: the servers ask for none. */
  readonly credentials: string | null;
  /** The head's Ed25519 key, 32 octets in base64; null on a head, which has the private one. */
  readonly key: string | null;
  /** Whether machines go home under their names and addresses; else under pseudonyms. */
  readonly names: boolean;
  /** Whether names of machines are told to the head, and those of other sites are asked for. */
  readonly shareNames: boolean;
  /** Networks that no other site has. */
  readonly networks: readonly Prefix[];
  /** Null on a site that is no head. */
  readonly head: HeadConfig | null;
}

export interface HeadConfig {
  /** `postgres://…`: where the hits of all sites are kept; null: nowhere but at the sites. */
  readonly store: string | null;
  /** The file of the private key, in PEM; it is made when it is not there. */
  readonly signingKey: string;
  readonly publish: readonly PublishedPart[];
  readonly override: readonly Overridable[];
}
