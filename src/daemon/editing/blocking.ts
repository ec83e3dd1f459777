// A report from the admin interface: read, shown, and blocked everywhere with who asked before.
import { copyFileSync, linkSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type {
  ReportAsked,
  ReportBlocked,
  ReportsState,
  ReportView,
} from '../../admin/lists/report-routes.ts';
import type { AdminState } from '../../admin/state.ts';
import type { Config } from '../../config/config.ts';
import { notKeptText } from '../../config/disk/not-kept.ts';
import { realPathOf } from '../../config/disk/real-path.ts';
import { hiddenAsideOf } from '../../config/disk/whole-file.ts';
import type { ListConfig } from '../../config/meant/lists.ts';
import { shownUrl } from '../../config/values/shown-url.ts';
import { heldText, type Imported } from '../../lists/import/hold-back.ts';
import { checkSlug, listOf, slugOf, writeList } from '../../lists/import/write.ts';
import { isPublicAddress } from '../../lists/sources/reachable.ts';
import { ReportError } from '../../report/report.ts';
import { EditError } from './edit-error.ts';
import { type Editable, listPath, listView, viewOf } from './editing.ts';
import type { Edit } from './edits.ts';
import { fetchReport } from './fetch-report.ts';
import { readReport } from './read-report.ts';
import type { Changed, SettingsFile } from './settings-file.ts';

type Hunting = Pick<AdminState, 'hunt' | 'coverage' | 'keepsHistory'>;

const HUNT_MS = 90 * 86_400_000;
/** What is shown of it; the page is for people. */
const LINES_MAX = 5_000;

export function reportsState(file: SettingsFile, supervisor: Editable, hunting: Hunting): ReportsState {
  return {
    readReport: async (asked) => {
      const { name, imported } = await read(asked, supervisor);
      return reportView(name, imported);
    },
    blockReport: async (asked, groups) => {
      const { name, imported } = await read(asked, supervisor);
      if (imported.taken.length === 0)
        throw new EditError('EDIT_NOTHING', 'no name was taken of the report, so nothing was done');
      const done = await file.inTurn((change) => block({ name, imported, groups }, change, supervisor));
      const sinceMs = Date.now() - HUNT_MS;
      const [findings, coverage] = await Promise.all([
        hunting.hunt({ lists: [name], names: [], sinceMs }),
        hunting.coverage('history', sinceMs),
      ]);
      const entries = listView(supervisor, name)?.entries ?? 0;
      return { ...done, name, entries, findings, coverage, keepsHistory: hunting.keepsHistory() };
    },
  };
}

async function read(
  { text, bytes, url, mayAskAnywhere, fileName, name: wanted, take, leaveOut }: ReportAsked,
  { config }: Editable,
): Promise<{ readonly name: string; readonly imported: Imported }> {
  if (wanted !== null) checkSlug(wanted);
  const now = Date.now();
  const sourceName = url === null ? fileName : shownUrl(url);
  const day = new Date(now).toISOString().slice(0, 10);
  const known = wanted ?? slugOf(sourceName ?? '');
  const imported = await readReport({
    bytes:
      bytes ??
      (url === null
        ? Buffer.from(text ?? '')
        : await fetchReport(
            url,
            config.upstreams.bootstrap,
            mayAskAnywhere || isOfList(url, config) ? () => true : isPublicAddress,
          )),
    sourceName,
    name: known ?? `report-${day}`,
    take,
    leaveOut,
    warninglists: config.warninglists,
    now,
  });
  if (known !== null) return { name: known, imported };
  // A title's dots are no ending of a file.
  const title = slugOf((imported.provenance.title ?? '').replaceAll(/[./\\?#]/g, ' '));
  return { name: title ?? `report-${day}`, imported };
}

/** Whether an admin has named this very server as the source of a list. */
function isOfList(url: string, { lists }: Pick<Config, 'lists'>): boolean {
  const origin = URL.parse(url)?.origin;
  return lists.some(({ source }) => /^https?:/i.test(source) && URL.parse(source)?.origin === origin);
}

interface Block {
  readonly name: string;
  readonly imported: Imported;
  readonly groups: readonly string[] | null;
}

/** The file first, which nobody reads yet; taken back when the configuration is refused. One report after another. */
async function block(
  { name, imported, groups }: Block,
  changeNow: SettingsFile['change'],
  supervisor: Editable,
): Promise<Pick<ReportBlocked, keyof ReturnType<typeof viewOf> | 'path' | 'gained'>> {
  const known = supervisor.config.lists.find((list) => list.name === name);
  const path = known?.source ?? listPath(supervisor, name, 'yaml');
  const whyNot = known === undefined ? null : whyNotGrow(known);
  if (whyNot !== null)
    throw new EditError('EDIT_EXISTS', `there is another list ${name}, which ${whyNot}; choose another name`);
  const before = keptBefore(path);
  const slug = path.replace(/^.*\//s, '').replace(/\.ya?ml$/i, '');
  try {
    const written = writeList({
      folder: dirname(path),
      slug,
      list: listOf(name, imported),
      mayDrop: false,
      grows: true,
    });
    const asked = { name, action: 'sinkhole', alert: true, monitor: false, groups } as const;
    const edit: Edit =
      known === undefined
        ? { to: 'newList', asked, source: realPathOf(path) }
        : { to: 'widerList', name, groups };
    const change = await changeNow(edit, { dryRun: false });
    // One that grew is no other setting.
    if (known !== undefined) await supervisor.rules.refresh([name]);
    checkInForce(supervisor, name, change);
    return { ...viewOf(change), path, gained: written.gained.length };
  } catch (error) {
    before.putBack();
    if (known !== undefined) await supervisor.rules.refresh([name]);
    throw error;
  } finally {
    before.drop();
  }
}

/** The list as it is, under another name beside it: to put that back takes no room, which the disk may not have by then. Of a killed process a start removes it. */
function keptBefore(path: string): { readonly putBack: () => void; readonly drop: () => void } {
  const aside = hiddenAsideOf(path);
  const drop = (): void => rmSync(aside, { force: true });
  try {
    copyWhole(path, aside);
    return { putBack: () => renameSync(aside, path), drop };
  } catch (error) {
    drop();
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT'))
      throw new ReportError('REPORT_WRITE', notKeptText(path, error), { cause: error });
    return { putBack: () => rmSync(path, { force: true }), drop };
  }
}

/** Not every file system has two names for one file. */
function copyWhole(path: string, aside: string): void {
  try {
    linkSync(path, aside);
  } catch {
    copyFileSync(path, aside);
  }
}

/** Why a list that is there already cannot take the names of a report; null: it can. */
function whyNotGrow({ source, action, mode }: ListConfig): string | null {
  if (!/^[^:]*\.ya?ml$/i.test(source)) return 'cannot grow';
  if (action === 'allow') return 'allows';
  return mode === 'monitor' ? 'only watches' : null;
}

function checkInForce(supervisor: Editable, name: string, { isWritten }: Changed): void {
  const list = listView(supervisor, name);
  if (list?.inForce !== true || list.entries === 0)
    throw new EditError(
      'EDIT_REFUSED',
      `list ${name} ${isWritten ? 'is in the configuration, but' : ''} is not in force${list?.why == null ? '' : `: ${list.why}`}`,
    );
}

export function reportView(name: string, imported: Imported): ReportView {
  const { kind, taken, held, leftOut, leftOutMore, addresses, provenance, warnings } = imported;
  const lines = leftOut.map(({ name: meant, text, reason, explanation, line }) => ({
    reason,
    line: { name: meant, text, why: explanation, line },
  }));
  const rest = lines.filter(({ reason }) => reason !== 'unsure');
  return {
    name,
    kind,
    title: provenance.title,
    campaign: provenance.campaign,
    published: provenance.published,
    source: provenance.source,
    taken: taken.map((one) => ({
      name: one.name,
      printed: one.printed,
      line: one.line,
      place: one.path ?? null,
      scope: one.isExact ? 'exact' : one.isBelow ? 'below' : 'subtree',
    })),
    doubtful: [
      ...held.map((one) => ({ name: one.name, text: one.printed, why: heldText(one), line: one.line })),
      ...lines.filter(({ reason }) => reason === 'unsure').map(({ line }) => line),
    ],
    leftOut: rest.slice(0, LINES_MAX).map(({ line }) => line),
    leftOutMore: leftOutMore + Math.max(0, rest.length - LINES_MAX),
    addresses: addresses.length,
    warnings,
  };
}
