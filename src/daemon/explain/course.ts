// What becomes of a name that no list holds back: who is asked for it, and what its answer may lead to.
import type { Config, UpstreamAddress } from '../../config/config.ts';
import { Rebinding } from '../../resolver/inspect/rebinding.ts';
import { isWithin } from '../../wire/names/name.ts';
import { textToName } from '../../wire/names/presentation.ts';

export interface Course {
  readonly upstreams: {
    /** The setting that names them: `upstreams.default`, `upstreams.routes.corp.example`, `groups.kids.upstreams`. */
    readonly setting: string;
    readonly servers: readonly string[];
  };
  /** Whether what the answer leads to is checked against the group's lists. */
  readonly inspected: boolean;
  /** Whether private addresses are withheld: `protected`, `exempt` (such a name may have them) or `off`. */
  readonly rebinding: 'protected' | 'exempt' | 'off';
}

/** @param name lower-case wire form @param group its number, −1 for none */
export function courseOf(name: Uint8Array, group: number, config: Config): Course {
  const { upstreams, groups } = config;
  const own = groups[group];
  const rebinding = new Rebinding({ rebinding: config.rebinding, groups, routes: upstreams.routes });
  return {
    upstreams: askedFor(name, group, config),
    inspected: own?.inspect ?? false,
    rebinding: !rebinding.protects(group)
      ? 'off'
      : rebinding.isExempt(name, name.length)
        ? 'exempt'
        : 'protected',
  };
}

function askedFor(name: Uint8Array, group: number, { upstreams, groups }: Config): Course['upstreams'] {
  const [route] = upstreams.routes
    .filter(({ suffix }) => isWithin(name, name.length, textToName(suffix) ?? name))
    .toSorted((a, b) => b.suffix.length - a.suffix.length);
  if (route !== undefined)
    return { setting: `upstreams.routes.${route.key ?? route.suffix}`, servers: route.upstreams.map(textOf) };
  const own = groups[group];
  if (own?.upstreams != null)
    return { setting: `groups.${own.name}.upstreams`, servers: own.upstreams.map(textOf) };
  return { setting: 'upstreams.default', servers: upstreams.default.map(textOf) };
}

const textOf = (upstream: UpstreamAddress): string => (upstream.kind === 'system' ? 'system' : upstream.text);
