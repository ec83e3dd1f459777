// Groups into the configuration's text, changed there and out of it: comments and the order of all else stay.
import { type Document, isMap, type YAMLMap } from 'yaml';
import type { GroupAsked } from '../../admin/clients/group-edit-routes.ts';
import { EditError } from './edit-error.ts';
import { addEntry, documentOf, ownGroup, textOf } from './lists-section.ts';

const SETTINGS = ['clients', 'lists', 'schedule', 'upstreams'] as const;

/** @throws EditError when there is one of that name */
export function withGroup(text: string, asked: GroupAsked): string {
  const document = documentOf(text);
  const { name } = asked;
  if (document.hasIn(['groups', name]))
    throw new EditError('EDIT_EXISTS', `there is a group ${name} already; choose another name`);
  const entry = document.createNode({}) as YAMLMap;
  // As its neighbours are written: on one line, or a line for each setting.
  entry.flow = neighboursAreFlow(document);
  put(document, entry, asked);
  addEntry(document, 'groups', name, entry);
  return textOf(text, document);
}

/** @throws EditError when there is no such group, or it cannot be changed alone */
export function withGroupChanged(text: string, asked: GroupAsked): string {
  const document = documentOf(text);
  if (!document.hasIn(['groups', asked.name])) throw noGroup(asked.name);
  put(document, ownGroup(document, asked.name, 'settings'), asked);
  return textOf(text, document);
}

/** @throws EditError when there is no such group */
export function withoutGroup(text: string, name: string): string {
  const document = documentOf(text);
  if (!document.deleteIn(['groups', name])) throw noGroup(name);
  return textOf(text, document);
}

/** A list that says the same stays as it is written, with its comments; what is new stands on one line. */
function put(document: Document, entry: YAMLMap, asked: GroupAsked): void {
  const before = entry.toJS(document) as Record<string, unknown>;
  for (const key of SETTINGS) {
    const value = asked[key];
    if (value === undefined) continue;
    if (value === null) {
      entry.delete(key);
      continue;
    }
    if (JSON.stringify(before[key]) === JSON.stringify(value)) continue;
    const node = document.createNode(value);
    if (typeof value !== 'string') (node as YAMLMap).flow = true;
    entry.set(key, node);
  }
}

function neighboursAreFlow(document: Document): boolean {
  const groups = document.get('groups');
  const last = isMap(groups) ? groups.items.at(-1)?.value : undefined;
  return !isMap(last) || last.flow === true;
}

const noGroup = (name: string): EditError =>
  new EditError(
    'EDIT_NO_GROUP',
    `the configuration file has no group ${JSON.stringify(name)}; without \`groups\` all clients are in one, \`default\``,
  );
