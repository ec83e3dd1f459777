// SQL for: what was asked by these machines, or from these addresses.
import type { Who } from '../../clients/who.ts';

/** @param address @param machine expressions, trusted; `valuesOf` gives the two values */
export const isOf = (address: string, machine: string): string =>
  `${address} IN (SELECT value FROM json_each(?)) OR ${machine} IN (SELECT value FROM json_each(?))`;

export const valuesOf = ({ ips, machines }: Who): [ips: string, machines: string] => [
  JSON.stringify(ips),
  JSON.stringify(machines),
];
