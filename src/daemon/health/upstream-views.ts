// The servers that are asked, each once whatever number of threads asks it, and which of them only stand by.
import type { UpstreamCondition, UpstreamView } from '../../admin/state.ts';
import type { Config, UpstreamAddress } from '../../config/config.ts';
import { counted } from '../../config/values/grouped.ts';
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
        ...stateOf(group),
        rttMs: measured.length === 0 ? null : measured.reduce((a, b) => a + b, 0) / measured.length,
        queries: sum(({ queries }) => queries),
        responses: sum(({ responses }) => responses),
        failures: sum(({ failures }) => failures),
      },
    ];
  });
}

/**
 * What is known of one server: that it answers is said of one whose last answer came, and of no other.
 *
 * @param states of the threads that may ask it
 */
function stateOf(states: readonly UpstreamState[]): {
  readonly condition: UpstreamCondition;
  readonly state: string;
} {
  const asked = states.filter(({ queries }) => queries > 0);
  const problem = states.find((state) => state.problem !== null)?.problem ?? null;
  const why = problem === null ? '' : `: ${problem}`;
  if (states.every(({ healthy }) => !healthy)) return { condition: 'down', state: `does not answer${why}` };
  if (asked.length === 0) return { condition: 'unasked', state: 'not asked yet' };
  const missed = Math.min(...asked.map(({ failuresInRow }) => failuresInRow));
  if (missed > 0) {
    const last = missed === 1 ? 'query' : counted(missed, 'query', 'queries');
    return {
      condition: 'unsure',
      state: `no answer${why === '' ? ' in time' : ''} to its last ${last}${why}`,
    };
  }
  return asked.some(({ responses }) => responses > 0)
    ? { condition: 'answers', state: 'answers' }
    : { condition: 'unsure', state: 'no answer yet' };
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
