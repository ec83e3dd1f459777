// Whom a question is decided for: a machine that is known, or one that has not shown itself yet, by the MAC, name or user that a
// group knows it by.

import type { MachineTable } from '../../clients/machine-table.ts';
import { addressMeant } from '../../clients/who.ts';
import type { Config } from '../../config/config.ts';
import { parseClient } from '../../config/values/clients.ts';
import { type KnownClient, placerOf } from '../../policy/groups.ts';
import { ownStandIn } from '../../wire/names/stand-in.ts';

export interface ClientMeant {
  /** An address, or what was said where nobody is known by it. */
  readonly client: string;
  /** Who is meant, where nothing has its address yet. */
  readonly expected: KnownClient | null;
}

export function clientMeant(
  text: string,
  table: MachineTable,
  { groups }: Pick<Config, 'groups'>,
): ClientMeant {
  const address = addressMeant(table, text);
  if (address !== null) return { client: address, expected: null };
  const placeOf = placerOf(groups);
  const expected = waysToBe(text.trim()).find((who) => placeOf(who) !== null);
  return {
    client: text,
    expected: expected === undefined ? null : { address: ownStandIn(text), ...expected },
  };
}

/** A word that is no MAC may be a machine's name, else a user's. */
function waysToBe(text: string): readonly Omit<KnownClient, 'address'>[] {
  const parsed = parseClient(text);
  const said = parsed.ok ? parsed.value[0] : undefined;
  if (said?.kind === 'mac') return [{ mac: said.mac, name: null }];
  if (said?.kind === 'user') return [{ mac: null, name: null, users: [said.pattern] }];
  if (said?.kind !== 'name') return [];
  return [
    { mac: null, name: said.pattern },
    { mac: null, name: null, users: [said.pattern] },
  ];
}
