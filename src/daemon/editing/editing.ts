// What the admin interface does to the configuration: one setting, a list in or out, a report blocked everywhere.
import { accessSync, constants, existsSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { GroupsEditState } from '../../admin/clients/group-edit-routes.ts';
import type { ListChangeView, ListsEditState } from '../../admin/lists/edit-routes.ts';
import { type ListView, listViewOf } from '../../admin/lists/list-view.ts';
import type { ChangeAsked, ChangeView, SettingsState } from '../../admin/overrides/settings-routes.ts';
import { kept } from '../../admin/route.ts';
import type { Config } from '../../config/config.ts';
import { realPathOf } from '../../config/disk/real-path.ts';
import { writeWhole } from '../../config/disk/whole-file.ts';
import type { Rules } from '../rules/rules.ts';
import type { Waits } from '../settings.ts';
import { EditError } from './edit-error.ts';
import type { Edit, Texts } from './edits.ts';
import type { Changed, SettingsFile } from './settings-file.ts';

/** Of one name, of texts that were pasted. */
const FILES_MAX = 100;

/** What of the daemon is changed, and looked at after that. */
export interface Editable {
  readonly config: Config;
  readonly rules: Pick<Rules, 'lists' | 'refresh'>;
  readonly waits: Waits;
}

export function editingState(
  file: SettingsFile,
  supervisor: Editable,
  texts: Pick<Texts, 'shown'>,
): SettingsState & ListsEditState & GroupsEditState {
  const changed = async (change: Changed, list: string | null): Promise<ListChangeView> => {
    if (list !== null && change.isWritten) await supervisor.rules.refresh([list]);
    return { ...viewOf(change), list: change.isWritten && list !== null ? listView(supervisor, list) : null };
  };
  const edited = async (edit: Edit, asked: ChangeAsked): Promise<ChangeView> =>
    viewOf(await file.change(edit, asked));
  return {
    addGroup: (asked, change) => edited({ to: 'newGroup', asked }, change),
    changeGroup: (asked, change) => edited({ to: 'group', asked }, change),
    removeGroup: (name, change) => edited({ to: 'noGroup', name }, change),
    settings: async () => {
      const { file: path, text, digest } = file.read();
      const lines = await texts.shown(text);
      const waitsForRestart = supervisor.waits.settings;
      return { file: path, digest, readOnly: file.whyReadOnly(), lines, waitsForRestart };
    },
    changeSetting: async ({ path, value, base, dryRun }) => ({
      ...(await edited({ to: 'setting', path, value }, { base, dryRun })),
      waitsForRestart: supervisor.waits.settings,
    }),
    addList: (asked, how) =>
      file.inTurn(async (change) => {
        const { name, source, text: pasted } = asked;
        if (pasted === null)
          return changed(await change({ to: 'newList', asked, source: source ?? '' }, how), name);
        const path = freePath(supervisor, name);
        // Also where the change is only looked at: a configuration is in order only where the files that it names are there.
        kept(path, () => writeWhole(path, pasted.endsWith('\n') ? pasted : `${pasted}\n`));
        let isNamed = false;
        try {
          const done = await change({ to: 'newList', asked, source: path }, how);
          isNamed = done.isWritten;
          return await changed(done, name);
        } finally {
          if (!isNamed) rmSync(path, { force: true });
        }
      }),
    removeList: async (name, how) => changed(await file.change({ to: 'noList', name }, how), null),
    watchList: async (name, monitor, how) =>
      changed(await file.change({ to: 'listMode', name, monitor }, how), name),
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
