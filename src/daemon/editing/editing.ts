// What the admin interface does to the configuration: one setting, a list in or out, a report blocked everywhere.
import { accessSync, constants, existsSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { GroupsEditState } from '../../admin/clients/group-edit-routes.ts';
import type { ListAsked, ListChangeView, ListsEditState } from '../../admin/lists/edit-routes.ts';
import { type ListView, listViewOf } from '../../admin/lists/list-view.ts';
import type { ChangeAsked, ChangeView, SettingsState } from '../../admin/overrides/settings-routes.ts';
import { kept } from '../../admin/route.ts';
import type { Config } from '../../config/config.ts';
import { realPathOf } from '../../config/disk/real-path.ts';
import { writeWhole } from '../../config/disk/whole-file.ts';
import type { Rules } from '../rules/rules.ts';
import { EditError } from './edit-error.ts';
import { withGroup, withGroupChanged, withoutGroup } from './groups-section.ts';
import { addListEntry, addToGroups, documentOf, listNames, takeFromGroups, textOf } from './lists-section.ts';
import { withSetting } from './one-setting.ts';
import type { Changed, SettingsFile } from './settings-file.ts';
import { shownLines } from './shown-lines.ts';

/** Of one name, of texts that were pasted. */
const FILES_MAX = 100;

/** What of the daemon is changed, and looked at after that. */
export interface Editable {
  readonly config: Config;
  readonly rules: Pick<Rules, 'lists' | 'refresh'>;
  readonly waitsForRestart: readonly string[];
}

export function editingState(
  file: SettingsFile,
  supervisor: Editable,
): SettingsState & ListsEditState & GroupsEditState {
  const changed = async (change: Changed, list: string | null): Promise<ListChangeView> => {
    if (list !== null && change.isWritten) await supervisor.rules.refresh([list]);
    return { ...viewOf(change), list: change.isWritten && list !== null ? listView(supervisor, list) : null };
  };
  const edited = async (make: (text: string) => string, asked: ChangeAsked): Promise<ChangeView> =>
    viewOf(await file.change(make, asked));
  return {
    addGroup: (asked, change) => edited((text) => withGroup(text, asked), change),
    changeGroup: (asked, change) => edited((text) => withGroupChanged(text, asked), change),
    removeGroup: (name, change) => edited((text) => withoutGroup(text, name), change),
    settings: () => {
      const { file: path, text, digest } = file.read();
      const { waitsForRestart } = supervisor;
      return { file: path, digest, readOnly: file.whyReadOnly(), lines: shownLines(text), waitsForRestart };
    },
    changeSetting: async ({ path, value, base, dryRun }) => ({
      ...(await edited((text) => withSetting(text, path, value), { base, dryRun })),
      waitsForRestart: supervisor.waitsForRestart,
    }),
    addList: (asked, how) =>
      file.inTurn(async (change) => {
        const { name, source, text: pasted } = asked;
        if (pasted === null)
          return changed(await change((text) => withList(text, asked, source ?? ''), how), name);
        const path = freePath(supervisor, name);
        // Also where the change is only looked at: a configuration is in order only where the files that it names are there.
        kept(path, () => writeWhole(path, pasted.endsWith('\n') ? pasted : `${pasted}\n`));
        let isNamed = false;
        try {
          const done = await change((text) => withList(text, asked, path), how);
          isNamed = done.isWritten;
          return await changed(done, name);
        } finally {
          if (!isNamed) rmSync(path, { force: true });
        }
      }),
    removeList: async (name, how) => changed(await file.change((text) => withoutList(text, name), how), null),
    watchList: async (name, monitor, how) =>
      changed(await file.change((text) => withMode(text, name, monitor), how), name),
  };
}

export const viewOf = ({ file, diff, digest, isWritten }: Changed): ChangeView => ({
  file,
  diff,
  digest,
  written: isWritten,
});

export function listView(supervisor: Editable, name: string): ListView | null {
  const status = supervisor.rules.lists().find((list) => list.name === name);
  return status === undefined ? null : listViewOf(status);
}

/** Beside the configuration, where cenote may write there, else in its data folder. */
export function listPath({ config }: Editable, name: string, ending: string): string {
  const beside = dirname(realPathOf(config.file));
  const folder = [join(beside, 'blocklists'), beside].some(isWritable) ? beside : config.events.dir;
  return join(folder, 'blocklists', `${name}.${ending}`);
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** A file that is not there yet: that of a list that was removed stays, for whoever wants it back. */
function freePath(supervisor: Editable, name: string): string {
  for (let number = 1; number <= FILES_MAX; number += 1) {
    const path = listPath(supervisor, number === 1 ? name : `${name}-${number}`, 'txt');
    if (!existsSync(path)) return path;
  }
  const path = listPath(supervisor, name, 'txt');
  throw new EditError(
    'EDIT_EXISTS',
    `there are ${FILES_MAX} files of lists of this name already (${path} and others); remove those that no list needs`,
  );
}

export function withList(
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
export function documentWith(text: string, name: string): ReturnType<typeof documentOf> {
  const document = documentOf(text);
  if (!listNames(document).includes(name))
    throw new EditError('EDIT_NO_LIST', `the configuration file has no list ${JSON.stringify(name)}`);
  return document;
}
