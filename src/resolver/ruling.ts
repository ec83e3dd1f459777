// What the walk works with, and what it decides by: all that a configuration and its lists say of queries.
import type { AnswerCache } from '../cache/answer-cache.ts';
import type { CacheConfig } from '../config/config.ts';
import type { Policy } from '../policy/decide.ts';
import type { Groups } from '../policy/groups.ts';
import type { Views } from '../policy/views.ts';
import type { Forwarder } from '../upstream/exchange.ts';
import type { Outcome, Query } from '../wire/message/query.ts';
import type { Access } from './access.ts';
import type { Audiences } from './identity/audiences.ts';
import type { FirstSight } from './identity/first-sight.ts';
import type { Identities } from './identity/identities.ts';
import type { OwnIds } from './identity/own-ids.ts';
import type { Rebinding } from './inspect/rebinding.ts';
import type { About } from './local/about.ts';
import type { LocalNames } from './local/local-names.ts';
import type { OwnOptions } from './local/own-options.ts';
import type { QueryObserver } from './query-observer.ts';
import type { Sinkhole } from './sinkhole.ts';

/** What a reload replaces, all of it at once. */
export interface Ruling {
  readonly access: Access;
  readonly groups: Groups;
  readonly policy: Policy;
  readonly sinkhole: Sinkhole;
  readonly local: LocalNames;
  readonly rebinding: Rebinding;
  readonly views: Views;
  /** Null: no neighbour is trusted to say who asks. */
  readonly identities: Identities | null;
  /** Null: nobody knows who is at an address before the tables are read. */
  readonly firstSight: FirstSight | null;
  /** Null: no client says which it is. */
  readonly ownIds: OwnIds | null;
  /** Null: no upstream is told who asks. */
  readonly audiences: Audiences | null;
  /** Null: nothing is said of this resolver itself. */
  readonly about: About | null;
  readonly ownOptions: OwnOptions | null;
}

export interface WalkParts {
  readonly ruling: Ruling;
  readonly cacheConfig: CacheConfig;
  readonly cache: AnswerCache;
  readonly forwarder: Forwarder;
  readonly observer: QueryObserver;
  /** Takes messages about zones that travel between servers; null: it is none of them. */
  readonly ofZones?: (query: Query) => Outcome | null;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
  /** 32 random bits. */
  readonly seed: number;
}
