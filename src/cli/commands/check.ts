// `cenote check`: the configuration's mistakes, before a daemon has to find out. With --sources also what every list source gives now.
import { join } from 'node:path';
import { type ListView, listViewOf } from '../../admin/lists/list-view.ts';
import type { Config, ListConfig } from '../../config/config.ts';
import { type Problem, problemText } from '../../config/problem.ts';
import { counted, grouped } from '../../config/values/grouped.ts';
import { shownUrl } from '../../config/values/shown-url.ts';
import { compileOffline } from '../../daemon/explain/offline.ts';
import type { KeptPolicy } from '../../fleet/policy/kept.ts';
import { warningsOf } from '../../lists/entry/warnings.ts';
import { askedOnce } from '../../lists/errors.ts';
import { type LastGood, lastGoodOf } from '../../lists/library/last-good.ts';
import type { ListReport } from '../../lists/list-report.ts';
import { formatEndpoint } from '../../wire/names/address.ts';
import { EXIT } from '../cli-error.ts';
import { configFile } from '../config-file.ts';
import { withPolicy } from '../fleet/with-policy.ts';
import { listLines } from '../lines/list-lines.ts';
import { ago, printError, printJson, printLines } from '../print.ts';
import { loaderOf } from '../read-config.ts';

export interface CheckOptions {
  readonly config?: string;
  readonly sources?: boolean;
  readonly json?: boolean;
}

export async function checkCommand(options: CheckOptions): Promise<number> {
  const file = configFile(options.config);
  const { load, kept } = await withPolicy(loaderOf(file));
  const { config, problems, warnings } = await load();
  if (config === null) {
    if (options.json) printJson({ ok: false, file, problems, warnings, lists: [] });
    for (const problem of problems) printError(problemText(problem));
    if (!options.json) printError(`${counted(problems.length, 'mistake')} (${file})`);
    return EXIT.bad;
  }
  if (!options.json) for (const warning of warnings) printError(`warning: ${problemText(warning)}`);
  if (options.sources === true) return checkSources(file, config, warnings, options);
  if (options.json) {
    const lists = config.lists.map(({ name, source, names }) => ({
      name,
      source: sourceText({ source, names }),
    }));
    printJson({ ok: true, file, problems, warnings, lists });
  } else
    printLines([
      `${file}: OK`,
      ...configLines(config),
      `  lists        ${listsText(config)}`,
      ...policyLines(kept),
    ]);
  for (const problem of warningsOf(config.warninglists).problems) printError(`warning: ${problem}`);
  return EXIT.ok;
}

async function checkSources(
  file: string,
  config: Config,
  warnings: readonly Problem[],
  { json }: CheckOptions,
): Promise<number> {
  const { result, lists } = await compileOffline(config);
  const views = lists
    .map(listViewOf)
    .map((view) => ({ ...view, why: view.why === null ? null : askedOnce(view.why) }));
  const failed = views.filter(({ why }) => why !== null);
  const clock = { now: Date.now, steady: () => performance.now() };
  const kept = await lastGoodOf(join(config.events.dir, 'lists'), config.lists, clock);
  if (json) {
    const skips = new Map(result.lists.map(({ name, skipped }) => [name, skipped]));
    const all = views.map((view) => ({
      ...view,
      skips: skips.get(view.name) ?? [],
      lastGoodCopy: copyOf(kept.get(view.name)),
    }));
    printJson({ ok: failed.length === 0, file, problems: [], warnings, lists: all });
  } else {
    const head =
      failed.length === 0
        ? `${file}: OK`
        : `${file}: the configuration has no mistake, but of ${counted(failed.length, 'list')} nothing could be had now`;
    printLines([
      ...[head, ...configLines(config), ''],
      ...listLines(views, Date.now()),
      ...skipLines(result.lists),
    ]);
  }
  for (const view of failed) printError(`list ${view.name}: ${whyText(view)}; ${stays(view, kept)}`);
  return failed.length === 0 ? EXIT.ok : EXIT.sources;
}

/** Where it is, once. */
function whyText({ why, source }: ListView): string {
  return why?.includes(source) === true ? why : `${why} (${source})`;
}

function copyOf(kept: LastGood | undefined): { entries: number; time: string | null } | null {
  if (kept === undefined) return null;
  return { entries: kept.entries, time: kept.atMs === null ? null : new Date(kept.atMs).toISOString() };
}

/** What a daemon that starts now has of it. */
function stays({ name }: ListView, kept: ReadonlyMap<string, LastGood>): string {
  const copy = copyOf(kept.get(name));
  if (copy === null) return 'there is no good copy of it';
  const age = copy.time === null ? '' : ` of ${ago(copy.time, Date.now())}`;
  return `its last good copy${age} is used, ${grouped(copy.entries)} ${copy.entries === 1 ? 'entry' : 'entries'}`;
}

function configLines(config: Config): string[] {
  const { listen, groups, upstreams, alerts, out } = config;
  const addresses = listen.dns.map(({ host, port }) => formatEndpoint(host, port));
  const servers = upstreams.default.map((one) => (one.kind === 'system' ? 'system' : one.text));
  return [
    `  listens on   ${addresses.join(', ')}`,
    `  forwards to  ${servers.join(', ')}`,
    ...countedLine('routes', 'route', [...new Set(upstreams.routes.map(({ suffix, key = suffix }) => key))]),
    `  groups       ${groups.map(({ name, lists }) => `${name} (${lists.join(', ') || 'no lists'})`).join('; ')}`,
    ...countedLine(
      'tells',
      'receiver',
      alerts.map(({ name }) => name),
    ),
    ...countedLine(
      'sends to',
      'receiver',
      out.map(({ name }) => name),
    ),
  ];
}

const NAMED_MAX = 8;

/** How many there are and which, where there are any. */
function countedLine(what: string, one: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const more = names.length > NAMED_MAX ? ' …' : '';
  return [
    `  ${what.padEnd(12)} ${counted(names.length, one)}: ${names.slice(0, NAMED_MAX).join(', ')}${more}`,
  ];
}

/** What a head has published is part of what was checked. */
function policyLines(kept: KeptPolicy | null): string[] {
  if (kept === null) return [];
  const { document, problem } = kept;
  if (document !== null) return [`  policy       revision ${document.revision} of the head`];
  return [`  policy       none of the head's is here${problem === null ? '' : `: ${problem}`}`];
}

function listsText({ lists }: Config): string {
  if (lists.length === 0) return 'none: nothing is blocked';
  return lists.map((list) => `${list.name} (${sourceText(list)})`).join('; ');
}

function sourceText({ source, names }: Pick<ListConfig, 'source' | 'names'>): string {
  return names === null ? shownUrl(source) : 'inline';
}

const EXAMPLES_MAX = 3;

function skipLines(reports: readonly ListReport[]): string[] {
  return reports.flatMap(({ name, skipped }) =>
    skipped.flatMap(({ text, count, examples, inForce }) => [
      `list ${name}: ${counted(count, 'line')} ${inForce ? '' : 'left out: '}${text}`,
      ...examples.slice(0, EXAMPLES_MAX).map((example) => `  line ${example.line}: ${example.text}`),
    ]),
  );
}
