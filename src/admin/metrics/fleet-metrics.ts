// What `/metrics` says of a fleet: on the head of all sites, at a site of itself.
import { Gauge, Registry } from 'prom-client';
import type { FleetView } from '../served/fleet-view.ts';

const CONDITIONS = [
  'current',
  'changing',
  'late',
  'ahead',
  'refused',
  'silent',
  'heard',
  'expected',
] as const;

/** @param nowMs wall clock */
export async function fleetMetrics({ link, policy, head }: FleetView, nowMs: number): Promise<string> {
  const registry = new Registry();
  const gauge = <L extends string>(name: string, help: string, ...labelNames: L[]): Gauge<L> =>
    new Gauge({ name: `cenote_fleet_${name}`, help, labelNames, registers: [registry] });
  gauge('connected', 'Whether there is a connection to the NATS servers of the fleet.').set(link.up ? 1 : 0);
  gauge('revision', 'The policy that is published (head) or in force (site); 0: none.').set(
    head?.revision ?? policy?.revision ?? 0,
  );
  if (policy !== null)
    gauge('refused', "Whether this site refuses the head's newest policy.").set(
      policy.refused === null ? 0 : 1,
    );
  if (head !== null) {
    const sites = gauge('sites', 'Sites by how far each is.', 'condition');
    for (const condition of CONDITIONS)
      sites.set({ condition }, head.sites.filter((site) => site.condition === condition).length);
    const revision = gauge(
      'site_revision',
      'The policy in force at a site, as it said last; 0: none.',
      'site',
    );
    const heard = gauge('site_heard_seconds', 'How long ago a site was heard of.', 'site');
    for (const one of head.sites) {
      revision.set({ site: one.site }, one.revision ?? 0);
      if (one.heard !== null)
        heard.set({ site: one.site }, Math.max(0, (nowMs - Date.parse(one.heard)) / 1000));
    }
  }
  return registry.metrics();
}
