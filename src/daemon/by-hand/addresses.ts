// Which addresses a machine that somebody named has now.
import type { MachineTable } from '../../clients/machine-table.ts';
import { textToAddress } from '../../wire/names/address.ts';
import type { MeantMachine } from './override.ts';

/** Those it has now; where the machine is nothing but its address, that one. */
export function addressesOf(table: MachineTable, { ids, ip }: MeantMachine): readonly Uint8Array[] {
  const bindings = ids.flatMap((id) => table.bindingsOf(id));
  if (bindings.length > 0) return bindings.flatMap(({ address, toMs }) => (toMs === null ? [address] : []));
  const said = ip === null ? null : textToAddress(ip);
  return said === null ? [] : [said];
}
