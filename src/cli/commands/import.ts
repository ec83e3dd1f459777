// `cenote import SOURCE…`: a report becomes an indicator list, with what was left out and why.

import { basename, dirname, join, relative } from 'node:path';
import { realPathOf } from '../../config/disk/real-path.ts';
import { isDay, noSuchDay } from '../../config/values/amounts.ts';
import { counted } from '../../config/values/grouped.ts';
import { warningsOf } from '../../lists/entry/warnings.ts';
import { type HeldBack, heldText, holdBack, type Kept } from '../../lists/import/hold-back.ts';
import { gatherSource } from '../../lists/import/import-source.ts';
import { together } from '../../lists/import/together.ts';
import { checkSlug, listOf, slugOf, type WriteOutcome, writeList } from '../../lists/import/write.ts';
import { type ImportOptions, listed } from '../../report/import.ts';
import { type Confidence, LEFT_OUT, ReportError } from '../../report/report.ts';
import { safe, safeReason, summarize } from '../../report/summary.ts';
import { CliError, EXIT } from '../cli-error.ts';
import { configFile, usualConfig } from '../config-file.ts';
import { printError, printJson, printLines } from '../print.ts';
import { readReport } from '../report-source.ts';

export interface ImportCommandOptions {
  readonly sources: readonly string[];
  readonly name?: string;
  readonly out?: string;
  readonly title?: string;
  readonly campaign?: string;
  readonly published?: string;
  readonly confidence?: string;
  readonly take?: readonly string[];
  readonly leaveOut?: readonly string[];
  readonly takeUnflagged?: boolean;
  readonly apply?: boolean;
  readonly groups?: readonly string[];
  /** A list of the configuration that grows by what is taken. */
  readonly append?: string;
  readonly config?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

const CONFIDENCES: readonly Confidence[] = ['low', 'medium', 'high'];
const LEFT_OUT_SHOWN = 20;
const LOST_SHOWN = 10;
/** The daemon gives up after a minute. */
const HUNT_MS = 70_000;

export async function importCommand(options: ImportCommandOptions): Promise<number> {
  try {
    return await importAll(options);
  } catch (error) {
    if (!(error instanceof ReportError)) throw error;
    const exit = error.code === 'REPORT_NAME' ? EXIT.bad : EXIT.failed;
    throw new CliError('CLI_REPORT', exit, error.message, { cause: error });
  }
}

async function importAll(options: ImportCommandOptions): Promise<number> {
  const slug = slugFor(options);
  const told = toldBy(options, slug);
  const results: Kept[] = [];
  const warnings = warningsOf(await warninglistsOf(options.config));
  for (const problem of warnings.problems) printError(`warning: ${problem}`);
  for (const source of options.sources) {
    const { bytes, name } = await readReport(source);
    const result = await gatherSource({ bytes, sourceName: name, now: Date.now(), options: told });
    results.push(holdBack(result, warnings, options.take));
  }
  const merged = together(results);
  const nothing = merged === null || merged.names.size === 0;
  if (!options.json) {
    // Why, before the hundred lines that say of what.
    if (nothing) printLines([...nothingLines(results, options.takeUnflagged === true), '']);
    for (const result of results) {
      process.stdout.write(summarize(result, { linesMax: LEFT_OUT_SHOWN }));
      printLines(heldLines(result.held));
    }
  }
  const path =
    options.append === undefined
      ? null
      : (await import('../apply-list.ts')).fileOfList(options.append, options.config);
  const outcome =
    nothing || options.dryRun === true
      ? null
      : writeList({
          folder: path === null ? folderFor(options) : dirname(path),
          slug: path === null ? slug : basename(path).replace(/\.ya?ml$/i, ''),
          list: listOf(slug, listed(merged)),
          mayDrop: options.yes === true,
          grows: path !== null,
        });
  const isApplied = options.apply === true && outcome !== null && outcome.kind !== 'refused';
  if (options.json && !isApplied) printJson({ name: slug, sources: results.map(shown), written: outcome });
  if (outcome?.kind === 'refused') throw wouldLose(outcome);
  if (nothing) return EXIT.nothingFound;
  if (isApplied) return apply(options, options.append ?? slug, outcome, results);
  if (!options.json)
    printLines([
      '',
      ...(outcome === null
        ? ['Nothing is written (--dry-run).']
        : [...outcomeLines(outcome), ...nextLines(outcome, slug, options.append)]),
    ]);
  return EXIT.ok;
}

/** A daemon's own user may not read what lies in the folder of whoever types: what it is to read goes beside its configuration. */
function folderFor({ out, apply, config }: ImportCommandOptions): string {
  if (out !== undefined || apply !== true) return out ?? 'blocklists';
  const file = realPathOf(configFile(config));
  const isBelow = !relative('.', file).startsWith('..');
  return isBelow ? 'blocklists' : join(dirname(file), 'blocklists');
}

/** The list into the configuration, into force, and a hunt for it. */
async function apply(
  options: ImportCommandOptions,
  slug: string,
  outcome: WriteOutcome,
  results: readonly Kept[],
): Promise<number> {
  // What most imports do not need costs them no memory.
  const { applyList, waitForList } = await import('../apply-list.ts');
  const applied = applyList({
    slug,
    path: outcome.path,
    ...(options.groups !== undefined && { groups: options.groups }),
    ...(options.config !== undefined && { config: options.config }),
  });
  const entries = await waitForList(slug, options.config, 1);
  const isToHunt = entries !== null;
  if (options.json) {
    const { askRunning } = await import('../running-daemon.ts');
    const hunted = isToHunt
      ? await askRunning<{ readonly findings: readonly unknown[] }>(options, '/api/v1/hunt', {
          body: { lists: [slug] },
          timeoutMs: HUNT_MS,
        })
      : null;
    printJson({
      name: slug,
      sources: results.map(shown),
      written: outcome,
      applied: { ...applied, entries },
      hunted,
    });
    return (hunted?.findings.length ?? 0) > 0 ? EXIT.found : EXIT.ok;
  }
  const groups = ` for ${applied.groups.length > 0 ? applied.groups.join(', ') : 'every group'}`;
  printLines([
    '',
    `${outcome.path}: ${counted(outcome.gained.length, 'new name')}${outcome.renewed.length > 0 ? `, ${outcome.renewed.length} for longer than before` : ''}.`,
    applied.isChanged
      ? `${applied.file} has list ${slug}${groups}.`
      : `${applied.file} had list ${slug} already.`,
    entries === null
      ? 'No daemon runs with it, so nothing is in force yet, and who asked before cannot be said.'
      : `In force: list ${slug} with ${entries === 1 ? '1 entry' : `${entries} entries`}.`,
  ]);
  if (!isToHunt) return EXIT.ok;
  const { huntCommand } = await import('./hunt.ts');
  return huntCommand({
    what: [slug],
    blocked: entries,
    ...(options.config !== undefined && { config: options.config }),
  });
}

/** What everybody uses, and how to take it. */
function heldLines(held: readonly HeldBack[]): string[] {
  if (held.length === 0) return [];
  const shown = held.slice(0, LEFT_OUT_SHOWN);
  const more = held.length - shown.length;
  return [
    '',
    `held back, since everybody uses them: are they meant? --take NAME takes one`,
    ...shown.map((each) => `  ${safe(each.name).padEnd(30)}  ${safe(heldText(each))}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}

/** Of the configuration, where there is one that can be read. */
async function warninglistsOf(named: string | undefined): Promise<readonly string[]> {
  const file = named ?? usualConfig();
  if (file === null) return [];
  const { load } = await import('../read-config.ts');
  const { config } = load(file);
  if (config === null)
    printError(
      `warning: the warning lists of ${file} are not looked at: it has a mistake (\`cenote check\`)`,
    );
  return config?.warninglists ?? [];
}

/** Why most of what was there was left out, first. An explanation may hold words of the report. */
function nothingLines(results: readonly Kept[], isUnflaggedTaken: boolean): string[] {
  const held = results.flatMap((each) => each.held);
  if (held.length > 0)
    return [`No name was taken, so nothing was written: ${counted(held.length, 'name')} held back.`];
  const counts = new Map<string, number>();
  for (const { explanation } of results.flatMap(({ leftOut }) => leftOut))
    counts.set(explanation, (counts.get(explanation) ?? 0) + 1);
  const [most] = [...counts].sort((a, b) => b[1] - a[1]);
  if (most?.[0] === LEFT_OUT.benign && !isUnflaggedTaken && results.some(({ kind }) => kind === 'misp'))
    return [
      `Not flagged for detection (to_ids): ${counted(most[1], 'value')}. Many publishers of MISP events never set it; --take-unflagged takes the names and URLs among them.`,
      'No name was taken, so nothing was written.',
    ];
  if (most === undefined)
    return ['No name was found that is written as an indicator, so nothing was written.'];
  const canBeTaken = results.some(({ leftOut }) => leftOut.some(({ name }) => name !== null));
  return [
    `Most of what was left out (${most[1]}): ${safeReason(most[0])}.`,
    `No name was taken, so nothing was written${canBeTaken ? '; --take NAME takes one that was left out' : ''}.`,
  ];
}

function slugFor({ name, sources }: ImportCommandOptions): string {
  const slug = name ?? slugOf(sources[0] ?? '');
  if (slug === null || (name === undefined && sources[0] === '-'))
    throw new CliError('CLI_USAGE', EXIT.bad, 'the list needs a name (import); give one with --name');
  checkSlug(slug);
  return slug;
}

function toldBy(options: ImportCommandOptions, slug: string): ImportOptions {
  const { title, campaign, published, take, leaveOut, takeUnflagged } = options;
  const confidence = CONFIDENCES.find((word) => word === options.confidence);
  if (options.confidence !== undefined && confidence === undefined)
    throw new CliError(
      'CLI_USAGE',
      EXIT.bad,
      `confidence is low, medium or high (--confidence ${options.confidence})`,
    );
  if (published !== undefined && !isDay(published))
    throw new CliError(
      'CLI_USAGE',
      EXIT.bad,
      `${noSuchDay(published) ?? 'a day is written as 2023-03-29'} (--published ${published})`,
    );
  return {
    name: slug,
    ...(title !== undefined && { title }),
    ...(campaign !== undefined && { campaign }),
    ...(published !== undefined && { published }),
    ...(confidence !== undefined && { confidence }),
    ...(take !== undefined && { take }),
    ...(leaveOut !== undefined && { leaveOut }),
    ...(takeUnflagged !== undefined && { takeUnflagged }),
  };
}

/** As JSON has it; the names are made one after the other as they are printed. */
const shown = ({ kind, names, ...rest }: Kept) => ({ kind, taken: names, ...rest });

function wouldLose({ path, lost }: WriteOutcome): CliError {
  const more = lost.length > LOST_SHOWN ? ` and ${lost.length - LOST_SHOWN} more` : '';
  const names = lost.slice(0, LOST_SHOWN).join(', ');
  return new CliError(
    'CLI_WOULD_LOSE',
    EXIT.failed,
    `${counted(lost.length, 'name')} of the list would go: ${names}${more} (${path}); nothing was written, --yes drops them`,
  );
}

function outcomeLines({ kind, path, gained, lost, renewed }: WriteOutcome): string[] {
  if (kind === 'unchanged') return [`${path} has them all already; nothing was written.`];
  return [
    `${path} is written: ${counted(gained.length, 'new name')}${lost.length > 0 ? `, ${lost.length} dropped` : ''}${renewed.length > 0 ? `, ${renewed.length} for longer than before` : ''}.`,
  ];
}

/** What is to be done with the file that was written. */
function nextLines({ kind, path }: WriteOutcome, slug: string, grown: string | undefined): string[] {
  if (kind === 'unchanged') return [];
  if (grown !== undefined)
    return [
      `List ${grown} of the configuration is this file: a running daemon reads it by itself (\`cenote lists\` shows it).`,
    ];
  return [
    'To use it, import it with --apply, or add it to the configuration, and its name to a group:',
    `  lists: { ${slug}: { source: ${path}, action: sinkhole, alert: true } }`,
  ];
}
