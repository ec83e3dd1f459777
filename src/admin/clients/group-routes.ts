// The route that shows the groups: whose they are, what they block, when, and whom they ask.
import { ok, type Route, reads } from '../route.ts';
import { count, flag, list, object, orNull, said, text, texts, time } from '../shapes.ts';

export interface GroupView {
  readonly name: string;
  /** Patterns, as the configuration may write them. */
  readonly clients: readonly string[];
  readonly lists: readonly { readonly name: string; readonly always: boolean; readonly byHand: boolean }[];
  readonly schedule: string | null;
  /** False: its schedule leaves its lists out of force now. */
  readonly inForce: boolean;
  /** Of its own; null: the default ones. */
  readonly upstreams: readonly string[] | null;
  readonly inspected: boolean;
  readonly rebinding: boolean;
  /** Machines whose present address is in it. */
  readonly machines: number;
  readonly paused: boolean;
  /** When its pause ends; null: it is not paused, or until somebody ends it. */
  readonly pausedUntil: string | null;
}

export interface GroupsState {
  readonly groups: () => readonly GroupView[];
}

const group = object({
  name: text,
  clients: said('Whom it is for, as the configuration may write it.', texts),
  lists: list(
    object({
      name: text,
      always: said('In force whatever the schedule says (`for: all`).', flag),
      byHand: said('Made of what somebody allowed or blocked by hand.', flag),
    }),
  ),
  schedule: said('When its lists are in force; null: always.', orNull(text)),
  inForce: said('false: its schedule leaves its lists out of force now.', flag),
  upstreams: said('Of its own; null: those of all.', orNull(texts)),
  inspected: said('What answers lead to is checked against its lists.', flag),
  rebinding: said('Private addresses of public names are withheld.', flag),
  machines: said('Machines whose present address is in it.', count),
  paused: flag,
  pausedUntil: said('null: it is not paused, or until somebody ends it.', orNull(time)),
});

export function groupRoutes(state: GroupsState): readonly Route[] {
  return [
    reads({
      path: '/api/v1/groups',
      role: 'reader',
      summary: 'Groups: clients, lists, schedule, upstreams, and whether blocking is paused.',
      response: object({ groups: list(group) }),
      answer: async () => ok({ groups: state.groups() }),
    }),
  ];
}
