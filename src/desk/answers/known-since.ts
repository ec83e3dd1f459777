// Hits of machines that had no name or MAC address yet when they asked, with what is known of them by now.
import type { MachineTable } from '../../clients/machine-table.ts';
import type { Hit } from '../../hits/hit.ts';

/** What a hit says of its machine stays: a name that it had then is no other's. */
export function knownSince(table: MachineTable, hits: readonly Hit[]): Hit[] {
  return hits.map((hit) => {
    const { client } = hit;
    if (client.name !== null && client.mac !== null) return hit;
    const known = table.machine(hit.machine);
    if (known === null) return hit;
    const named = client.name === null ? { name: known.name, nameFrom: known.nameFrom } : {};
    return { ...hit, client: { ...client, ...named, mac: client.mac ?? known.mac } };
  });
}
