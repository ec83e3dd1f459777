// A machine is paused while every name is allowed for it by hand: an override of the root.
import type { OverridesState } from '../overrides/routes.ts';
import { list, object, orNull, type Schema, said, text, time } from '../shapes.ts';

export interface PausedMachine {
  /** Of the override. */
  readonly id: string;
  /** As it was said: name, MAC, address or user. */
  readonly client: string;
  /** ISO 8601; null until it is ended. */
  readonly until: string | null;
}

/** The root is all names. */
export const EVERY_NAME = '.';

export function pausedMachines(state: Pick<OverridesState, 'overrides'>): PausedMachine[] {
  return state
    .overrides()
    .flatMap(({ id, action, name, client, until }) =>
      action === 'allow' && name === EVERY_NAME && client !== null ? [{ id, client, until }] : [],
    );
}

export const pausedMachinesSchema: Schema = said(
  'Machines for which nothing is blocked.',
  list(
    object({
      id: said('Of the override that lets everything pass.', text),
      client: text,
      until: orNull(time),
    }),
  ),
);
