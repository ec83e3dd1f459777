// Every message between the main thread and a resolver thread.

import type { Forwarded } from '../../clients/forwarded.ts';
import type { Config, LocalRecord, SocketAddress } from '../../config/config.ts';
import type { ErrorCode } from '../../config/error-codes.ts';
import type { Assignment } from '../../policy/groups.ts';
import type { RuleSet } from '../../policy/rule.ts';
import type { UpstreamState } from '../../upstream/forward.ts';

/** What a resolver thread starts with. */
export interface WorkerAssignment {
  readonly worker: number;
  /** ULID of this start of the daemon: names the journals. */
  readonly boot: string;
  /** events/counters.ts: one row a worker. */
  readonly counters: SharedArrayBuffer;
  /** events/asked.ts: one word for all threads. */
  readonly asked: SharedArrayBuffer;
  /** resolver/budgets.ts: what clients have used, of all threads. */
  readonly budgets: SharedArrayBuffer;
  /** 16 random octets of this start: the same for all threads, so that one takes another's cookie for its own. */
  readonly cookieSecret: Uint8Array;
  readonly hitRing: SharedArrayBuffer;
  readonly queryRing: SharedArrayBuffer | null;
  readonly settings: Settings;
}

/** All that a reload may change, together. */
export interface Settings {
  readonly config: Config;
  readonly ruleSet: RuleSet;
  readonly assignments: readonly Assignment[];
  /** Records of the hosts file the config names. */
  readonly hosts: readonly LocalRecord[];
  /** PEM texts of the tls and https listeners; null when there are none. */
  readonly certificate: { readonly cert: string; readonly key: string } | null;
  /** By group: whether blocking is paused. */
  readonly paused: readonly boolean[];
}

/** Every socket a resolver thread opens. */
export interface Sockets {
  readonly dns: readonly SocketAddress[];
  readonly tls: readonly SocketAddress[];
  readonly https: readonly SocketAddress[];
}

export type ToWorker =
  | { readonly kind: 'listen'; readonly sockets: Sockets; readonly reusePort: boolean }
  /** Make ready what these settings need, those that are others than before; nothing in force changes. */
  | {
      readonly kind: 'prepare';
      readonly revision: number;
      readonly changes: Partial<Settings>;
      readonly sequence: number;
    }
  /** Turn to what was prepared under this revision. */
  | { readonly kind: 'commit'; readonly revision: number; readonly sequence: number }
  /** Forget what was prepared under this revision. */
  | { readonly kind: 'drop'; readonly revision: number }
  /** Clients that a MAC or name pattern puts into a group are others now. */
  | { readonly kind: 'assign'; readonly assignments: readonly Assignment[] }
  /** To one thread a trusted neighbour named a machine that is new at its address; all note it, and so see when another is named there. */
  | { readonly kind: 'arrived'; readonly told: Forwarded & { readonly isAnother: boolean } }
  | { readonly kind: 'report'; readonly sequence: number }
  /** What is kept of an upstream's answer; `name` in wire form. */
  | {
      readonly kind: 'kept';
      readonly name: Uint8Array;
      readonly qtype: number;
      readonly group: number;
      readonly sequence: number;
    }
  /** Pass on every record that is held: somebody is about to search them. */
  | { readonly kind: 'flush'; readonly sequence: number }
  /** What to answer a message about a zone with; null: nothing. */
  | { readonly kind: 'zoneAnswer'; readonly number: number; readonly reply: Uint8Array | null }
  | { readonly kind: 'stop'; readonly drainMs: number };

/** An address that could not be opened. */
export interface ListenProblem {
  readonly code: ErrorCode;
  readonly message: string;
}

export type FromWorker =
  | {
      readonly kind: 'listening';
      /** Addresses by what is spoken there. */
      readonly bound: {
        readonly dns: readonly string[];
        readonly tls: readonly string[];
        readonly https: readonly string[];
      };
      readonly notes: readonly string[];
    }
  | { readonly kind: 'cannotListen'; readonly problem: ListenProblem }
  /** `error`: why the settings are refused; null when all is ready. */
  | { readonly kind: 'prepared'; readonly sequence: number; readonly error: string | null }
  /** `isKnown`: false when nothing was prepared under that revision. */
  | { readonly kind: 'committed'; readonly sequence: number; readonly isKnown: boolean }
  | { readonly kind: 'report'; readonly sequence: number; readonly report: WorkerReport }
  /** `message`: null when nothing fresh is kept. */
  | { readonly kind: 'kept'; readonly sequence: number; readonly message: Uint8Array | null }
  | { readonly kind: 'flushed'; readonly sequence: number }
  | ZoneMessage
  /** A connection on which a zone of ours is asked for: a descriptor for who answers, and what came on it. */
  | {
      readonly kind: 'zoneConnection';
      readonly fd: number;
      readonly octets: Uint8Array;
      readonly from: Uint8Array;
    }
  /** A machine that a trusted neighbour asks for, when it is new or has changed; null: one that the kernel knows at a new address. */
  | { readonly kind: 'forwarded'; readonly told: Forwarded | null }
  /** Hits cannot be journalled (why), or can again (null). */
  | { readonly kind: 'journal'; readonly error: string | null }
  | { readonly kind: 'stopped' };

/** A NOTIFY of a zone that is a list, or a question about a zone that is served; `from` is 16 octets. */
export interface ZoneMessage {
  readonly kind: 'notify' | 'zoneQuestion';
  readonly number: number;
  readonly message: Uint8Array;
  readonly from: Uint8Array;
  readonly isUdp: boolean;
}

/** What a resolver thread knows of itself. */
export interface WorkerReport {
  readonly worker: number;
  readonly waiting: number;
  readonly cacheEntries: number;
  readonly cacheOctets: number;
  readonly upstreams: readonly UpstreamState[];
}
