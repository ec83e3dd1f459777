// The routes that add a group to the configuration, change one, and take one out.
import {
  type ChangeAsked,
  type ChangeView,
  changeAsked,
  changed,
  changeOf,
  changeProperties,
  EDIT_MS,
} from '../overrides/settings-routes.ts';
import { changes, type Route } from '../route.ts';
import { bounded, newName, object, orNull, type Schema, said, wanted } from '../shapes.ts';

/** What is unset stays as it is; null takes the setting out. */
export interface GroupAsked {
  readonly name: string;
  readonly clients?: readonly string[];
  readonly lists?: readonly string[];
  readonly schedule?: string | null;
  readonly upstreams?: readonly string[] | null;
}

export interface GroupsEditState {
  /** @throws EditError: then nothing changed */
  readonly addGroup: (asked: GroupAsked, change: ChangeAsked) => Promise<ChangeView>;
  readonly changeGroup: (asked: GroupAsked, change: ChangeAsked) => Promise<ChangeView>;
  readonly removeGroup: (name: string, change: ChangeAsked) => Promise<ChangeView>;
}

const BODY_OCTETS = 256 * 1024;
const response: Schema = object(changeProperties);
const one: Schema = wanted({ group: said('Name of a group.', bounded(256)) }, ['group']);

const entries = (minItems: number): Schema => ({
  type: 'array',
  minItems,
  maxItems: 4096,
  items: bounded(1024),
});
const settings = {
  clients: said('Addresses, networks, MACs, names, users: as the configuration writes them.', entries(1)),
  lists: said('Names of lists.', entries(0)),
  schedule: said('When its lists are in force; null: always.', orNull(bounded(256))),
  upstreams: said('Servers of its own; null: those of all.', { ...entries(1), type: ['array', 'null'] }),
} as const;

export function groupEditRoutes(state: GroupsEditState): readonly Route[] {
  const edits = { role: 'admin', response, patienceMs: EDIT_MS, bodyOctets: BODY_OCTETS } as const;
  return [
    changes({
      ...edits,
      path: '/api/v1/groups',
      summary: 'Adds a group to the configuration: put into force, then written; comments stay.',
      body: wanted(
        {
          name: newName,
          ...settings,
          ...changeAsked,
        },
        ['name', 'clients', 'lists'],
      ),
      answer: async ({ body }) => {
        const { group, change } = partsOf(body);
        return changed(await state.addGroup(group as GroupAsked, change));
      },
    }),
    changes({
      ...edits,
      path: '/api/v1/groups/:group',
      summary: 'Changes settings of a group: those that are given, null takes one out.',
      params: one,
      body: wanted({ ...settings, ...changeAsked }),
      answer: async ({ params: { group: name = '' }, body }) => {
        const { group, change } = partsOf(body);
        return changed(await state.changeGroup({ ...group, name }, change));
      },
    }),
    changes({
      ...edits,
      path: '/api/v1/groups/:group/remove',
      summary: 'Takes a group out of the configuration; its clients are then in whatever group has them.',
      params: one,
      body: wanted(changeAsked),
      answer: async ({ params: { group: name = '' }, body }) =>
        changed(await state.removeGroup(name, changeOf(body))),
    }),
  ];
}

function partsOf(body: unknown): {
  readonly group: Omit<GroupAsked, 'name'>;
  readonly change: ChangeAsked;
} {
  const { base, dryRun, ...group } = body as Partial<ChangeAsked> & GroupAsked;
  return { group, change: changeOf({ base, dryRun }) };
}
