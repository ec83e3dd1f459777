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
