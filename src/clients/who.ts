// Whom a person means by a machine's name, MAC, id or by an address: what stored records are looked for by.
import { addressToText, textToAddress } from '../wire/names/address.ts';
import type { MachineTable } from './machine-table.ts';

export interface Who {
  /** All ids that the machines have or had; the one that is meant most likely first. */
  readonly machines: readonly string[];
  /** The address, when one was said: also others may have asked from it. */
  readonly ips: readonly string[];
}

/** @returns null when nobody is known by it, and it is no address */
export function whoMeant(table: MachineTable, text: string): Who | null {
  const machines = table.find(text).flatMap((id) => table.idsOf(id));
  const address = textToAddress(text.trim());
  if (address !== null) return { machines, ips: [addressToText(address)] };
  return machines.length === 0 ? null : { machines, ips: [] };
}

/** The address to decide for when a machine is meant: the one it has now, else had last; null when nobody is known by it. */
export function addressMeant(table: MachineTable, text: string): string | null {
  const address = textToAddress(text.trim());
  if (address !== null) return addressToText(address);
  const [binding] = table.find(text).flatMap((id) => table.bindingsOf(id));
  return binding === undefined ? null : addressToText(binding.address);
}
