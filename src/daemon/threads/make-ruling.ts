// What a walk works with under a config: for the resolver threads, and for whoever asks the walk why.
import type { NeighbourAsker } from '../../clients/one-neighbour.ts';
import type { AccessConfig, Config, LocalRecord } from '../../config/config.ts';
import { standsInside, upstreamKnowsPrivate } from '../../config/values/upstream.ts';
import { VERSION } from '../../config/version.ts';
import { LIMITS } from '../../listen/limits.ts';
import { Policy } from '../../policy/decide.ts';
import { minuteOfWeek } from '../../policy/schedule.ts';
import type { Views } from '../../policy/views.ts';
import { Access } from '../../resolver/access.ts';
import type { Budgets } from '../../resolver/budgets.ts';
import { Audiences } from '../../resolver/identity/audiences.ts';
import type { FirstSight } from '../../resolver/identity/first-sight.ts';
import { type Forwarded, Identities } from '../../resolver/identity/identities.ts';
import { OwnIds } from '../../resolver/identity/own-ids.ts';
import { Rebinding } from '../../resolver/inspect/rebinding.ts';
import { About } from '../../resolver/local/about.ts';
import { LocalNames } from '../../resolver/local/local-names.ts';
import { OwnOptions } from '../../resolver/local/own-options.ts';
import { StructuredErrors } from '../../resolver/local/structured-error.ts';
import type { Ruling } from '../../resolver/ruling.ts';
import { Sinkhole } from '../../resolver/sinkhole.ts';
import { STAND_IN_PREFIX } from '../../wire/names/stand-in.ts';
import { designation, type Served } from '../machine/designation.ts';
import type { ForwardedClients } from './forwarded.ts';
import type { Settings } from './messages.ts';

/** @param own what is not the config's alone */
export function makeRuling(
  config: Config,
  records: OwnRecords,
  own: Pick<
    Ruling,
    | 'policy'
    | 'groups'
    | 'access'
    | 'views'
    | 'identities'
    | 'firstSight'
    | 'ownIds'
    | 'ownOptions'
    | 'audiences'
  >,
): Ruling {
  const { rebinding, groups, upstreams, resolver } = config;
  return {
    ...own,
    sinkhole: sinkholeOf(config, own.policy),
    local: localNamesOf(config, records),
    rebinding: new Rebinding({ rebinding, groups, routes: upstreams.routes }),
    about: new About(resolver.id, resolver.version ? `cenote ${VERSION}` : null),
  };
}

export interface OwnRecords {
  /** Of the hosts file. */
  readonly hosts: readonly LocalRecord[];
  /** Of this resolver itself. */
  readonly designation: readonly LocalRecord[];
}

/** The names that are answered here. */
export function localNamesOf(config: Config, { hosts, designation: own }: OwnRecords): LocalNames {
  const { local, upstreams } = config;
  const { routes } = upstreams;
  return new LocalNames({
    local,
    hosts,
    own,
    routes,
    upstreamKnowsPrivate: upstreamKnowsPrivate(upstreams),
    keepsPrivateNames: keepsPrivateNames(config),
  });
}

export function sinkholeOf(config: Config, policy: Policy): Sinkhole {
  const { answer, ttlSeconds } = config.sinkhole;
  return new Sinkhole(policy, answer, ttlSeconds, new StructuredErrors(config, policy.ruleSet), config.lists);
}

/** What a resolver thread keeps over all its states. */
export interface ThreadParts {
  readonly views: Views;
  readonly budgets: Budgets;
  readonly forwarded: ForwardedClients;
  /** Null or absent: the kernel cannot be asked. */
  readonly firstSight?: FirstSight | null;
  /** Who is at an address, as the kernel knows it. */
  readonly neighbour?: NeighbourAsker | null;
  /** Where the thread's listeners are, as far as they are open. */
  readonly served: () => Served;
  /** 16 octets. */
  readonly cookieSecret: Uint8Array;
  /** Told of machines that trusted neighbours ask for. */
  readonly tell: (forwarded: Forwarded) => void;
  /** What those have said so far. */
  readonly told: () => Int32Array;
}

/** A machine without an address of its own may ask when its neighbour is trusted, or it has said which it is. */
function accessOf({ access, clients }: Config): AccessConfig {
  if (clients.trust.length + clients.ids.length === 0) return access;
  return {
    ...access,
    allow: [
      ...access.allow,
      { ...STAND_IN_PREFIX, text: 'machines named by trusted neighbours, clients of clients.ids' },
    ],
  };
}

/** Of a resolver thread. */
export function rulingOf(own: Settings, parts: ThreadParts): Ruling {
  const { views, budgets, forwarded, tell, cookieSecret } = parts;
  const { config, assignments } = own;
  const { trust, ids } = config.clients;
  const { id, cookies, requireCookies } = config.resolver;
  return makeRuling(config, ownRecordsOf(own, parts.served()), {
    policy: policyOf(own),
    groups: forwarded.groups(config.groups, assignments),
    access: new Access(accessOf(config), budgets),
    views,
    identities: trust.length + ids.length === 0 ? null : new Identities(trust, tell, parts.told()),
    firstSight: config.clients.neighbours ? (parts.firstSight ?? null) : null,
    ownIds: ids.length === 0 ? null : new OwnIds(ids),
    audiences: Audiences.of({ ...config.upstreams, views, macOf: parts.neighbour ?? null }),
    ownOptions: new OwnOptions({
      id,
      cookieSecret: cookies ? cookieSecret : null,
      requiresCookies: requireCookies,
      originMs: performance.timeOrigin,
      idleMs: LIMITS.idleTimeoutMs.default,
    }),
  });
}

/** Records that a resolver thread answers with beside those of the configuration. */
export function ownRecordsOf({ config, hosts, certificate }: Settings, served: Served): OwnRecords {
  return { hosts, designation: designation(config, certificate?.cert ?? null, served) };
}

export interface RulingChange {
  readonly ruling: Ruling;
  readonly own: Settings;
  /** Those of `own` that are others than before. */
  readonly changes: Partial<Settings>;
  readonly parts: ThreadParts;
}

/** As `rulingOf`; of most changes, most of it stays: queries wait while it is made. */
export function changedRuling({ ruling, own, changes, parts }: RulingChange): Ruling {
  const { config, assignments } = own;
  if ('config' in changes || 'hosts' in changes || 'certificate' in changes) return rulingOf(own, parts);
  const groups =
    'assignments' in changes ? parts.forwarded.groups(config.groups, assignments) : ruling.groups;
  if (!('ruleSet' in changes)) return { ...ruling, groups };
  const policy = policyOf(own);
  return { ...ruling, groups, policy, sinkhole: sinkholeOf(config, policy) };
}

function policyOf({ config, ruleSet, paused }: Settings): Policy {
  const policy = new Policy(ruleSet, config.groups, config.sinkhole.answer);
  tellTime(policy, paused);
  return policy;
}

/** What schedules, pauses and rules that end say at this minute. */
export function tellTime(policy: Policy, paused: readonly boolean[]): void {
  const now = new Date();
  policy.setMinute(minuteOfWeek(now), paused);
  policy.setTime(now.getTime());
}

/** Everything that says who is asked. */
export const askedBy = ({ upstreams, groups }: Config): string =>
  JSON.stringify([upstreams, groups.map((group) => group.upstreams)]);

/** Whether what only this network can know is answered here: unsaid, where no server that is asked stands in it. */
function keepsPrivateNames({ local, upstreams, groups }: Config): boolean {
  if (local.privateNames !== 'auto') return local.privateNames === 'here';
  const servers = [
    ...upstreams.default,
    ...upstreams.fallback,
    ...groups.flatMap((group) => group.upstreams ?? []),
  ];
  return !servers.some(standsInside);
}
