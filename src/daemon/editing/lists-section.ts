// Lists into the configuration's text and out of it, as a careful admin would: comments, order and anchors stay.
import { structuredPatch } from 'diff';
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { EditError } from './edit-error.ts';

/** @throws EditError when the text is no YAML map */
export function documentOf(text: string): Document {
  const document = parseDocument(text);
  if (document.errors.length > 0 || (document.contents !== null && !isMap(document.contents)))
    throw new EditError('EDIT_BROKEN', 'the configuration is not in order; nothing was changed');
  return document;
}

/**
 * The text with what was changed in its document: the library writes some spaces and quotes as it likes, so lines that mean the same
 * stay as somebody wrote them.
 */
export function textOf(before: string, document: Document): string {
  const indent = jsonIndent(before);
  if (indent !== null) return `${JSON.stringify(document.toJS(), null, indent)}\n`;
  const was = printed(parseDocument(before));
  const is = printed(document);
  const own = before.split('\n');
  // Where it writes other lines than there were, there is no line to keep.
  if (own.length !== was.split('\n').length) return is;
  const { hunks } = structuredPatch('', '', was, is, '', '', { context: 0 });
  for (const { oldStart, oldLines, lines } of hunks.toReversed()) {
    const added = lines.filter((line) => line.startsWith('+')).map((line) => line.slice(1));
    own.splice(oldStart - 1, oldLines, ...added);
  }
  return own.join('\n');
}

/** Of a text that is JSON on several lines: YAML's printer would put all of it on one. Null: it is not. */
function jsonIndent(text: string): string | null {
  const indent = /^\s*\{\s*\n([\t ]*)"/.exec(text)?.[1];
  if (indent === undefined) return null;
  try {
    JSON.parse(text);
    return indent;
  } catch {
    return null;
  }
}

/** Long lines stay long. */
const printed = (document: Document): string => document.toString({ lineWidth: 0 });

/** Names of the lists it has. */
export const listNames = (document: Document): string[] => keysOf(document.get('lists'));

/** One line in the section `lists`: `name: { … }`. */
export function addListEntry(document: Document, name: string, settings: object): void {
  const entry = document.createNode(settings);
  entry.flow = true;
  addEntry(document, 'lists', name, entry);
}

/** An entry behind the others of a section, which need not be there yet. */
export function addEntry(document: Document, section: 'lists' | 'groups', name: string, entry: Node): void {
  if (isMap(document.get(section))) document.setIn([section, name], entry);
  else document.set(section, document.createNode({ [name]: entry }));
}

/** Adds a list to these groups. @returns those that did not have it @throws EditError */
export function addToGroups(document: Document, list: string, wanted: readonly string[]): string[] {
  const known = keysOf(document.get('groups'));
  const missing = wanted.find((name) => !known.includes(name));
  if (missing !== undefined)
    throw new EditError(
      'EDIT_NO_GROUP',
      `there is no group ${JSON.stringify(missing)}; groups are ${known.join(', ') || 'none'}`,
    );
  const added: string[] = [];
  for (const name of new Set(wanted)) {
    const group = ownGroup(document, name, 'lists');
    const lists = ownSequence(document, group.get('lists', true) as Node | undefined);
    if (lists.items.some((item) => isScalar(item) && item.value === list)) continue;
    lists.add(document.createNode(list));
    group.set('lists', lists);
    added.push(name);
  }
  return added;
}

/** A group that is there, to be changed. @param what of its own it is to have @throws EditError when it is another's */
export function ownGroup(document: Document, name: string, what: 'lists' | 'settings'): YAMLMap {
  const group = document.getIn(['groups', name], true);
  if (isMap(group)) return group;
  throw new EditError(
    'EDIT_BROKEN',
    `group ${name} is an alias (\`*…\`) of another; write it out, so that it can have ${what} of its own`,
  );
}

/** Takes a list's name out of every group that has it. @returns those groups */
export function takeFromGroups(document: Document, list: string): string[] {
  const taken: string[] = [];
  for (const name of keysOf(document.get('groups'))) {
    const group = document.getIn(['groups', name], true);
    if (!isMap(group)) continue;
    const lists = ownSequence(document, group.get('lists', true) as Node | undefined);
    const kept = lists.items.filter((item) => !(isScalar(item) && item.value === list));
    if (kept.length === lists.items.length) continue;
    lists.items = kept;
    group.set('lists', lists);
    taken.push(name);
  }
  return taken;
}

/** One that an alias (`*usual`) stands for is copied: the others that use it keep theirs. */
function ownSequence(document: Document, node: Node | undefined): YAMLSeq {
  if (isSeq(node)) return node;
  const resolved = isAlias(node) ? node.resolve(document) : undefined;
  const copy = document.createNode(isSeq(resolved) ? resolved.toJSON() : []) as YAMLSeq;
  copy.flow = true;
  return copy;
}

function keysOf(node: unknown): string[] {
  return isMap(node) ? node.items.map(({ key }) => String(key)) : [];
}
