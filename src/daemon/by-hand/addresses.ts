// Which addresses a machine that somebody named has now.
import type { MachineTable } from '../../clients/machine-table.ts';
import { addressToText, textToAddress } from '../../wire/names/address.ts';
import type { MeantMachine } from './override.ts';

/** As the person said it; an id, which a program says or the page for one, as what it is called now. */
export function machineText(table: MachineTable, { said, ids }: MeantMachine): string {
  if (!ids.includes(said)) return said;
  const [latest] = table.bindingsOf(table.idNow(said));
  return latest === undefined ? said : (latest.who.name ?? addressToText(latest.address));
}

/** Those it has now; where the machine is nothing but its address, that one. @param table null: no machine is known yet */
export function addressesOf(table: MachineTable | null, { ids, ip }: MeantMachine): readonly Uint8Array[] {
  const bindings = table === null ? [] : ids.flatMap((id) => table.bindingsOf(id));
  if (bindings.length > 0) return bindings.flatMap(({ address, toMs }) => (toMs === null ? [address] : []));
  const said = ip === null ? null : textToAddress(ip);
  return said === null ? [] : [said];
}
