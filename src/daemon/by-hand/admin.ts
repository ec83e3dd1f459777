// What the admin interface sees of overrides, and does with them.
import { nobodyIs } from '../../admin/clients/routes.ts';
import { EVERY_NAME } from '../../admin/events/paused-machines.ts';
import type { OverrideAsked, OverridesState, OverrideView } from '../../admin/overrides/routes.ts';
import { RouteError } from '../../admin/route.ts';
import type { MachineTable } from '../../clients/machine-table.ts';
import { machinesOfUser, userText, whoMeant } from '../../clients/who.ts';
import { messageOf } from '../../config/coded-error.ts';
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
      const { problemOf } = await import('./usable.ts');
      const problem = asked.name === EVERY_NAME ? null : problemOf(asked.action, asked.name);
      if (problem !== null)
        throw new RouteError(
          400,
          'BAD_NAME',
          `${JSON.stringify(asked.name)} cannot be ${asked.action === 'allow' ? 'allowed' : 'blocked'} by hand: ${problem}`,
        );
      return viewOf(await overrides.add(wanted).catch(refused));
    },
    removeOverride: async (id) => {
      const removed = await overrides.remove(id).catch(refused);
      return removed === null ? null : { ...viewOf(removed), inForce: false };
    },
  };
}

/** @throws CodedError BAD_CLIENT, BAD_GROUP */
function overrideOf(asked: OverrideAsked, { config, book }: Supervisor): Omit<Override, 'id' | 'sinceMs'> {
  const { action, name, forMs, client, group, reason } = asked;
  groupsNamed(config, group);
  const machine = client === null ? null : machineMeant(book.table, client);
  const untilMs = forMs === null ? null : Date.now() + forMs;
  return { action, name, machine, group, reason, untilMs };
}

/** A user stands for the machine where it is logged on: what is decided stays with that. @throws CodedError BAD_CLIENT */
function machineMeant(table: MachineTable, client: string): MeantMachine {
  const who = whoMeant(table, client);
  if (who === null) throw nobodyIs(client);
  if (who.users === undefined) return { said: client, ids: who.machines, ip: who.ips[0] ?? null };
  const [id, ...others] = machinesOfUser(table, userText(client), Date.now());
  const where = [id, ...others].map((one = '') => machineText(table, { said: one, ids: [one], ip: null }));
  if (id === undefined || others.length > 0)
    throw new RouteError(
      409,
      'BAD_CLIENT',
      id === undefined
        ? `${client} is logged on nowhere at present; name a machine`
        : `${client} is logged on at ${where.join(' and at ')}; name one of them`,
    );
  return { said: id, ids: table.idsOf(id), ip: null };
}

function refused(error: unknown): never {
  throw new RouteError(409, 'NOT_IN_FORCE', messageOf(error));
}
