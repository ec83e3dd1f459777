// Which groups somebody means who pauses, or decides a name by hand.
import { CodedError } from '../../config/coded-error.ts';
import type { Config } from '../../config/config.ts';

/** @param group null for all @throws CodedError BAD_GROUP for an unknown one */
export function groupsNamed({ groups }: Config, group: string | null): readonly string[] {
  const names = groups.map(({ name }) => name);
  if (group === null) return names;
  if (!names.includes(group))
    throw new CodedError('BAD_GROUP', `there is no group ${group}; there is ${names.join(', ')}`);
  return [group];
}
