// The routes that put a list into the configuration, take it out, and let one only watch.

import {
  type ChangeAsked,
  type ChangeView,
  changeAsked,
  changed,
  changeOf,
  changeProperties,
  EDIT_MS,
} from '../overrides/settings-routes.ts';
import { changes, type Route, RouteError } from '../route.ts';
import { RESPONSES } from '../schemas.ts';
import { bounded, newName, object, oneOf, orNull, type Schema, said, wanted } from '../shapes.ts';
import type { ListView } from './list-view.ts';

export interface ListAsked {
  readonly name: string;
  /** An address, a file or `folder:…`; null: `text` is the list. */
  readonly source: string | null;
  readonly text: string | null;
  readonly action: string;
  readonly alert: boolean;
  readonly monitor: boolean;
  /** Null: all, at every hour. */
  readonly groups: readonly string[] | null;
}

export interface ListChangeView extends ChangeView {
  /** How it is once it was tried; null: it is no more, or nothing was done. */
  readonly list: ListView | null;
}

export interface ListsEditState {
  /** @throws EditError: then nothing changed */
  readonly addList: (asked: ListAsked, change: ChangeAsked) => Promise<ListChangeView>;
  readonly removeList: (name: string, change: ChangeAsked) => Promise<ListChangeView>;
  readonly watchList: (name: string, monitor: boolean, change: ChangeAsked) => Promise<ListChangeView>;
}

const TEXT_OCTETS = 16 * 1024 * 1024;
const [listView] = [
  (RESPONSES.lists['properties'] as { readonly lists: { readonly items: Schema } }).lists.items,
];
const response: Schema = object({
  ...changeProperties,
  list: said('How it is once it was tried.', orNull(listView)),
});
const one: Schema = wanted({ list: said('Name of a list.', bounded(256)) }, ['list']);
const flag: Schema = { type: 'boolean' };

const added: Schema = oneOf(
  ['source', 'text'],
  wanted(
    {
      name: newName,
      source: said('Its address, a file, or folder:…', bounded(4096)),
      text: said('The list itself, in any format that is read; kept as a file.', {
        type: 'string',
        minLength: 1,
        maxLength: TEXT_OCTETS,
      }),
      action: { type: 'string', enum: ['sinkhole', 'nxdomain', 'nodata', 'refused', 'drop', 'allow'] },
      alert: said('Whether who asks is told.', flag),
      monitor: said('Only watches.', flag),
      groups: said('Only for these; unset: for all, at every hour.', {
        type: 'array',
        minItems: 1,
        maxItems: 1000,
        items: bounded(256),
      }),
      ...changeAsked,
    },
    ['name'],
  ),
);

export function listEditRoutes(state: ListsEditState): readonly Route[] {
  const edits = { response, patienceMs: EDIT_MS };
  return [
    changes({
      ...edits,
      path: '/api/v1/lists',
      role: 'admin',
      summary: 'Puts a list into the configuration, and answers once its source was tried.',
      body: added,
      bodyOctets: TEXT_OCTETS,
      answer: async ({ body }) => changed(await state.addList(askedOf(body), changeOf(body))),
    }),
    changes({
      ...edits,
      path: '/api/v1/lists/:list/remove',
      role: 'admin',
      summary: 'Takes a list out of the configuration and of every group.',
      params: one,
      body: wanted(changeAsked),
      answer: async ({ params: { list = '' }, body }) =>
        changed(await state.removeList(list, changeOf(body))),
    }),
    changes({
      ...edits,
      path: '/api/v1/lists/:list/mode',
      role: 'admin',
      summary: 'Lets a list only watch, or block.',
      params: one,
      body: wanted({ mode: { type: 'string', enum: ['enforce', 'monitor'] }, ...changeAsked }, ['mode']),
      answer: async ({ params: { list = '' }, body }) => {
        const { mode } = body as { readonly mode: string };
        return changed(await state.watchList(list, mode === 'monitor', changeOf(body)));
      },
    }),
  ];
}

function askedOf(body: unknown): ListAsked {
  const asked = body as Pick<ListAsked, 'name'> & Partial<Omit<ListAsked, 'name'>>;
  const { name, source = null, text: pasted = null, groups = null } = asked;
  if ((source === null) === (pasted === null))
    throw new RouteError(400, 'BAD_QUERY', 'say either `source` or `text`');
  return {
    name,
    source,
    text: pasted,
    action: asked.action ?? 'sinkhole',
    alert: asked.alert ?? false,
    monitor: asked.monitor ?? false,
    groups,
  };
}
