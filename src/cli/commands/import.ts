// `cenote import SOURCE…`: a report becomes an indicator list, with what was left out and why.

import { importSource } from '../../lists/import/import-source.ts';
import { checkSlug, listOf, slugOf, type WriteOutcome, writeList } from '../../lists/import/write.ts';
import type { ImportOptions, ImportResult } from '../../report/import.ts';
import { type Confidence, ReportError, type Taken } from '../../report/report.ts';
import { summarize } from '../../report/summary.ts';
import { CliError, EXIT } from '../cli-error.ts';
import { counted, printJson, printLines } from '../print.ts';
import { readReport } from '../report-source.ts';

export interface ImportCommandOptions {
  readonly sources: readonly string[];
  readonly name?: string;
  readonly out: string;
  readonly title?: string;
  readonly campaign?: string;
  readonly published?: string;
  readonly confidence?: string;
  readonly take?: readonly string[];
  readonly leaveOut?: readonly string[];
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

const CONFIDENCES: readonly Confidence[] = ['low', 'medium', 'high'];
const LEFT_OUT_SHOWN = 20;
const LOST_SHOWN = 10;

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
  const results: ImportResult[] = [];
  for (const source of options.sources) {
    const { bytes, name } = await readReport(source);
    results.push(await importSource({ bytes, sourceName: name, now: Date.now(), options: told }));
  }
  if (!options.json)
    for (const result of results) process.stdout.write(summarize(result, { linesMax: LEFT_OUT_SHOWN }));
  const merged = together(results);
  const nothing = merged === null || merged.taken.length === 0;
  const outcome =
    nothing || options.dryRun === true
      ? null
      : writeList({ folder: options.out, slug, list: listOf(slug, merged), mayDrop: options.yes === true });
  if (options.json) printJson({ name: slug, sources: results, written: outcome });
  if (outcome?.kind === 'refused') throw wouldLose(outcome);
  if (!options.json && outcome !== null) printLines(['', ...outcomeLines(outcome, slug)]);
  if (!options.json && nothing)
    printLines(['', 'No name was taken, so nothing was written; --take NAME takes one that was left out.']);
  return nothing ? EXIT.nothingFound : EXIT.ok;
}

function slugFor({ name, sources }: ImportCommandOptions): string {
  const slug = name ?? slugOf(sources[0] ?? '');
  if (slug === null || (name === undefined && sources[0] === '-'))
    throw new CliError('CLI_USAGE', EXIT.bad, 'the list needs a name (import); give one with --name');
  checkSlug(slug);
  return slug;
}

function toldBy(options: ImportCommandOptions, slug: string): ImportOptions {
  const { title, campaign, published, take, leaveOut } = options;
  const confidence = CONFIDENCES.find((word) => word === options.confidence);
  if (options.confidence !== undefined && confidence === undefined)
    throw new CliError(
      'CLI_USAGE',
      EXIT.bad,
      `confidence is low, medium or high (--confidence ${options.confidence})`,
    );
  if (published !== undefined && !isDay(published))
    throw new CliError('CLI_USAGE', EXIT.bad, `a day is written as 2023-03-29 (--published ${published})`);
  return {
    name: slug,
    ...(title !== undefined && { title }),
    ...(campaign !== undefined && { campaign }),
    ...(published !== undefined && { published }),
    ...(confidence !== undefined && { confidence }),
    ...(take !== undefined && { take }),
    ...(leaveOut !== undefined && { leaveOut }),
  };
}

function isDay(text: string): boolean {
  const date = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : null;
  return date !== null && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** Several reports make one list: the first that gave names heads it, entries of the others say where they differ. */
function together(results: readonly ImportResult[]): ImportResult | null {
  const head = results.find(({ taken }) => taken.length > 0);
  if (head === undefined) return null;
  const names = new Map<string, Taken>(head.taken.map((taken) => [taken.name, taken]));
  for (const { taken, provenance } of results) {
    const { campaign, published, confidence } = provenance;
    const said = {
      ...(campaign !== null && campaign !== head.provenance.campaign && { campaign }),
      ...(published !== null && published !== head.provenance.published && { firstPublished: published }),
      ...(confidence !== null && confidence !== head.provenance.confidence && { confidence }),
    };
    for (const one of taken)
      if (!names.has(one.name)) names.set(one.name, { ...one, said: { ...said, ...one.said } });
  }
  const addresses = new Map(results.flatMap((each) => each.addresses.map((told) => [told.address, told])));
  return { ...head, taken: [...names.values()], addresses: [...addresses.values()] };
}

function wouldLose({ path, lost }: WriteOutcome): CliError {
  const more = lost.length > LOST_SHOWN ? ` and ${lost.length - LOST_SHOWN} more` : '';
  const names = lost.slice(0, LOST_SHOWN).join(', ');
  return new CliError(
    'CLI_WOULD_LOSE',
    EXIT.failed,
    `${counted(lost.length, 'name')} of the list would go: ${names}${more} (${path}); nothing was written, --yes drops them`,
  );
}

function outcomeLines({ kind, path, gained, lost }: WriteOutcome, slug: string): string[] {
  if (kind === 'unchanged') return [`${path} has them all already; nothing was written.`];
  return [
    `${path} is written: ${counted(gained.length, 'new name')}${lost.length > 0 ? `, ${lost.length} dropped` : ''}.`,
    'To use it, add it to the configuration, and its name to a group:',
    `  lists: { ${slug}: { source: ${path}, action: sinkhole, alert: true } }`,
  ];
}
