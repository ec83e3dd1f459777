// The servers that are asked, each once whatever number of threads asks it, and which of them only stand by.
import type { UpstreamView } from '../../admin/state.ts';
import type { Config, UpstreamAddress } from '../../config/config.ts';
import type { UpstreamState } from '../../upstream/forward.ts';

/** @param states of all threads */
export function upstreamViews(states: readonly UpstreamState[], config: Config): UpstreamView[] {
  const fallback = fallbackNames(config);
  const groups = Map.groupBy(states, ({ name, transport }) => `${transport} ${name}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const sum = (of: (state: UpstreamState) => number): number =>
      group.reduce((total, one) => total + of(one), 0);
    const measured = group.flatMap(({ rttMs }) => (rttMs === null ? [] : [rttMs]));
    return [
      {
        name: first.name,
        transport: first.transport,
        fallback: fallback.has(first.name) || (fallback.has('system') && first.name.startsWith('system ')),
        healthy: group.some(({ healthy }) => healthy),
        rttMs: measured.length === 0 ? null : measured.reduce((a, b) => a + b, 0) / measured.length,
        queries: sum(({ queries }) => queries),
        responses: sum(({ responses }) => responses),
        failures: sum(({ failures }) => failures),
      },
    ];
  });
}

/** Of servers that `upstreams.fallback` alone names, however it writes them. */
function fallbackNames({ upstreams, groups }: Config): ReadonlySet<string> {
  const usual = new Set(
    [
      ...upstreams.default,
      ...upstreams.routes.flatMap((route) => route.upstreams),
      ...groups.flatMap((group) => group.upstreams ?? []),
    ].map(keyOf),
  );
  const only = upstreams.fallback.filter((address) => !usual.has(keyOf(address)));
  return new Set(only.map(upstreamText));
}

const keyOf = (address: UpstreamAddress): string =>
  address.kind === 'system' ? 'system' : `${address.kind} ${address.host} ${address.port}`;

export const upstreamText = (upstream: UpstreamAddress): string =>
  upstream.kind === 'system' ? 'system' : upstream.text;
