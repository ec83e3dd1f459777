// What a walk works with under a config: for the resolver threads, and for whoever asks the walk why.
import type { Config, LocalRecord } from '../../config/config.ts';
import { upstreamKnowsPrivate } from '../../config/values/upstream.ts';
import type { Policy } from '../../policy/decide.ts';
import { Rebinding } from '../../resolver/inspect/rebinding.ts';
import { LocalNames } from '../../resolver/local/local-names.ts';
import { Sinkhole } from '../../resolver/sinkhole.ts';
import type { WalkState } from '../../resolver/walk-state.ts';

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
