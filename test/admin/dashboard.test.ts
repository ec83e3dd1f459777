// The Grafana dashboard and the rules for Prometheus ask for nothing that `/metrics` has not.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { fleetMetrics } from '../../src/admin/metrics/fleet-metrics.ts';
import { Metrics } from '../../src/admin/metrics/metrics.ts';
import { createCounters, readCounters } from '../../src/events/counters.ts';
import { FLEET } from '../support/admin-fleet.ts';
import { stateOf } from '../support/admin-state.ts';
import { findTool, missingTool } from '../support/tool.ts';

interface Panel {
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number };
  readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
}

const RULES = join(import.meta.dirname, '../../packaging/prometheus');
const FILE = join(import.meta.dirname, '../../packaging/grafana/cenote.json');

/** Labels of each metric that there is, one of a fleet among them. */
async function labelsOfMetrics(): Promise<Map<string, Set<string>>> {
  const own = await new Metrics(stateOf({ counters: () => ({ ...readCounters(createCounters(1)) }) })).text();
  const text = `${own}\n${await fleetMetrics(FLEET.view(), 0)}`;
  const labels = new Map<string, Set<string>>();
  for (const [, name = '', said = ''] of text.matchAll(/^(cenote_\w+)(?:\{([^}]*)\})? /gm)) {
    const known = labels.get(name) ?? new Set();
    for (const [, label = ''] of said.matchAll(/(\w+)="/g)) known.add(label);
    labels.set(name, known);
  }
  return labels;
}

t.test('each panel of the dashboard asks for metrics and labels that there are', async (t) => {
  const labels = await labelsOfMetrics();
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

t.test(
  'each rule for Prometheus asks for metrics that there are, and tells what its test says',
  async (t) => {
    const labels = await labelsOfMetrics();
    const { groups } = parse(readFileSync(join(RULES, 'cenote.rules.yml'), 'utf8')) as {
      readonly groups: readonly {
        readonly rules: readonly { readonly alert?: string; readonly expr: string }[];
      }[];
    };
    const rules = groups.flatMap((group) => group.rules);
    const asked = rules.flatMap(({ expr }) =>
      [...expr.matchAll(/(?<![\w:])cenote_\w+/g)].map(([name]) => name),
    );
    t.same(
      asked.filter((name) => !labels.has(name)),
      [],
    );
    t.ok(asked.length > 10);
    await t.test('by promtool', { skip: missingTool('promtool') }, async (t) => {
      for (const args of [
        ['check', 'rules', 'cenote.rules.yml'],
        ['test', 'rules', 'cenote.test.yml'],
      ]) {
        const { status, stdout, stderr } = spawnSync(findTool('promtool') ?? '', args, {
          cwd: RULES,
          encoding: 'utf8',
        });
        t.equal(status, 0, `${stdout}${stderr}`);
      }
    });
  },
);
