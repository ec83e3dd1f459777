// What the admin interface sees of overrides, and does with them.
import { nobodyIs } from '../../admin/clients/routes.ts';
import { EVERY_NAME } from '../../admin/events/paused-machines.ts';
import type { OverrideAsked, OverridesState, OverrideView } from '../../admin/overrides/routes.ts';
import { RouteError } from '../../admin/route.ts';
import { addressShown } from '../../clients/machine.ts';
import type { MachineTable } from '../../clients/machine-table.ts';
import { machinesOfUser, userText, whoMeant } from '../../clients/who.ts';
import { messageOf } from '../../config/coded-error.ts';
import { BROAD } from '../../config/error-codes.ts';
import type { Supervisor } from '../supervisor.ts';
import { addressesOf, machineText } from './addresses.ts';
import { groupsNamed } from './groups-named.ts';
import type { MeantMachine, Override } from './override.ts';
import type { Overrides } from './overrides.ts';

export function overridesState(overrides: Overrides, supervisor: Supervisor): OverridesState {
  const viewOf = (one: Override): OverrideView => ({
    id: one.id,
    action: one.action,
    name: one.name,
    client: one.machine === null ? null : machineText(supervisor.book.table, one.machine),
    group: one.group,
    reason: one.reason,
    since: new Date(one.sinceMs).toISOString(),
    until: one.untilMs === null ? null : new Date(one.untilMs).toISOString(),
    inForce:
      (one.group === null || supervisor.config.groups.some(({ name }) => name === one.group)) &&
      (one.machine === null || addressesOf(supervisor.book.table, one.machine).length > 0),
  });
  return {
    overrides: () => overrides.all.map(viewOf),
    override: async (asked) => {
      const wanted = overrideOf(asked, supervisor);
      if (asked.name !== EVERY_NAME) await mustBeUsable(asked);
      return viewOf(await overrides.add(wanted).catch(refused));
    },
    removeOverride: async (id) => {
      const removed = await overrides.remove(id).catch(refused);
      return removed === null ? null : { ...viewOf(removed), inForce: false };
    },
  };
}

/** @throws CodedError BAD_NAME, BROAD_NAME */
async function mustBeUsable({ action, name, isBroadMeant }: OverrideAsked): Promise<void> {
  const { isBroad, problemOf } = await import('./usable.ts');
  const done = action === 'allow' ? 'allowed' : 'blocked';
  const problem = problemOf(action, name);
  if (problem !== null)
    throw new RouteError(400, 'BAD_NAME', `${JSON.stringify(name)} cannot be ${done} by hand: ${problem}`);
  if (!isBroadMeant && isBroad(action, name))
    throw new RouteError(
      409,
      'BROAD_NAME',
      `${JSON.stringify(name)} is ${BROAD}, and all below it would be ${done}; if that is meant, say so: "broad": true in the body`,
    );
}

/** @throws CodedError BAD_CLIENT, BAD_GROUP */
function overrideOf(asked: OverrideAsked, { config, book }: Supervisor): Omit<Override, 'id' | 'sinceMs'> {
  const { action, name, forMs, client, group, reason } = asked;
  groupsNamed(config, group);
  const machine = client === null ? null : machineMeant(book.table, client);
  const untilMs = forMs === null ? null : Date.now() + forMs;
  return { action, name, machine, group, reason, untilMs };
}

/**
 * One machine: of several that call themselves alike, none must get what is decided for another. A user stands for the machine where
 * it is logged on now, and what is decided stays with that machine. @throws CodedError BAD_CLIENT
 */
function machineMeant(table: MachineTable, client: string): MeantMachine {
  const who = whoMeant(table, client);
  if (who === null) throw nobodyIs(client);
  const isUser = who.users !== undefined;
  const ids = isUser ? machinesOfUser(table, userText(client), Date.now()) : who.machines;
  const present = [...new Set(ids.map((id) => table.idNow(id)))].filter(
    (id) => isUser || table.bindingsOf(id).some(({ toMs }) => toMs === null),
  );
  const [only] = present;
  if (only === undefined && isUser)
    throw new RouteError(409, 'BAD_CLIENT', `${client} is logged on nowhere at present; name a machine`);
  if (present.length > 1 && who.ips.length === 0) {
    const shown = present.slice(0, 5).map((id) => addressText(table, id));
    const which = `${shown.join(', ')}${present.length > shown.length ? ' …' : ''}`;
    throw new RouteError(
      409,
      'BAD_CLIENT',
      `${client} is ${isUser ? 'logged on at' : 'the name of'} ${present.length} machines (${which}); say which by its address or MAC`,
    );
  }
  if (isUser && only !== undefined) return { said: only, ids: table.idsOf(only), ip: null };
  return { said: client, ids: who.machines, ip: who.ips[0] ?? null };
}

function addressText(table: MachineTable, id: string): string {
  const [latest] = table.bindingsOf(id);
  return latest === undefined ? id : addressShown(latest.address, latest.who);
}

function refused(error: unknown): never {
  throw error instanceof RouteError ? error : new RouteError(409, 'NOT_IN_FORCE', messageOf(error));
}
