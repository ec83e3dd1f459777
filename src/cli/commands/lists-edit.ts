// `cenote lists add` and `lists rm`: a list into the configuration or out of it, and the running daemon's word that it is so.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ListView } from '../../admin/lists/list-view.ts';
import { nearest } from '../../config/values/nearest.ts';
import { shownUrl } from '../../config/values/shown-url.ts';
import { addListEntry, addToGroups, listNames, takeFromGroups } from '../../daemon/editing/lists-section.ts';
import { waitForLists } from '../apply-list.ts';
import { CliError, EXIT } from '../cli-error.ts';
import { configFile } from '../config-file.ts';
import { editConfig } from '../edit-config.ts';
import { leftOutLines, listLines } from '../lines/list-lines.ts';
import { printJson, printLines } from '../print.ts';

interface EditOptions {
  readonly name: string;
  readonly config?: string;
  readonly json?: boolean;
}

export interface AddListOptions extends EditOptions {
  readonly source: string;
  /** Unset: all, at every hour. */
  readonly groups?: readonly string[];
  readonly alert?: boolean;
  readonly action: string;
  readonly monitor?: boolean;
  readonly format?: string;
  readonly refresh?: string;
}

/** @returns 5 where nothing of the list is in force after its first attempt */
export async function addListCommand(options: AddListOptions): Promise<number> {
  const { name, groups, config } = options;
  const file = editConfig(configFile(config), (edit) => {
    if (listNames(edit.document).includes(name))
      throw new CliError(
        'CLI_CONFIG',
        EXIT.bad,
        `there is a list ${name} already (${edit.file}); take another name, or remove that one with \`cenote lists rm ${name}\``,
      );
    addListEntry(edit.document, name, settingsOf(options));
    if (groups !== undefined) addToGroups(edit.document, name, groups);
    return true;
  });
  const list = await waitForLists(name, config, (lists) =>
    lists.find((each) => each.name === name && isTried(each)),
  );
  tellAdded(options, file, list);
  return list === null || list.inForce ? EXIT.ok : EXIT.stale;
}

function isTried({ inForce, why }: ListView): boolean {
  return inForce || why !== null;
}

function tellAdded(
  { name, source, groups, json }: AddListOptions,
  file: string,
  list: ListView | null,
): void {
  if (json) {
    printJson({ name, file, groups: groups ?? 'all', inForce: list?.inForce ?? null, list });
    return;
  }
  const whom = groups === undefined ? 'every group' : groups.join(', ');
  printLines([`${file} has list ${name} for ${whom}: ${shownUrl(source)}`]);
  if (list === null) printLines(['No daemon runs with it, so it is in force from the next start on.']);
  else printLines(['', ...listLines([list], Date.now()), ...leftOutLines([list])]);
}

function settingsOf({ source, alert, action, monitor, format, refresh, groups }: AddListOptions): object {
  return {
    source: fromHere(source),
    action,
    ...(alert === true && { alert }),
    ...(groups === undefined && { for: 'all' }),
    ...(monitor === true && { mode: 'monitor' }),
    ...(format !== undefined && { format }),
    ...(refresh !== undefined && { refresh }),
  };
}

/** The daemon may work elsewhere: a path from here is made whole. */
function fromHere(source: string): string {
  const [, kind = '', path = source] = /^(folder:)(.*)$/s.exec(source) ?? [];
  return existsSync(path) ? `${kind}${resolve(path)}` : source;
}

export async function removeListCommand({ name, config, json }: EditOptions): Promise<number> {
  let groups: readonly string[] = [];
  const file = editConfig(configFile(config), (edit) => {
    const known = listNames(edit.document);
    if (!known.includes(name)) {
      const near = nearest(name, known);
      throw new CliError(
        'CLI_NO_LIST',
        EXIT.bad,
        `there is no list ${JSON.stringify(name)} (${edit.file}); ${near === null ? 'see `cenote lists`' : `did you mean ${near}?`}`,
      );
    }
    edit.document.deleteIn(['lists', name]);
    groups = takeFromGroups(edit.document, name);
    return true;
  });
  const isGone = await waitForLists(name, config, (lists) =>
    lists.some((list) => list.name === name) ? undefined : true,
  );
  if (json) printJson({ name, file, groups, inForce: isGone === null ? null : false });
  else
    printLines([
      `${file} has list ${name} no more${groups.length === 0 ? '' : ` (groups ${groups.join(', ')})`}.`,
      isGone === null ? 'No daemon runs with it.' : 'It is out of force.',
    ]);
  return EXIT.ok;
}
