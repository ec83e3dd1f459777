// What is done to the configuration's text, as data: thousands of lines take a second, which the main thread has no part in.
import { structuredPatch } from 'diff';
import type { GroupAsked } from '../../admin/clients/group-edit-routes.ts';
import type { ListAsked } from '../../admin/lists/edit-routes.ts';
import { EditError } from './edit-error.ts';
import { withGroup, withGroupChanged, withoutGroup } from './groups-section.ts';
import { addListEntry, addToGroups, documentOf, listNames, takeFromGroups, textOf } from './lists-section.ts';
import { type SettingPath, withSetting } from './one-setting.ts';
import { type ShownLine, unmarked, withoutSecrets } from './shown-lines.ts';

type ListEntry = Pick<ListAsked, 'name' | 'action' | 'alert' | 'monitor' | 'groups'>;

export type Edit =
  /** Null removes it. */
  | { readonly to: 'setting'; readonly path: SettingPath; readonly value: string | null }
  | { readonly to: 'newGroup' | 'group'; readonly asked: GroupAsked }
  | { readonly to: 'noGroup' | 'noList'; readonly name: string }
  | { readonly to: 'newList'; readonly asked: ListEntry; readonly source: string }
  | { readonly to: 'listMode'; readonly name: string; readonly monitor: boolean }
  | { readonly to: 'widerList'; readonly name: string; readonly groups: readonly string[] | null };

export interface EditAsked {
  readonly text: string;
  readonly edit: Edit;
}

export interface Edited {
  readonly text: string;
  /** Secrets hidden. */
  readonly diff: readonly DiffLine[];
}

/** Done elsewhere by the daemon. */
export interface Texts {
  /** @throws EditError */
  readonly edited: (asked: EditAsked) => Promise<Edited>;
  /** @throws EditError */
  readonly shown: (text: string) => Promise<readonly ShownLine[]>;
}

export interface DiffLine {
  readonly kind: 'same' | 'added' | 'removed' | 'gap';
  readonly text: string;
}

const CONTEXT_LINES = 2;

/** @throws EditError when it cannot be done to this text */
export function edited({ text, edit }: EditAsked): Edited {
  const next = textAfter(text, edit);
  return { text: next, diff: diffOf(withoutSecrets(text), withoutSecrets(next)) };
}

function textAfter(text: string, edit: Edit): string {
  switch (edit.to) {
    case 'setting':
      return withSetting(text, edit.path, edit.value);
    case 'newGroup':
      return withGroup(text, edit.asked);
    case 'group':
      return withGroupChanged(text, edit.asked);
    case 'noGroup':
      return withoutGroup(text, edit.name);
    case 'newList':
      return withList(text, edit.asked, edit.source);
    case 'noList':
      return withoutList(text, edit.name);
    case 'listMode':
      return withMode(text, edit.name, edit.monitor);
    case 'widerList':
      return withWider(text, edit.name, edit.groups);
    default:
      return edit satisfies never;
  }
}

function withList(
  text: string,
  {
    name,
    action,
    alert,
    monitor,
    groups,
  }: Pick<ListAsked, 'name' | 'action' | 'alert' | 'monitor' | 'groups'>,
  source: string,
): string {
  const document = documentOf(text);
  if (listNames(document).includes(name))
    throw new EditError('EDIT_EXISTS', `there is a list ${name} already; choose another name`);
  addListEntry(document, name, {
    source,
    action,
    ...(alert && { alert }),
    ...(groups === null && { for: 'all' }),
    ...(monitor && { mode: 'monitor' }),
  });
  if (groups !== null) addToGroups(document, name, groups);
  return textOf(text, document);
}

function withoutList(text: string, name: string): string {
  const document = documentWith(text, name);
  document.deleteIn(['lists', name]);
  takeFromGroups(document, name);
  return textOf(text, document);
}

function withMode(text: string, name: string, monitor: boolean): string {
  documentWith(text, name);
  const mode = ['lists', name, 'mode'];
  if (monitor) return withSetting(text, mode, 'monitor');
  return documentOf(text).hasIn(mode) ? withSetting(text, mode, null) : text;
}

/** @throws EditError when there is no such list */
function documentWith(text: string, name: string): ReturnType<typeof documentOf> {
  const document = documentOf(text);
  if (!listNames(document).includes(name))
    throw new EditError('EDIT_NO_LIST', `the configuration file has no list ${JSON.stringify(name)}`);
  return document;
}

/** A list that grows is for those who are meant now, too. */
function withWider(text: string, name: string, groups: readonly string[] | null): string {
  const document = documentWith(text, name);
  if (document.getIn(['lists', name, 'for']) === 'all') return text;
  if (groups === null) document.setIn(['lists', name, 'for'], 'all');
  else if (addToGroups(document, name, groups).length === 0) return text;
  return textOf(text, document);
}

function diffOf(before: string, after: string): DiffLine[] {
  const { hunks } = structuredPatch('', '', before, after, '', '', { context: CONTEXT_LINES });
  return hunks.flatMap(({ lines }, index): DiffLine[] => [
    ...(index > 0 ? [{ kind: 'gap' as const, text: '' }] : []),
    ...lines
      .filter((line) => !line.startsWith('\\'))
      .map((line) => ({ kind: KINDS[line.charAt(0)] ?? 'same', text: unmarked(line.slice(1)) })),
  ]);
}

const KINDS: Readonly<Record<string, DiffLine['kind']>> = { '+': 'added', '-': 'removed', ' ': 'same' };
