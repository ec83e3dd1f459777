// Machines as the admin interface shows them: addresses and names over time, who says so, which group.
import { addressShown, type Machine, throughShown } from '../../clients/machine.ts';
import type { MachineTable } from '../../clients/machine-table.ts';
import { logonsOf } from '../../clients/users/logons.ts';
import type { Config } from '../../config/config.ts';
import { assignKnown, Groups, type KnownClient } from '../../policy/groups.ts';
import { isOwnStandIn } from '../../wire/names/stand-in.ts';
import type { ClientView } from './routes.ts';

export interface ClientSources {
  readonly table: MachineTable;
  readonly config: Config;
  readonly known: readonly KnownClient[];
}

const iso = (timeMs: number): string => new Date(timeMs).toISOString();

/** @param ids null: all machines, those that were there last first */
export function clientViews(
  { table, config, known }: ClientSources,
  ids: readonly string[] | null,
): ClientView[] {
  const groups = new Groups(config.groups, assignKnown(config.groups, known));
  const machines =
    ids === null
      ? [...table.machines].sort((a, b) => b.lastMs - a.lastMs)
      : [...new Set(ids.map((id) => table.idNow(id)))].flatMap((id) => table.machine(id) ?? []);
  return machines.map((machine) => viewOf(machine, table, groups));
}

function viewOf(machine: Machine, table: MachineTable, groups: Groups): ClientView {
  const { id, name, nameFrom, mac, firstMs, lastMs } = machine;
  const bindings = table.bindingsOf(id);
  const nowMs = Date.now();
  const held = bindings.find(({ toMs }) => toMs === null);
  return {
    id,
    name,
    nameFrom,
    mac,
    group: held === undefined ? null : (groups.names[groups.groupOf(held.address)] ?? 'none'),
    firstSeen: iso(firstMs),
    lastSeen: iso(lastMs),
    ...logonsOf(table.sessionsOfMachine(id, 0, nowMs), nowMs),
    // One of `clients.ids` that has not asked yet has no address.
    addresses: bindings
      .filter(({ address, who }) => !isOwnStandIn(address) || who.through != null)
      .map(({ address, who, fromMs, toMs }) => ({
        ip: addressShown(address, who),
        through: throughShown(address, who),
        name: who.name,
        nameFrom: who.nameFrom,
        mac: who.mac,
        from: iso(fromMs),
        to: toMs === null ? null : iso(toMs),
      })),
  };
}
