// Hits of machines that had no name or MAC address yet when they asked, with what is known of them by now.
import type { MachineTable } from '../../clients/machine-table.ts';
import { completed, type Hit } from '../../hits/hit.ts';

export function knownSince(table: MachineTable, hits: readonly Hit[]): Hit[] {
  return hits.map((hit) => {
    const { client } = hit;
    if (client.name !== null && client.mac !== null) return hit;
    const known = table.machine(hit.machine);
    return known === null ? hit : { ...hit, client: completed(client, known) };
  });
}
