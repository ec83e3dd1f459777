// Somebody has seen an incident.
import type { Registry } from '../../src/hits/incidents/registry.ts';

export function acknowledged(registry: Registry, id: string, nowMs: number): void {
  const incident = registry.find(id);
  if (incident === undefined) throw new Error(`no incident ${id}`);
  incident.acknowledgedMs = nowMs;
  registry.touch(incident);
}
