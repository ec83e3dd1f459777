// Whom a person means by a machine's name, MAC, id or address, or by a user: what stored records are looked for by.
import { addressToText, textToAddress, WHOLE_ADDRESS } from '../wire/names/address.ts';
import { isMachineId } from './machine.ts';
import type { MachineTable } from './machine-table.ts';
import { isCalled, type Session } from './users/session.ts';
import { endOf } from './users/session-table.ts';

export interface Who {
  /** All ids that the machines have or had; the one that is meant most likely first. Of a user: where it is and was logged on. */
  readonly machines: readonly string[];
  /** The address, when one was said: also others may have asked from it. */
  readonly ips: readonly string[];
  /** As records have it, when a user was said: of a machine only what was asked while it was logged on is meant. */
  readonly users?: readonly string[];
}

/** Said before the name of a user that a machine is called, too. */
const USER = /^user:\s*/i;

/** A user where no machine is called so, or `user:` says it. @returns null when nobody is known by it, and it is no address */
export function whoMeant(table: MachineTable, text: string): Who | null {
  const said = text.trim();
  const machines = USER.test(said) ? [] : table.find(said).flatMap((id) => table.idsOf(id));
  const address = textToAddress(said);
  if (address !== null) return { machines, ips: [addressToText(address)] };
  if (machines.length > 0) return { machines, ips: [] };
  const meant = userMeant(table, userText(said));
  // Hits name a user for longer than it is known where that was, under pseudonyms.
  return meant === null && USER.test(said) ? { machines, ips: [], users: [userText(said)] } : meant;
}

/** Whom stored records are looked for by: also a machine that is forgotten by now, by its id. */
export function whoStored(table: MachineTable, text: string): Who | null {
  const id = text.trim().toLowerCase();
  return whoMeant(table, text) ?? (isMachineId(id) ? { machines: [id], ips: [] } : null);
}

export const userText = (said: string): string => said.trim().replace(USER, '');

function userMeant(table: MachineTable, user: string): Who | null {
  const sessions = sessionsOf(table, user);
  if (sessions.length === 0) return null;
  const machines = sessions.flatMap((session) => machinesOf(table, session).flatMap((id) => table.idsOf(id)));
  return {
    machines: [...new Set(machines)],
    ips: [],
    users: [...new Set(sessions.map((session) => session.user))],
  };
}

/** Where a user is logged on at a moment. */
export function machinesOfUser(table: MachineTable, user: string, nowMs: number): readonly string[] {
  const present = sessionsOf(table, user).filter((one) => one.fromMs <= nowMs && endOf(one) > nowMs);
  return [...new Set(present.flatMap((session) => machinesOf(table, session)))];
}

/** The one that lasts longest first. */
const sessionsOf = (table: MachineTable, user: string): readonly Session[] =>
  table.sessions
    .all()
    .filter((session) => isCalled(session, user))
    .sort((a, b) => endOf(b) - endOf(a) || b.fromMs - a.fromMs);

function machinesOf(table: MachineTable, { machine, mac, networks, fromMs }: Session): readonly string[] {
  if (machine !== null) return [table.idNow(machine)];
  if (mac !== null) return table.find(mac);
  return networks
    .filter(({ bits }) => bits === WHOLE_ADDRESS)
    .map(({ bytes }) => table.idNow(table.at(bytes, fromMs).id));
}

/** The address to decide for when a machine is meant: the one it has now, else had last; null when nobody is known by it. */
export function addressMeant(table: MachineTable, text: string): string | null {
  const who = whoMeant(table, text);
  if (who === null || who.ips.length > 0) return who?.ips[0] ?? null;
  const [binding] = who.machines.flatMap((id) => table.bindingsOf(id));
  return binding === undefined ? null : addressToText(binding.address);
}
