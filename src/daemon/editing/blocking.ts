// A report from the admin interface: read, shown, and blocked everywhere with who asked before.
import { readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type {
  ReportAsked,
  ReportBlocked,
  ReportsState,
  ReportView,
} from '../../admin/lists/report-routes.ts';
import type { AdminState } from '../../admin/state.ts';
import { realPathOf } from '../../config/disk/real-path.ts';
import { writeWhole } from '../../config/disk/whole-file.ts';
import { shownUrl } from '../../config/values/shown-url.ts';
import { heldText, type Imported } from '../../lists/import/hold-back.ts';
import { checkSlug, listOf, slugOf, writeList } from '../../lists/import/write.ts';
import { ReportError } from '../../report/report.ts';
import type { Supervisor } from '../supervisor.ts';
import { EditError } from './edit-error.ts';
import { listPath, listView, viewOf, withList } from './editing.ts';
import { fetchReport } from './fetch-report.ts';
import { readReport } from './read-report.ts';
import type { Changed, SettingsFile } from './settings-file.ts';

type Hunting = Pick<AdminState, 'hunt' | 'coverage' | 'keepsHistory'>;

const HUNT_MS = 90 * 86_400_000;
/** What is shown of it; the page is for people. */
const LINES_MAX = 5_000;

export function reportsState(file: SettingsFile, supervisor: Supervisor, hunting: Hunting): ReportsState {
  return {
    readReport: async (asked) => {
      const { name, imported } = await read(asked, supervisor);
      return reportView(name, imported);
    },
    blockReport: async (asked, groups) => {
      const { name, imported } = await read(asked, supervisor);
      if (imported.taken.length === 0)
        throw new EditError('EDIT_NOTHING', 'no name was taken of the report, so nothing was done');
      const done = await block({ name, imported, groups }, file, supervisor);
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
  { text, bytes, url, fileName, name: wanted, take, leaveOut }: ReportAsked,
  { config }: Supervisor,
): Promise<{ readonly name: string; readonly imported: Imported }> {
  if (wanted !== null) checkSlug(wanted);
  const now = Date.now();
  const sourceName = url === null ? fileName : shownUrl(url);
  const day = new Date(now).toISOString().slice(0, 10);
  const known = wanted ?? slugOf(sourceName ?? '');
  const imported = await readReport({
    bytes:
      bytes ?? (url === null ? Buffer.from(text ?? '') : await fetchReport(url, config.upstreams.bootstrap)),
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

interface Block {
  readonly name: string;
  readonly imported: Imported;
  readonly groups: readonly string[] | null;
}

/** The file first, which nobody reads yet; taken back when the configuration is refused. */
async function block(
  { name, imported, groups }: Block,
  file: SettingsFile,
  supervisor: Supervisor,
): Promise<Pick<ReportBlocked, keyof ReturnType<typeof viewOf> | 'path' | 'gained'>> {
  const known = supervisor.config.lists.find((list) => list.name === name);
  const path = known?.source ?? listPath(supervisor, name, 'yaml');
  if (known !== undefined && !/^[^:]*\.ya?ml$/i.test(known.source))
    throw new EditError(
      'EDIT_EXISTS',
      `there is another list ${name}, which cannot grow; choose another name`,
    );
  const before = readOrNull(path);
  const slug = path.replace(/^.*\//s, '').replace(/\.ya?ml$/i, '');
  const written = writeList({
    folder: dirname(path),
    slug,
    list: listOf(name, imported),
    mayDrop: false,
    grows: true,
  });
  try {
    const asked = { name, action: 'sinkhole', alert: true, monitor: false, groups };
    const change = await file.change(
      (text) => (known === undefined ? withList(text, asked, realPathOf(path)) : text),
      { dryRun: false },
    );
    // One that grew is no other setting.
    if (known !== undefined) await supervisor.rules.refresh([name]);
    checkInForce(supervisor, name, change);
    return { ...viewOf(change), path, gained: written.gained.length };
  } catch (error) {
    if (before === null) rmSync(path, { force: true });
    else writeWhole(path, before);
    throw error;
  }
}

function checkInForce(supervisor: Supervisor, name: string, { isWritten }: Changed): void {
  const list = listView(supervisor, name);
  if (list?.inForce !== true || list.entries === 0)
    throw new EditError(
      'EDIT_REFUSED',
      `list ${name} ${isWritten ? 'is in the configuration, but' : ''} is not in force${list?.why == null ? '' : `: ${list.why}`}`,
    );
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw new ReportError('REPORT_WRITE', `cannot be read: ${String(error)} (${path})`, { cause: error });
  }
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
