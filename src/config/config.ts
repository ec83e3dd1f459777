// The configuration as meant: defaults filled in, units resolved, references checked, frozen. Nobody past `config` sees YAML.
// What is the same in the file as written is the schema's type (docs/decisions/0120-two-forms-of-the-configuration.md).

import type { AdminConfig } from './meant/admin.ts';
import type { ClientsConfig, LogConfig, ResolverConfig } from './meant/clients.ts';
import type { FleetConfig } from './meant/fleet.ts';
import type { ListConfig } from './meant/lists.ts';
import type { OutConfig } from './meant/out.ts';
import type { ServeConfig } from './meant/serve.ts';
import type { FRAMINGS, SYSLOG_FORMATS, WEBHOOK_FORMATS } from './schema/alerts.ts';
import type { ConfigFile } from './schema.ts';
import type { Prefix, SocketAddress } from './values/addresses.ts';
import type { Milliseconds, Seconds } from './values/amounts.ts';
import type { ClientPattern } from './values/clients.ts';
import type { LocalRecord } from './values/local-record.ts';
import type { Schedule } from './values/schedule.ts';
import type { UpstreamAddress } from './values/upstream.ts';

// The types that other rooms need as often as the whole: they import them from here.
export type { LogConfig } from './meant/clients.ts';
export type { ListAction, ListConfig, ListMode } from './meant/lists.ts';
export type { Prefix, SocketAddress } from './values/addresses.ts';
export type { Milliseconds, Seconds } from './values/amounts.ts';
export type { ClientPattern } from './values/clients.ts';
export type { ListFormatName } from './values/list-words.ts';
export type { LocalRecord } from './values/local-record.ts';
export type { Schedule } from './values/schedule.ts';
export type { UpstreamAddress, UpstreamTells } from './values/upstream.ts';

export interface Route {
  /** Lower-case presentation form, no trailing dot; covers the name and all below it. */
  readonly suffix: string;
  /** Its key in the file, a network too. Absent: as `suffix`. */
  readonly key?: string;
  readonly upstreams: readonly UpstreamAddress[];
}

export type Strategy = ConfigFile['upstreams']['strategy'];

export interface UpstreamsConfig {
  readonly default: readonly UpstreamAddress[];
  readonly routes: readonly Route[];
  /** Asked when all of the default ones fail. */
  readonly fallback: readonly UpstreamAddress[];
  readonly strategy: Strategy;
  readonly bootstrap: readonly UpstreamAddress[];
  readonly timeoutMs: Milliseconds;
}

export interface CacheConfig {
  readonly entries: number;
  /** Octets the answers of one resolver thread may take. */
  readonly bytesMax: number;
  readonly minTtlSeconds: Seconds;
  readonly maxTtlSeconds: Seconds;
  readonly negativeTtlSeconds: Seconds;
  readonly serveStaleSeconds: Seconds;
  readonly prefetch: boolean;
}

export interface GroupConfig {
  readonly name: string;
  readonly clients: readonly ClientPattern[];
  readonly lists: readonly string[];
  /** Those of `lists` that are `for: all`: in force whatever the schedule says. */
  readonly alwaysLists?: readonly string[];
  /** When the group's lists are in force; null is always. */
  readonly schedule: Schedule | null;
  /** Whether what an answer leads to is checked against the group's lists. */
  readonly inspect: boolean;
  /** Whether private addresses in answers for public names are withheld. */
  readonly rebinding: boolean;
  /** In place of the default ones; null for those. */
  readonly upstreams: readonly UpstreamAddress[] | null;
}

export type SinkholeAnswer =
  | { readonly kind: 'nullip' | 'nxdomain' | 'nodata' | 'refused' }
  /** Missing family: NODATA for it. 4 and 16 octets. */
  | { readonly kind: 'address'; readonly a: Uint8Array | null; readonly aaaa: Uint8Array | null };

export interface LocalConfig {
  readonly records: readonly LocalRecord[];
  /** A hosts file, absolute; null for none. */
  readonly hosts: string | null;
  readonly specialNames: boolean;
  readonly privateNames?: ConfigFile['local']['privateNames'];
  readonly canaries: boolean;
}

export interface RebindingConfig {
  readonly protect: boolean;
  /** Names that may lead to private addresses, with all below them; lower-case presentation form. */
  readonly except: readonly string[];
}

export interface AccessConfig {
  /** `own`: the networks of this machine's interfaces. */
  readonly allow: readonly (Prefix | 'own')[];
  readonly rateLimit: { readonly perSecond: number; readonly burst: number };
}

export interface EventsConfig {
  /** Absolute. */
  readonly dir: string;
  readonly historyMs: Milliseconds;
  readonly hitsMs: Milliseconds;
  readonly queryLog: {
    readonly enabled: boolean;
    readonly privacy: ConfigFile['events']['queryLog']['privacy'];
  };
}

/** For what, how soon, how often and when not a receiver is told. */
export interface AlertTiming {
  /** Unlike that of any other; what waits for the receiver is kept under it. */
  readonly name: string;
  /** Lists whose hits are sent to it; null is all that alert. */
  readonly lists: readonly string[] | null;
  readonly groups: readonly string[] | null;
  /** The least that is sent to it. */
  readonly severity: ConfigFile['alerts'][number]['severity'];
  /** A new incident waits this long for company. */
  readonly groupWaitMs: Milliseconds;
  /** The longest pause between notices of one incident that goes on; the first few follow sooner. */
  readonly repeatMs: Milliseconds;
  /** Nothing is told within it; what happened is told at its end. */
  readonly quiet: Schedule | null;
}

export type AlertReceiver =
  | {
      readonly kind: 'webhook';
      /** May hold a user and a password. */
      readonly url: string;
      readonly format: (typeof WEBHOOK_FORMATS)[number];
      readonly secret: string | null;
    }
  | {
      readonly kind: 'syslog';
      readonly url: string;
      readonly format: (typeof SYSLOG_FORMATS)[number];
      /** How messages are separated over TCP and TLS (RFC 6587 §3.4). */
      readonly framing: (typeof FRAMINGS)[number];
    }
  | {
      readonly kind: 'mail';
      /** `smtp://[USER@]HOST[:PORT]`, or `smtps://` for TLS from the first octet. */
      readonly url: string;
      readonly from: string;
      readonly to: readonly string[];
      /** The user's password. */
      readonly secret: string | null;
    }
  /** A program and its arguments, started without a shell. */
  | { readonly kind: 'command'; readonly command: readonly string[] };

export type AlertConfig = AlertReceiver & AlertTiming;

export interface Config {
  /** The file it was read from, absolute. */
  readonly file: string;
  readonly listen: {
    readonly dns: readonly SocketAddress[];
    readonly udp: ConfigFile['listen']['udp'];
    readonly tls: readonly SocketAddress[];
    readonly https: readonly SocketAddress[];
    /** Null: off. */
    readonly admin: AdminConfig | null;
    /** Where people reach the page; ends with a slash. */
    readonly publicUrl: string | null;
    readonly tlsCertificate: { readonly cert: string; readonly key: string } | null;
    /** Whether neighbours of `clients.trust` may put a PROXY header before what they pass on. */
    readonly proxy: boolean;
  };
  /** What defaults were; `small` also keeps heaps small. */
  readonly profile: ConfigFile['profile'];
  readonly workers: number;
  readonly upstreams: UpstreamsConfig;
  readonly cache: CacheConfig;
  readonly lists: readonly ListConfig[];
  readonly groups: readonly GroupConfig[];
  readonly clients: ClientsConfig;
  readonly sinkhole: { readonly answer: SinkholeAnswer; readonly ttlSeconds: Seconds };
  readonly local: LocalConfig;
  readonly rebinding: RebindingConfig;
  readonly access: AccessConfig;
  readonly resolver: ResolverConfig;
  /** URIs. */
  readonly contact: readonly string[];
  readonly events: EventsConfig;
  readonly log: LogConfig;
  readonly alerts: readonly AlertConfig[];
  readonly out: readonly OutConfig[];
  readonly serve: ServeConfig;
  /** Null: this daemon stands alone. */
  readonly fleet: FleetConfig | null;
  /** Files and folders, absolute. */
  readonly warninglists: readonly string[];
  readonly metrics: boolean;
}

/** `off`: no history is kept. */
export function privacyOf({ events: { queryLog } }: Pick<Config, 'events'>): 'none' | 'anonymise' | 'off' {
  return queryLog.enabled ? queryLog.privacy : 'off';
}
