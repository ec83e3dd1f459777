// Settings from environment variables: CENOTE_CACHE_MINTTL is `cache.minTtl`, CENOTE_LISTS_3CX_2023_ALERT is
// `lists.3cx-2023.alert`. Letter case and what separates words do not count; commas separate the items of a list.
import type { z } from 'zod';
import type { Path } from '../problem.ts';
import { nearest } from '../values/nearest.ts';
import { isRecord, shapeOf, valueAt } from './shape.ts';
import { textTo } from './text-to.ts';

const PREFIX = 'CENOTE_';
/** Not settings: which file to read, what an alert command is told, and what Kubernetes sets for a service of our name. */
const NOT_SETTINGS =
  /^CENOTE_(CONFIG|KIND|NOTICE|SERVICE_(HOST|PORT\w*)|PORT(_\d+_(TCP|UDP)(_(PROTO|PORT|ADDR))?)?)$/;

/** Settings that are a section or, in short, the value of one of its keys: the other form's keys stay. */
const SHORT_FORMS: Readonly<Record<string, string>> = { 'listen.admin': 'address' };

export interface Override {
  readonly variable: string;
  readonly path: Path;
  readonly value: unknown;
}

export interface OverrideProblem {
  readonly variable: string;
  readonly text: string;
  readonly wrong: string;
  readonly right: string | null;
}

export interface Overrides {
  readonly found: readonly Override[];
  readonly problems: readonly OverrideProblem[];
}

/** @param tree the file's content, which names the lists, groups and routes there are */
export function readOverrides(
  environment: Readonly<Record<string, string | undefined>>,
  schema: z.ZodType,
  tree: unknown,
): Overrides {
  const found: Override[] = [];
  const problems: OverrideProblem[] = [];
  for (const [variable, text] of Object.entries(environment).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (text === undefined || !variable.startsWith(PREFIX) || NOT_SETTINGS.test(variable)) continue;
    const tokens = variable
      .slice(PREFIX.length)
      .split('_')
      .filter((token) => token !== '');
    const paths = pathsFor(schema, tokens, tree, []);
    const [path] = paths;
    const complain = (wrong: string, right: string | null) => problems.push({ variable, text, wrong, right });
    if (path === undefined) complain('there is no such setting', suggestion(schema, tree, variable));
    else if (paths.length > 1)
      complain(
        'more than one setting could be meant',
        `rename one of ${paths.map((one) => one.join('.')).join(', ')}`,
      );
    else {
      const value = read(schema, path, text);
      if (value === undefined)
        complain('it names a section, not a setting', suggestion(schema, tree, `${variable}_`));
      else found.push({ variable, path, value });
    }
  }
  return { found, problems };
}

/** The tree with the overrides laid over it; sections that the file leaves out appear. */
export function withOverrides(
  tree: Readonly<Record<string, unknown>>,
  overrides: readonly Override[],
): Record<string, unknown> {
  const copy = structuredClone(tree) as Record<string, unknown>;
  for (const { path, value } of overrides) {
    let here: Record<string | number, unknown> = copy;
    path.slice(0, -1).forEach((part, index) => {
      const next = here[part];
      if (typeof next === 'object' && next !== null) here = next as Record<string | number, unknown>;
      else {
        const short = SHORT_FORMS[path.slice(0, index + 1).join('.')];
        const made: Record<string, unknown> =
          short === undefined || next === undefined ? {} : { [short]: next };
        here[part] = made;
        here = made;
      }
    });
    const last = path.at(-1) ?? '';
    const short = SHORT_FORMS[path.join('.')];
    const section = here[last];
    if (short !== undefined && isRecord(section) && value !== 'off') section[short] = value;
    else here[last] = value;
  }
  return copy;
}

/** All paths whose keys, written one after the other, are these tokens. */
function pathsFor(schema: z.ZodType, tokens: readonly string[], tree: unknown, path: Path): Path[] {
  if (tokens.length === 0) return [path];
  return childrenOf(schema, valueAt(tree, path)).flatMap(([key, child]) => {
    const wanted = squeeze(String(key));
    return tokens.flatMap((_, index) =>
      squeeze(tokens.slice(0, index + 1).join('')) === wanted
        ? pathsFor(child, tokens.slice(index + 1), tree, [...path, key])
        : [],
    );
  });
}

function childrenOf(schema: z.ZodType, value: unknown): (readonly [string | number, z.ZodType])[] {
  const shape = shapeOf(schema);
  switch (shape.is) {
    case 'section':
      return Object.entries(shape.keys);
    case 'named':
      return isRecord(value) ? Object.keys(value).map((key) => [key, shape.value] as const) : [];
    case 'list':
      return Array.isArray(value) && shapeOf(shape.item).is !== 'setting'
        ? value.map((_, index) => [index, shape.item] as const)
        : [];
    case 'either':
      return shape.options.flatMap((option) => childrenOf(option, value));
    case 'setting':
      return [];
  }
}

function squeeze(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** @returns undefined when the path is no setting */
function read(root: z.ZodType, path: Path, text: string): unknown {
  let schema: z.ZodType = root;
  for (const part of path) {
    const child = childrenOf(
      schema,
      typeof part === 'number' ? Array(part + 1).fill(null) : { [part]: null },
    ).find(([key]) => key === part);
    if (child === undefined) return undefined;
    schema = child[1];
  }
  return readAs(schema, text);
}

function readAs(schema: z.ZodType, text: string): unknown {
  const shape = shapeOf(schema);
  if (shape.is === 'setting') return textTo(shape.kind.holds, text);
  if (shape.is === 'either')
    return shape.options.map((option) => readAs(option, text)).find((one) => one !== undefined);
  if (shape.is !== 'list' || !isText(shape.item)) return undefined;
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => readAs(shape.item, part));
}

/** Whether a list's item can be written as text: not a section, but what may be a text or a section (`upstreams.default`). */
function isText(item: z.ZodType): boolean {
  const shape = shapeOf(item);
  return shape.is === 'either' ? shape.options.some(isText) : shape.is === 'setting';
}

function suggestion(schema: z.ZodType, tree: unknown, variable: string): string | null {
  const known = variablesOf(schema, tree, []);
  const inside = known.filter((name) => name.startsWith(variable.toUpperCase()));
  if (inside.length > 0) return `its settings are ${inside.slice(0, 6).join(', ')}`;
  const near = nearest(variable, known);
  return near === null ? 'docs/config.md lists the settings' : `did you mean ${near}?`;
}

function variablesOf(schema: z.ZodType, tree: unknown, path: Path): string[] {
  const children = childrenOf(schema, valueAt(tree, path));
  const shape = shapeOf(schema);
  const isOneText = shape.is === 'either' || (shape.is === 'list' && isText(shape.item));
  if (children.length === 0 || isOneText) return path.length === 0 ? [] : [variableFor(path)];
  return children.flatMap(([key, child]) => variablesOf(child, tree, [...path, key]));
}

/** The variable for a path, as docs/config.md prints it. */
export function variableFor(path: Path): string {
  return (
    PREFIX +
    path
      .map((part) =>
        String(part)
          .toUpperCase()
          .replace(/[^A-Z0-9]+/g, '_'),
      )
      .join('_')
  );
}
