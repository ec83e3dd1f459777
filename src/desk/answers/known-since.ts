// Hits of machines that had no name or MAC address yet when they asked, with what is known of them by now.
import { addressShown, type Machine, type NameFrom } from '../../clients/machine.ts';
import type { MachineTable } from '../../clients/machine-table.ts';
import { completed, type Hit, type HitClient } from '../../hits/hit.ts';

/** Who says that an address is called so, and not a machine whatever its address. */
const OF_AN_ADDRESS: readonly (NameFrom | null)[] = ['hosts', 'lease', 'ptr'];

/** Who says a name of a machine at one of its addresses: what is said of another of them is inferred. Null: nobody is known to. */
export function whoSays(table: MachineTable, id: string, ip: string, name: string | null): NameFrom | null {
  const named = table.bindingsOf(id).filter(({ who }) => who.name === name);
  const there = named.find(({ address, who }) => addressShown(address, who) === ip);
  const [any = null] = named.map(({ who }) => who.nameFrom);
  if (name === null || any === null) return null;
  return there?.who.nameFrom ?? (OF_AN_ADDRESS.includes(any) ? 'inferred' : any);
}

/** A machine as it is known at the address that it asked from. */
export function knownAt(
  table: MachineTable,
  { machine, client }: { readonly machine: string; readonly client: Pick<HitClient, 'ip'> },
): Machine | null {
  const known = table.machine(machine);
  if (known === null || !OF_AN_ADDRESS.includes(known.nameFrom)) return known;
  return { ...known, nameFrom: whoSays(table, known.id, client.ip, known.name) ?? 'inferred' };
}

export function knownSince(table: MachineTable, hits: readonly Hit[]): Hit[] {
  return hits.map((hit) => {
    const { client } = hit;
    if (client.name !== null && client.mac !== null) return hit;
    const known = knownAt(table, hit);
    return known === null ? hit : { ...hit, client: completed(client, known) };
  });
}
