// Changes the configuration file as a careful admin would: comments kept, read as the daemon would read it, whole or not at all.
import { readFileSync } from 'node:fs';
import type { Document } from 'yaml';
import { messageOf } from '../config/coded-error.ts';
import { notKeptText } from '../config/disk/not-kept.ts';
import { realPathOf } from '../config/disk/real-path.ts';
import { writeWhole } from '../config/disk/whole-file.ts';
import { problemText } from '../config/problem.ts';
import { EditError } from '../daemon/editing/edit-error.ts';
import { documentOf, textOf } from '../daemon/editing/lists-section.ts';
import { CliError, EXIT } from './cli-error.ts';
import { load } from './read-config.ts';

/** The configuration file (symbolic links followed) and its YAML. */
export interface ConfigEdit {
  readonly file: string;
  readonly document: Document;
}

/**
 * @param change what is to be done to it; says whether it did anything
 * @returns the file, through links
 * @throws CliError when the file has mistakes, would have some after the change, or cannot be written
 */
export function editConfig(named: string, change: (edit: ConfigEdit) => boolean): string {
  const file = realPathOf(named);
  const text = readText(file);
  try {
    const document = documentOf(text);
    if (change({ file, document })) writeChecked(file, textOf(text, document));
  } catch (error) {
    if (!(error instanceof EditError)) throw error;
    const code = error.code === 'EDIT_NO_GROUP' ? 'CLI_NO_GROUP' : 'CLI_CONFIG';
    throw new CliError(code, EXIT.bad, `${error.message} (${file})`, { cause: error });
  }
  return file;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CliError(
      'CLI_CONFIG',
      EXIT.bad,
      `the configuration cannot be read: ${messageOf(error)} (${file})`,
    );
  }
}

/** Read as the daemon would read it before it replaces the old one. */
function writeChecked(file: string, text: string): void {
  const problem = load(file, text).problems[0];
  if (problem !== undefined)
    throw new CliError(
      'CLI_CONFIG',
      EXIT.bad,
      `the configuration would have a mistake, nothing was changed: ${problemText(problem)}`,
    );
  try {
    writeWhole(file, text);
  } catch (error) {
    throw new CliError('CLI_CONFIG', EXIT.failed, notKeptText(file, error));
  }
}
