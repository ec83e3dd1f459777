// Machines as the admin interface shows them: addresses and names over time, who says so, which group.
import { addressShown, type Binding, type Machine, throughShown } from '../../clients/machine.ts';
import type { MachineTable } from '../../clients/machine-table.ts';
import { logonsOf } from '../../clients/users/logons.ts';
import type { Config } from '../../config/config.ts';
import { mapInTurns } from '../../offload/in-turns.ts';
import { assignKnown, Groups, type KnownClient } from '../../policy/groups.ts';
import { readNamePart, spelledName } from '../../wire/names/pasted-name.ts';
import { isOwnStandIn } from '../../wire/names/stand-in.ts';
import type { ClientOrder, ClientPage, ClientPageAsked, ClientView } from './routes.ts';

export interface ClientSources {
  readonly table: MachineTable;
  readonly config: Config;
  readonly known: readonly KnownClient[];
}

const iso = (timeMs: number): string => new Date(timeMs).toISOString();

/** @param ids null: all machines, those that were there last first */
async function clientViews(
  sources: ClientSources,
  ids: readonly string[] | null,
): Promise<readonly ClientView[]> {
  const { table } = sources;
  const groups = groupsOf(sources);
  const machines =
    ids === null
      ? [...table.machines].sort((a, b) => b.lastMs - a.lastMs)
      : [...new Set(ids.map((id) => table.idNow(id)))].flatMap((id) => table.machine(id) ?? []);
  return mapInTurns(machines, (machine) => viewOf(machine, table, groups));
}

const groupsOf = ({ config, known }: ClientSources): Groups =>
  new Groups(config.groups, assignKnown(config.groups, known));

/** Of each group how many machines have their present address in it; of several addresses the latest counts. */
export function machinesByGroup(sources: ClientSources): ReadonlyMap<string, number> {
  const groups = groupsOf(sources);
  const counts = new Map<string, number>();
  for (const { id } of sources.table.machines) {
    const group = presentGroup(sources.table.bindingsOf(id), groups);
    if (group !== null) counts.set(group, (counts.get(group) ?? 0) + 1);
  }
  return counts;
}

/** Null: it has no address now. */
function presentGroup(bindings: readonly Binding[], groups: Groups): string | null {
  const held = bindings.find(({ toMs }) => toMs === null);
  return held === undefined ? null : (groups.names[groups.groupOf(held.address)] ?? 'none');
}

/**
 * Of all, without a search and in the order of times, only those that are shown are looked at.
 * @param ids of those that are meant; null: all
 */
export async function clientPage(
  sources: ClientSources,
  { search, offset, limit, sort, isDown }: Omit<ClientPageAsked, 'client'>,
  ids: readonly string[] | null,
): Promise<ClientPage> {
  const { table } = sources;
  const sign = isDown ? -1 : 1;
  if (ids === null && search === null && (sort === 'lastSeen' || sort === 'firstSeen')) {
    const timeMs = sort === 'lastSeen' ? (one: Machine) => one.lastMs : (one: Machine) => one.firstMs;
    const all = [...table.machines].sort((a, b) => sign * (timeMs(a) - timeMs(b)));
    const shown = all.slice(offset, offset + limit).map(({ id }) => id);
    return { clients: await clientViews(sources, shown), total: all.length };
  }
  // Somebody pastes what a report has defanged.
  const sought = search === null ? [''] : [search.trim().toLowerCase(), readNamePart(search)];
  const views = await clientViews(sources, ids);
  const likes = await mapInTurns(views, (view) => isLike(view, sought));
  const found = views.filter((_, i) => likes[i]);
  const ordered = sort === null ? found : inOrder(found, sort, sign);
  return { clients: ordered.slice(offset, offset + limit), total: found.length };
}

function inOrder(views: readonly ClientView[], sort: ClientOrder, sign: 1 | -1): ClientView[] {
  // Made when it is wanted: the first loads a language's rules, 14 ms and 3 MiB.
  const { compare } = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
  return views
    .map((view) => ({ view, key: ORDERS[sort](view) }))
    .sort(({ key: a }, { key: b }) => {
      if (a === null || b === null) return Number(a === null) - Number(b === null);
      return sign * compare(a, b);
    })
    .map(({ view }) => view);
}

/** What machines are put in order by; null: they have none. */
const ORDERS: Readonly<Record<ClientOrder, (view: ClientView) => string | null>> = {
  name: ({ name, addresses }) => name ?? addresses[0]?.ip ?? null,
  address: ({ addresses }) => addresses.find(({ to }) => to === null)?.ip ?? null,
  mac: ({ mac }) => mac,
  user: ({ user }) => user,
  group: ({ group }) => group,
  firstSeen: ({ firstSeen }) => firstSeen,
  lastSeen: ({ lastSeen }) => lastSeen,
};

function isLike({ id, name, mac, group, addresses, logons }: ClientView, sought: readonly string[]): boolean {
  return [
    id,
    name,
    mac,
    group,
    ...addresses.flatMap(({ ip, name: then }) => [ip, then]),
    ...logons.map(({ user }) => user),
  ].some((text) => {
    if (text === null) return false;
    const written = text.toLowerCase();
    // A lease brings `müller` as its A-labels.
    const spelled = spelledName(written);
    return sought.some((part) => written.includes(part) || spelled.includes(part));
  });
}

function viewOf(machine: Machine, table: MachineTable, groups: Groups): ClientView {
  const { id, name, nameFrom, mac, firstMs, lastMs } = machine;
  const bindings = table.bindingsOf(id);
  const nowMs = Date.now();
  return {
    id,
    name,
    nameFrom,
    mac,
    group: presentGroup(bindings, groups),
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
