// Which of the servers in `status` only stand by for the others.
import t from 'tap';
import { upstreamViews } from '../../../src/daemon/health/upstream-views.ts';
import type { UpstreamState } from '../../../src/upstream/forward.ts';
import { loadText } from '../../support/config-text.ts';

function stateOf(name: string, said: Partial<UpstreamState> = {}): UpstreamState {
  return {
    name,
    transport: 'udp',
    healthy: true,
    rttMs: null,
    queries: 1,
    responses: 1,
    failures: 0,
    failuresInRow: 0,
    mismatches: 0,
    streamRetries: 0,
    inFlight: 0,
    problem: null,
    ...said,
  };
}

function fallbacks(upstreams: string, names: readonly string[]): string[] {
  const { config } = loadText(
    `upstreams: ${upstreams}\ngroups: { default: { clients: [any], lists: [] }, kids: { clients: [192.0.2.9], lists: [], upstreams: [192.0.2.4] } }`,
  );
  if (config === null) throw new Error('the config of this test is bad');
  const views = upstreamViews(
    names.map((name) => stateOf(name)),
    config,
  );
  return views.filter(({ fallback }) => fallback).map(({ name }) => name);
}

t.test('a server that upstreams.fallback alone names is a fallback', async (t) => {
  t.same(fallbacks('{ default: [192.0.2.1], fallback: [192.0.2.2] }', ['192.0.2.1', '192.0.2.2']), [
    '192.0.2.2',
  ]);
  t.same(
    fallbacks('{ default: [192.0.2.1], fallback: ["192.0.2.1:53", 192.0.2.4] }', ['192.0.2.1', '192.0.2.4']),
    [],
    'the default names one of them too, a group the other',
  );
  t.same(fallbacks('{ default: [192.0.2.1], fallback: [system] }', ['192.0.2.1', 'system 192.0.2.3']), [
    'system 192.0.2.3',
  ]);
});

t.test('one server asked by two threads is one line', async (t) => {
  const { config } = loadText('upstreams: { default: [192.0.2.1] }');
  if (config === null) throw new Error('the config of this test is bad');
  const states = [stateOf('192.0.2.1', { rttMs: 10 }), stateOf('192.0.2.1', { rttMs: 20, healthy: false })];
  t.same(upstreamViews(states, config), [
    {
      name: '192.0.2.1',
      transport: 'udp',
      fallback: false,
      healthy: true,
      condition: 'answers',
      state: 'answers',
      rttMs: 15,
      queries: 2,
      responses: 2,
      failures: 0,
    },
  ]);
});

t.test('that a server answers is said of one whose last answer came', async (t) => {
  const { config } = loadText('upstreams: { default: [192.0.2.1] }');
  if (config === null) throw new Error('the config of this test is bad');
  const cases: [said: string, condition: string, ...threads: Partial<UpstreamState>[]][] = [
    ['not asked yet', 'unasked', { queries: 0, responses: 0 }],
    ['no answer yet', 'unsure', { queries: 1, responses: 0 }],
    ['answers', 'answers', {}],
    ['answers', 'answers', {}, { queries: 0, responses: 0 }],
    ['no answer in time to its last query', 'unsure', { failures: 1, failuresInRow: 1 }],
    [
      'no answer in time to its last 3 queries',
      'unsure',
      { queries: 3, responses: 0, failures: 3, failuresInRow: 3 },
    ],
    ['answers', 'answers', { failures: 3, failuresInRow: 3 }, {}],
    [
      'no answer in time to its last query',
      'unsure',
      { failuresInRow: 3 },
      { failuresInRow: 1 },
      { queries: 0 },
    ],
    ['does not answer', 'down', { healthy: false, failuresInRow: 8 }],
    ['does not answer', 'down', { healthy: false, queries: 0 }],
    [
      'does not answer: why',
      'down',
      { healthy: false, failuresInRow: 8 },
      { healthy: false, problem: 'why' },
    ],
    ['no answer to its last query: why', 'unsure', { failuresInRow: 1, problem: 'why' }],
    ['answers', 'answers', { problem: 'why' }],
  ];
  for (const [state, condition, ...threads] of cases)
    t.match(
      upstreamViews(
        threads.map((thread) => stateOf('192.0.2.1', thread)),
        config,
      ),
      [{ state, condition }],
    );
});
