// `cenote check`: the configuration's mistakes and what every list source gives, before a daemon has to find out.
import { listViewOf } from '../../admin/list-view.ts';
import type { Config } from '../../config/config.ts';
import { type Problem, problemText } from '../../config/problem.ts';
import { compileOffline } from '../../daemon/explain/offline.ts';
import type { ListReport } from '../../lists/compile.ts';
import { EXIT } from '../cli-error.ts';
import { configFile, load } from '../config-file.ts';
import { listLines } from '../list-lines.ts';
import { counted, printError, printJson, printLines } from '../print.ts';

export interface CheckOptions {
  readonly config?: string;
  readonly json?: boolean;
}

export async function checkCommand(options: CheckOptions): Promise<number> {
  const file = configFile(options.config);
  const { config, problems, warnings } = load(file);
  if (config === null) {
    if (options.json) printJson({ ok: false, file, problems, warnings, lists: [] });
    for (const problem of problems) printError(problemText(problem));
    if (!options.json) printError(`${counted(problems.length, 'mistake')} (${file})`);
    return EXIT.bad;
  }
  const { result, lists } = await compileOffline(config);
  const views = lists.map(listViewOf);
  const failed = views.filter(({ condition }) => condition !== 'ok');
  const ok = failed.length === 0;
  if (options.json) {
    const skips = new Map(result.lists.map(({ name, skipped }) => [name, skipped]));
    printJson({
      ...{ ok, file, problems, warnings },
      lists: views.map((view) => ({ ...view, skips: skips.get(view.name) ?? [] })),
    });
  } else {
    tellWarnings(warnings);
    printLines([
      ...configLines(file, config),
      '',
      ...listLines(views, Date.now()),
      ...skipLines(result.lists),
    ]);
  }
  for (const { name, lastError, source } of failed)
    printError(`list ${name}: ${lastError ?? 'it has no entries'} (${source})`);
  return ok ? EXIT.ok : EXIT.bad;
}

function tellWarnings(warnings: readonly Problem[]): void {
  for (const warning of warnings) printError(`warning: ${problemText(warning)}`);
}

function configLines(file: string, config: Config): string[] {
  const { listen, groups, upstreams } = config;
  const addresses = listen.dns.map(({ host, port }) =>
    host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`,
  );
  const servers = upstreams.default.map((one) => (one.kind === 'system' ? 'system' : one.text));
  return [
    `${file} is right.`,
    `  listens on   ${addresses.join(', ')}`,
    `  forwards to  ${servers.join(', ')}`,
    `  groups       ${groups.map(({ name, lists }) => `${name} (${lists.join(', ') || 'no lists'})`).join('; ')}`,
  ];
}

const EXAMPLES_MAX = 3;

function skipLines(reports: readonly ListReport[]): string[] {
  return reports.flatMap(({ name, skipped }) =>
    skipped.flatMap(({ text, count, examples }) => [
      `list ${name}: ${counted(count, 'line')} left out: ${text}`,
      ...examples.slice(0, EXAMPLES_MAX).map((example) => `  line ${example.line}: ${example.text}`),
    ]),
  );
}
