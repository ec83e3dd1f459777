// The Grafana dashboard asks for nothing that `/metrics` has not.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Metrics } from '../../src/admin/metrics/metrics.ts';
import { createCounters, readCounters } from '../../src/events/counters.ts';
import { stateOf } from '../support/admin-state.ts';

interface Panel {
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number };
  readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
}

const FILE = join(import.meta.dirname, '../../packaging/grafana/cenote.json');

t.test('each panel of the dashboard asks for metrics and labels that there are', async (t) => {
  const text = await new Metrics(
    stateOf({ counters: () => ({ ...readCounters(createCounters(1)) }) }),
  ).text();
  const labels = new Map<string, Set<string>>();
  for (const [, name = '', said = ''] of text.matchAll(/^(cenote_\w+)(?:\{([^}]*)\})? /gm)) {
    const known = labels.get(name) ?? new Set();
    for (const [, label = ''] of said.matchAll(/(\w+)="/g)) known.add(label);
    labels.set(name, known);
  }
  const { panels } = JSON.parse(readFileSync(FILE, 'utf8')) as { readonly panels: readonly Panel[] };
  const wrong = panels.flatMap(({ title, targets }) =>
    targets.flatMap(({ expr, legendFormat }) => {
      const names = [...expr.matchAll(/cenote_\w+/g)].map(([name]) => name);
      const by = [...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/, */));
      const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
      return names.length === 0
        ? [`${title}: asks for nothing of cenote`]
        : names.flatMap((name) => {
            const known = labels.get(name);
            if (known === undefined) return [`${title}: no metric ${name}`];
            return [...by, ...shown]
              .filter((label) => !known.has(label))
              .map((label) => `${title}: ${name} has no ${label}`);
          });
    }),
  );
  t.same(wrong, []);
  t.ok(panels.length > 10);
  t.equal(
    new Set(panels.map(({ gridPos: { x, y } }) => `${x} ${y}`)).size,
    panels.length,
    'none lies on another',
  );
});
