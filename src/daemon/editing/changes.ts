// What the admin interface changes, loaded when somebody first does: reading reports and writing YAML are of no use to most hours.
import type { GroupsEditState } from '../../admin/clients/group-edit-routes.ts';
import type { ListsEditState } from '../../admin/lists/edit-routes.ts';
import type { ReportsState } from '../../admin/lists/report-routes.ts';
import type { SettingsState } from '../../admin/overrides/settings-routes.ts';
import type { AdminState } from '../../admin/state.ts';
import { loadedOnce } from '../../config/disk/loaded-once.ts';
import type { Loaded } from '../../config/load.ts';
import type { Supervisor } from '../supervisor.ts';
import type { Texts } from './edits.ts';

export type Changes = SettingsState & ListsEditState & GroupsEditState & ReportsState;
type Hunting = Pick<AdminState, 'hunt' | 'coverage' | 'keepsHistory'>;

/** @param load what a file with this text would be, with what was decided by hand */
export function changesByHand(
  supervisor: Supervisor,
  load: (text: string) => Promise<Loaded>,
  texts: Texts,
): (hunting: Hunting) => Changes {
  return (hunting) => {
    const make = async (): Promise<Changes> => {
      const { SettingsFile } = await import('./settings-file.ts');
      const { editingState } = await import('./editing.ts');
      const { reportsState } = await import('./blocking.ts');
      const file = new SettingsFile({
        file: () => supervisor.config.file,
        load,
        edited: texts.edited,
        use: (loaded, write) => supervisor.useChanged(loaded, write),
      });
      return { ...editingState(file, supervisor, texts), ...reportsState(file, supervisor, hunting) };
    };
    const changes = loadedOnce(make);
    return {
      settings: async () => (await changes()).settings(),
      changeSetting: async (asked) => (await changes()).changeSetting(asked),
      addList: async (asked, change) => (await changes()).addList(asked, change),
      removeList: async (name, change) => (await changes()).removeList(name, change),
      watchList: async (name, monitor, change) => (await changes()).watchList(name, monitor, change),
      addGroup: async (asked, change) => (await changes()).addGroup(asked, change),
      changeGroup: async (asked, change) => (await changes()).changeGroup(asked, change),
      removeGroup: async (name, change) => (await changes()).removeGroup(name, change),
      readReport: async (asked) => (await changes()).readReport(asked),
      blockReport: async (asked, groups) => (await changes()).blockReport(asked, groups),
    };
  };
}
