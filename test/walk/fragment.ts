// A piece of a configuration as documents show it, and what makes a whole of it: the lists and groups that it names.
import { parse, stringify } from 'yaml';
import { loadConfig } from '../../src/config/load.ts';
import { problemText } from '../../src/config/problem.ts';
import { realFiles } from '../../src/config/read/files.ts';
import { ROOT } from './pages.ts';

type Section = Record<string, Record<string, unknown>>;

/** What is wrong with it as a part of a configuration; empty when nothing is. */
export function mistakesIn(fragment: string, name: string): string[] {
  const tree = parse(fragment) as Record<string, unknown>;
  const text = stringify(completed(tree));
  const file = '/etc/cenote/cenote.yaml';
  const { problems, warnings } = loadConfig({
    file,
    environment: {},
    workingDirectory: ROOT,
    files: {
      ...realFiles,
      isFile: () => true,
      isFolder: () => true,
      folderFault: () => null,
      // Every secret and certificate that it names is there.
      read: (path) => Buffer.from(path === file ? text : '0123456789abcdef0123456789abcdef'),
    },
  });
  return [...problems, ...warnings].map((problem) => `${name}: ${problemText(problem)}`);
}

function completed(tree: Record<string, unknown>): Record<string, unknown> {
  const lists = { ...(tree['lists'] as Section | undefined) };
  const groups = { ...(tree['groups'] as Section | undefined) };
  for (const name of named(tree, 'lists'))
    lists[name] ??= { names: ['bad.example'], alert: true, for: 'all' };
  for (const name of named(tree, 'groups')) groups[name] ??= { clients: ['192.0.2.7'], lists: [] };
  const unused = Object.entries(lists)
    .filter(([, list]) => list['for'] !== 'all')
    .map(([name]) => name)
    .filter((name) => !Object.values(groups).some((group) => valuesOf(group['lists']).includes(name)));
  groups['default'] ??= { clients: ['any'], lists: unused };
  return { ...tree, lists, groups };
}

/** All that stands under a key below sections: `alerts[].lists`, `serve.zones.NAME.lists`, … */
function named(tree: unknown, key: string, depth = 0): string[] {
  if (typeof tree !== 'object' || tree === null) return [];
  return Object.entries(tree).flatMap(([own, value]) =>
    depth > 0 && own === key && Array.isArray(value) ? valuesOf(value) : named(value, key, depth + 1),
  );
}

const valuesOf = (value: unknown): string[] => [value].flat().filter((one) => typeof one === 'string');
