// Groups into the configuration's text, changed there and out of it: comments and the order of all else stay.
import { type Document, isMap, type YAMLMap } from 'yaml';
import type { GroupAsked } from '../../admin/clients/group-edit-routes.ts';
import { EditError } from './edit-error.ts';
import { documentOf, textOf } from './lists-section.ts';

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
  if (isMap(document.get('groups'))) document.setIn(['groups', name], entry);
  else {
    const groups = document.createNode({}) as YAMLMap;
    groups.set(name, entry);
    document.set('groups', groups);
  }
  return textOf(text, document);
}

/** @throws EditError when there is no such group, or it cannot be changed alone */
export function withGroupChanged(text: string, asked: GroupAsked): string {
  const document = documentOf(text);
  const entry = document.getIn(['groups', asked.name], true);
  if (entry === undefined) throw noGroup(asked.name);
  if (!isMap(entry))
    throw new EditError(
      'EDIT_BROKEN',
      `group ${asked.name} is an alias (\`*…\`) of another; write it out, so that it can have settings of its own`,
    );
  put(document, entry, asked);
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
  for (const key of SETTINGS) {
    const value = asked[key];
    if (value === undefined) continue;
    if (value === null) {
      entry.delete(key);
      continue;
    }
    if (JSON.stringify(plain(document, entry, key)) === JSON.stringify(value)) continue;
    const node = document.createNode(value);
    if (typeof value !== 'string') (node as YAMLMap).flow = true;
    entry.set(key, node);
  }
}

const plain = (document: Document, entry: YAMLMap, key: string): unknown =>
  (entry.toJS(document) as Record<string, unknown>)[key];

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
