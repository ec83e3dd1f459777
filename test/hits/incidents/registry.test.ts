import t from 'tap';
import type { Hit } from '../../../src/hits/hit.ts';
import type { Incident } from '../../../src/hits/incidents/incident.ts';
import { Registry } from '../../../src/hits/incidents/registry.ts';
import { createUlidMaker } from '../../../src/hits/ulid.ts';
import { hitOf, START_MS } from '../../support/hits-records.ts';

function setUp() {
  const changes: [string, string][] = [];
  const incidents = new Map<string, Incident>();
  const registry = new Registry({
    id: createUlidMaker(),
    quietMs: 3_600_000,
    onChange: (incident, change) => {
      changes.push([incident.subject, change]);
      incidents.set(incident.id, incident);
    },
  });
  const take = (atMs: number, more: Partial<Hit> = {}) =>
    registry.take(hitOf({ time: new Date(START_MS + atMs).toISOString(), ...more }), START_MS + atMs);
  return { changes, incidents, registry, take };
}

const campaign = (name: string) => ({
  campaign: name,
  source: null,
  firstPublished: null,
  confidence: 'high' as const,
});

t.test('hits of one client on one campaign are one incident, whatever the list', async (t) => {
  const { changes, incidents, take } = setUp();
  take(0, { list: 'a', indicator: campaign('3CX') });
  take(1000, { list: 'b', indicator: campaign('3CX'), count: 5 });
  take(2000, {
    list: 'b',
    indicator: campaign('3CX'),
    client: { ip: '192.0.2.8', name: null, mac: null, group: 'default' },
  });
  t.same(changes, [
    ['192.0.2.7 3CX', 'opened'],
    ['192.0.2.7 3CX', 'grown'],
    ['192.0.2.8 3CX', 'opened'],
  ]);
  t.match([...incidents.values()][0], {
    hits: 6,
    severity: 'high',
    firstMs: START_MS,
    lastMs: START_MS + 1000,
  });
});

t.test('an incident closes after quiet, and the next hit opens another', async (t) => {
  const { changes, registry, take } = setUp();
  take(0);
  registry.tick(START_MS + 3_500_000);
  t.equal(registry.openCount, 1);
  registry.tick(START_MS + 3_600_000);
  t.equal(registry.openCount, 0);
  take(3_700_000);
  take(3_700_000 + 4_000_000);
  t.same(
    changes.map(([, change]) => change),
    ['opened', 'closed', 'opened', 'closed', 'opened'],
  );
});

t.test('a flood is one incident with exact counts and a bounded size', async (t) => {
  const { incidents, take } = setUp();
  for (let i = 0; i < 20_000; i += 1)
    take(i, { count: 5, question: { name: `r${i % 500}.evil.example`, type: 'A', class: 'IN' } });
  t.equal(incidents.size, 1);
  const [incident] = incidents.values();
  t.equal(incident?.hits, 100_000);
  t.equal(
    (incident?.names.reduce((sum, { count }) => sum + count, 0) ?? 0) + (incident?.furtherHits ?? 0),
    100_000,
  );
  t.ok((incident?.names.length ?? 0) <= 50);
  t.ok(JSON.stringify(incident).length < 60_000);
});

t.test('what a client asked before anybody knew is an incident of its own, told once', async (t) => {
  const { changes, registry } = setUp();
  registry.takePast(
    {
      client: { ip: '192.0.2.7', name: null, mac: null, group: 'default' },
      list: '3cx-2023',
      indicator: campaign('3CX'),
      askings: [{ name: 'evil.example', count: 4, firstMs: START_MS - 1000, lastMs: START_MS }],
    },
    START_MS,
  );
  t.same(
    changes.map(([, change]) => change),
    ['opened', 'closed'],
  );
  t.match(registry.unsaved(), [{ retrospective: true, hits: 4, firstMs: START_MS - 1000, state: 'closed' }]);
});

t.test('a clock that is set back closes nothing and loses nothing', async (t) => {
  const { incidents, registry, take } = setUp();
  take(0);
  registry.tick(START_MS - 86_400_000);
  take(-86_400_000);
  t.equal(registry.openCount, 1);
  t.match([...incidents.values()], [{ hits: 2, firstMs: START_MS - 86_400_000 }]);
});
