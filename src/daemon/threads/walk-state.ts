// What a walk works with under a config: for the resolver threads, and for whoever asks the walk why.
import type { Config, LocalRecord } from '../../config/config.ts';
import { upstreamKnowsPrivate } from '../../config/values/upstream.ts';
import { Policy } from '../../policy/decide.ts';
import { Groups } from '../../policy/groups.ts';
import { minuteOfWeek } from '../../policy/schedule.ts';
import type { Views } from '../../policy/views.ts';
import { Access } from '../../resolver/access.ts';
import { Rebinding } from '../../resolver/inspect/rebinding.ts';
import { LocalNames } from '../../resolver/local/local-names.ts';
import { Sinkhole } from '../../resolver/sinkhole.ts';
import type { WalkState } from '../../resolver/walk-state.ts';
import type { Settings } from './messages.ts';

/** @param own what is not the config's alone */
export function walkStateOf(
  config: Config,
  hosts: readonly LocalRecord[],
  own: Pick<WalkState, 'policy' | 'groups' | 'access' | 'views'>,
): WalkState {
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

/** Of a resolver thread. @param seed of the table of rate limits */
export function stateOf(own: Settings, views: Views, seed: number): WalkState {
  const { config, assignments, hosts } = own;
  return walkStateOf(config, hosts, {
    policy: policyOf(own),
    groups: new Groups(config.groups, assignments),
    access: new Access(config.access, seed),
    views,
  });
}

export interface StateChange {
  readonly state: WalkState;
  readonly own: Settings;
  /** Those of `own` that are others than before. */
  readonly changes: Partial<Settings>;
  readonly views: Views;
  readonly seed: number;
}

/** As `stateOf`; of most changes, most of it stays: queries wait while it is made. */
export function changedState({ state, own, changes, views, seed }: StateChange): WalkState {
  const { config, assignments } = own;
  if ('config' in changes || 'hosts' in changes) return stateOf(own, views, seed);
  const groups = 'assignments' in changes ? new Groups(config.groups, assignments) : state.groups;
  if (!('ruleSet' in changes)) return { ...state, groups };
  const policy = policyOf(own);
  return { ...state, groups, policy, sinkhole: sinkholeOf(config, policy) };
}

function policyOf({ config, ruleSet, paused }: Settings): Policy {
  const policy = new Policy(ruleSet, config.groups, config.sinkhole.answer);
  policy.setMinute(minuteOfWeek(new Date()), paused);
  return policy;
}
