// `cenote migrate FROM PATH`: the settings of another program as a configuration, in a folder of its own, and what has no counterpart.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../config/coded-error.ts';
import { writeWhole } from '../../config/disk/whole-file.ts';
import { loadConfig } from '../../config/load.ts';
import { problemText } from '../../config/problem.ts';
import { counted } from '../../config/values/grouped.ts';
import { type Migrated, migrate } from '../../migrate/migrate.ts';
import { MigrateError } from '../../migrate/migrate-error.ts';
import { filesOf, type WrittenFile } from '../../migrate/write.ts';
import { ReportError } from '../../report/report.ts';
import { CliError, EXIT } from '../cli-error.ts';
import { printError, printJson, printLines } from '../print.ts';

export interface MigrateOptions {
  readonly from: string;
  readonly path: string;
  readonly out?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

export async function migrateCommand(options: MigrateOptions): Promise<number> {
  const migrated = await read(options);
  const out = options.out ?? `cenote-from-${options.from.toLowerCase().replace(/[^a-z]/g, '')}`;
  const files = filesOf(migrated.plan, `${migrated.title} (${options.path})`);
  if (options.dryRun !== true) write(out, files, options.yes === true);
  if (options.json === true) printJson(asJson(migrated, out, files, options.dryRun === true));
  else printLines(linesOf(migrated, out, files, options.dryRun === true));
  if (options.dryRun === true) return EXIT.ok;
  const { problems } = loadConfig({ file: join(out, 'cenote.yaml'), environment: {} });
  for (const problem of problems) printError(problemText(problem));
  return problems.length === 0 ? EXIT.ok : EXIT.bad;
}

async function read({ from, path }: MigrateOptions): Promise<Migrated> {
  try {
    return await migrate(from, path);
  } catch (error) {
    if (!(error instanceof MigrateError || error instanceof ReportError)) throw error;
    throw new CliError('CLI_REPORT', EXIT.bad, error.message, { cause: error });
  }
}

/** @throws CliError when something of that name is there, or it cannot be written */
function write(out: string, files: readonly WrittenFile[], mayReplace: boolean): void {
  const there = files.map(({ path }) => join(out, path)).find((path) => existsSync(path));
  if (there !== undefined && !mayReplace)
    throw new CliError(
      'CLI_OUT_EXISTS',
      EXIT.bad,
      `${there} is there already and nothing was written; name another folder with --out, or replace it with --yes`,
    );
  try {
    for (const { path, text } of files) writeWhole(join(out, path), text);
  } catch (error) {
    throw new CliError('CLI_OUT_EXISTS', EXIT.failed, `cannot be written: ${messageOf(error)} (${out})`, {
      cause: error,
    });
  }
}

function linesOf(
  { title, plan }: Migrated,
  out: string,
  files: readonly WrittenFile[],
  isDry: boolean,
): string[] {
  const groups = [...plan.groups].filter(([name, { clients }]) => name !== 'default' && clients.length > 0);
  const lines = [
    `${title}: ${counted(plan.upstreams.length, 'upstream')}, ${counted(plan.routes.size, 'route')}, ${counted(plan.lists.size, 'list')}, ${counted(groups.length + 1, 'group')}, ${counted(plan.records.size + plan.hosts.length, 'own record')}, ${counted(plan.clientNames.size, 'named client')}`,
  ];
  if (plan.differences.size > 0) lines.push('', 'Works otherwise here:');
  for (const difference of plan.differences) lines.push(`  ${difference}`);
  if (plan.without.length > 0) lines.push('', `Without a counterpart (${plan.without.length}):`);
  for (const { what, why } of plan.without) lines.push(`  ${what}`, `    ${why}`);
  lines.push(
    '',
    `${isDry ? 'Would write' : 'Written'}: ${files.map(({ path }) => join(out, path)).join(', ')}`,
  );
  if (isDry) return lines;
  return [...lines, `Next: cenote check --sources -c ${join(out, 'cenote.yaml')}`];
}

function asJson(
  { title, plan }: Migrated,
  out: string,
  files: readonly WrittenFile[],
  isDry: boolean,
): object {
  return {
    from: title,
    written: isDry ? [] : files.map(({ path }) => join(out, path)),
    ...(isDry ? { files } : {}),
    differs: [...plan.differences],
    withoutCounterpart: plan.without,
  };
}
