// What a walk works with under a config: for the resolver threads, and for whoever asks the walk why.
import type { AccessConfig, Config, LocalRecord } from '../../config/config.ts';
import { upstreamKnowsPrivate } from '../../config/values/upstream.ts';
import { Policy } from '../../policy/decide.ts';
import { minuteOfWeek } from '../../policy/schedule.ts';
import type { Views } from '../../policy/views.ts';
import { Access } from '../../resolver/access.ts';
import type { Budgets } from '../../resolver/budgets.ts';
import { type Forwarded, Identities } from '../../resolver/identity/identities.ts';
import { Rebinding } from '../../resolver/inspect/rebinding.ts';
import { LocalNames } from '../../resolver/local/local-names.ts';
import type { Ruling } from '../../resolver/ruling.ts';
import { Sinkhole } from '../../resolver/sinkhole.ts';
import { STAND_IN_PREFIX } from '../../wire/names/stand-in.ts';
import type { ForwardedClients } from './forwarded.ts';
import type { Settings } from './messages.ts';

/** @param own what is not the config's alone */
export function makeRuling(
  config: Config,
  hosts: readonly LocalRecord[],
  own: Pick<Ruling, 'policy' | 'groups' | 'access' | 'views' | 'identities'>,
): Ruling {
  const { local, rebinding, groups, upstreams } = config;
  const { routes } = upstreams;
  return {
    ...own,
    sinkhole: sinkholeOf(config, own.policy),
    local: new LocalNames({ local, hosts, routes, upstreamKnowsPrivate: upstreamKnowsPrivate(upstreams) }),
    rebinding: new Rebinding({ rebinding, groups, routes }),
  };
}

export function sinkholeOf({ sinkhole }: Config, policy: Policy): Sinkhole {
  return new Sinkhole(policy, sinkhole.answer, sinkhole.ttlSeconds);
}

/** What a resolver thread keeps over all its states. */
export interface ThreadParts {
  readonly views: Views;
  readonly budgets: Budgets;
  readonly forwarded: ForwardedClients;
  /** Told of machines that trusted neighbours ask for. */
  readonly tell: (forwarded: Forwarded) => void;
}

/** A machine without an address of its own may ask when its neighbour is trusted. */
function accessOf({ access, clients }: Config): AccessConfig {
  if (clients.trust.length === 0) return access;
  return {
    ...access,
    allow: [...access.allow, { ...STAND_IN_PREFIX, text: 'machines of trusted neighbours' }],
  };
}

/** Of a resolver thread. */
export function rulingOf(own: Settings, { views, budgets, forwarded, tell }: ThreadParts): Ruling {
  const { config, assignments, hosts } = own;
  const { trust } = config.clients;
  return makeRuling(config, hosts, {
    policy: policyOf(own),
    groups: forwarded.groups(config.groups, assignments),
    access: new Access(accessOf(config), budgets),
    views,
    identities: trust.length === 0 ? null : new Identities(trust, tell),
  });
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
  if ('config' in changes || 'hosts' in changes) return rulingOf(own, parts);
  const groups =
    'assignments' in changes ? parts.forwarded.groups(config.groups, assignments) : ruling.groups;
  if (!('ruleSet' in changes)) return { ...ruling, groups };
  const policy = policyOf(own);
  return { ...ruling, groups, policy, sinkhole: sinkholeOf(config, policy) };
}

function policyOf({ config, ruleSet, paused }: Settings): Policy {
  const policy = new Policy(ruleSet, config.groups, config.sinkhole.answer);
  policy.setMinute(minuteOfWeek(new Date()), paused);
  return policy;
}
