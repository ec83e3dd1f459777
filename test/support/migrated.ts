// `cenote migrate` as somebody types it, and what cenote then decides by what was written.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { run } from './cli-run.ts';

interface Decided {
  readonly own: { readonly records: readonly string[] } | null;
  readonly verdict: string;
  readonly list: string | null;
  readonly answer: readonly string[] | null;
}

/** What is decided by the configuration that was written, as `name type client → verdict`. */
export async function decided(cwd: string, folder: string, asked: readonly string[]): Promise<string[]> {
  const told: string[] = [];
  for (const one of asked) {
    const [name = '', type = 'A', client = '127.0.0.1'] = one.split(' ');
    const { stdout, stderr } = await run(
      ['query', name, type, '--client', client, '--json', '-c', join(folder, 'cenote.yaml')],
      { cwd },
    );
    const view = stdout === '' ? null : (JSON.parse(stdout) as Decided);
    const verdict = view === null ? stderr : view.own === null ? view.verdict : 'local';
    told.push([one, '→', verdict, ...(view?.own?.records ?? view?.answer ?? [])].join(' '));
  }
  return told;
}

export interface Report {
  readonly differs: string[];
  readonly withoutCounterpart: { what: string; why: string }[];
}

export async function migrated(
  t: Test,
  cwd: string,
  args: readonly string[],
): Promise<{ yaml: string; without: string[]; differs: string[] }> {
  const { code, stdout, stderr } = await run(['migrate', ...args, '--out', 'out', '--json'], { cwd });
  t.equal(stderr, '');
  t.equal(code, 0);
  const report = JSON.parse(stdout) as Report;
  return {
    yaml: readFileSync(join(cwd, 'out/cenote.yaml'), 'utf8'),
    without: report.withoutCounterpart.map(({ what }) => what),
    differs: report.differs,
  };
}
