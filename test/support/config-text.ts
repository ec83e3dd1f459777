// Loads a configuration that a test writes as text, with files that exist only in the test.
import { type Loaded, loadConfig } from '../../src/config/load.ts';
import { problemText } from '../../src/config/problem.ts';

export interface Around {
  readonly environment?: Readonly<Record<string, string>>;
  /** By absolute path; the config file itself is /etc/cenote/cenote.yaml. */
  readonly files?: Readonly<Record<string, string>>;
}

export const CONFIG_FILE = '/etc/cenote/cenote.yaml';

/** The working directory is /srv, the machine has four cores. */
export function loadText(text: string, { environment = {}, files = {} }: Around = {}): Loaded {
  const all: Readonly<Record<string, string>> = { ...files, [CONFIG_FILE]: text };
  return loadConfig({
    file: CONFIG_FILE,
    environment,
    workingDirectory: '/srv',
    cores: 4,
    files: {
      read: (path, octetsMax) => {
        const content = all[path];
        if (content === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
        return new TextEncoder().encode(content).subarray(0, octetsMax + 1);
      },
      isFile: (path) => Object.hasOwn(all, path),
      isFolder: (path) => Object.keys(all).some((file) => file.startsWith(`${path}/`)),
      folderFault: () => null,
    },
  });
}

/** `LINE:COLUMN what is wrong; what would be right`, or the variable in place of the line, for each problem. */
export function problemsIn(text: string, around: Around = {}): string[] {
  return loadText(text, around).problems.map((problem) => {
    const place = problem.variable ?? `${problem.line}:${problem.column}`;
    return `${place} ${problem.message}${problem.right === null ? '' : `; ${problem.right}`}`;
  });
}

/** The configuration of a text that has no mistakes; throws what is wrong when it has. */
export function configOf(text: string, around: Around = {}): NonNullable<Loaded['config']> {
  const { config, problems } = loadText(text, around);
  if (config === null) throw new Error(problems.map(problemText).join('\n'));
  return config;
}
