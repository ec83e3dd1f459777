// The interfaces of this machine, for those who look again and again.
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';

let known: NodeJS.Dict<NetworkInterfaceInfo[]> = {};

/** Those of the last look where the system cannot say: asking takes a descriptor, and there may be none left. */
export function interfacesNow(
  ask: () => NodeJS.Dict<NetworkInterfaceInfo[]> = networkInterfaces,
): NodeJS.Dict<NetworkInterfaceInfo[]> {
  try {
    known = ask();
  } catch {
    // What was known stays.
  }
  return known;
}

/** Interface name → its number, as far as asked for. */
const numbers = new Map<string, number>();
const NUMBERS_MAX = 256;

/** The number of an interface by its name, or by its number written out; 0 where it has no link-local address. */
export function interfaceNumber(
  zone: string,
  ask: () => NodeJS.Dict<NetworkInterfaceInfo[]> = networkInterfaces,
): number {
  if (/^\d+$/.test(zone)) return Number(zone);
  const before = numbers.get(zone);
  if (before !== undefined) return before;
  const number = interfacesNow(ask)[zone]?.find(({ scopeid = 0 }) => scopeid !== 0)?.scopeid ?? 0;
  if (numbers.size >= NUMBERS_MAX) numbers.clear();
  if (number !== 0) numbers.set(zone, number);
  return number;
}
