// Changes the configuration file as a careful admin would: comments kept, read as the daemon would read it, whole or not at all.
import { readFileSync } from 'node:fs';
import { type Document, isAlias, isMap, isScalar, isSeq, type Node, parseDocument, type YAMLSeq } from 'yaml';
import { realPathOf } from '../config/disk/real-path.ts';
import { writeWhole } from '../config/disk/whole-file.ts';
import { problemText } from '../config/problem.ts';
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
  const document = parseDocument(readText(file));
  if (document.errors.length > 0 || (document.contents !== null && !isMap(document.contents)))
    throw new CliError(
      'CLI_CONFIG',
      EXIT.bad,
      `the configuration is not in order; nothing was changed (${file})`,
    );
  if (change({ file, document })) writeChecked(file, document.toString({ lineWidth: 0 }));
  return file;
}

/** Names of the lists it has. */
export function listNames({ document }: ConfigEdit): string[] {
  return keysOf(document.get('lists'));
}

/** One line in the section `lists`: `name: { … }`. */
export function addListEntry({ document }: ConfigEdit, name: string, settings: object): void {
  const entry = document.createNode(settings);
  entry.flow = true;
  if (isMap(document.get('lists'))) document.setIn(['lists', name], entry);
  else document.set('lists', document.createNode({ [name]: entry }));
}

/** Adds a list to these groups. @returns those that did not have it */
export function addToGroups(
  { document, file }: ConfigEdit,
  list: string,
  wanted: readonly string[],
): string[] {
  const known = keysOf(document.get('groups'));
  const missing = wanted.find((name) => !known.includes(name));
  if (missing !== undefined)
    throw new CliError(
      'CLI_NO_GROUP',
      EXIT.bad,
      `there is no group ${JSON.stringify(missing)}; groups are ${known.join(', ') || 'none'} (${file})`,
    );
  const added: string[] = [];
  for (const name of new Set(wanted)) {
    const group = document.getIn(['groups', name], true);
    if (!isMap(group))
      throw new CliError(
        'CLI_CONFIG',
        EXIT.bad,
        `group ${name} is an alias (\`*…\`) of another; write it out, so that it can have lists of its own (${file})`,
      );
    const lists = ownSequence(document, group.get('lists', true) as Node | undefined);
    if (lists.items.some((item) => isScalar(item) && item.value === list)) continue;
    lists.add(document.createNode(list));
    group.set('lists', lists);
    added.push(name);
  }
  return added;
}

/** Takes a list's name out of every group that has it. @returns those groups */
export function takeFromGroups({ document }: ConfigEdit, list: string): string[] {
  const taken: string[] = [];
  for (const name of keysOf(document.get('groups'))) {
    const group = document.getIn(['groups', name], true);
    if (!isMap(group)) continue;
    const lists = ownSequence(document, group.get('lists', true) as Node | undefined);
    const kept = lists.items.filter((item) => !(isScalar(item) && item.value === list));
    if (kept.length === lists.items.length) continue;
    lists.items = kept;
    group.set('lists', lists);
    taken.push(name);
  }
  return taken;
}

/** One that an alias (`*usual`) stands for is copied: the others that use it keep theirs. */
function ownSequence(document: Document, node: Node | undefined): YAMLSeq {
  if (isSeq(node)) return node;
  const resolved = isAlias(node) ? node.resolve(document) : undefined;
  const copy = document.createNode(isSeq(resolved) ? resolved.toJSON() : []) as YAMLSeq;
  copy.flow = true;
  return copy;
}

function keysOf(node: unknown): string[] {
  return isMap(node) ? node.items.map(({ key }) => String(key)) : [];
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CliError(
      'CLI_CONFIG',
      EXIT.bad,
      `the configuration cannot be read: ${String(error)} (${file})`,
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
    throw new CliError(
      'CLI_CONFIG',
      EXIT.failed,
      `the configuration cannot be written: ${String(error)} (${file})`,
    );
  }
}
