// What earlier builds of this repository wrote, each by its own code, is there in this one: hits, incidents, history, machines. Then back:
// the build before refuses the newer store in words.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, until } from '../../support/tool.ts';
import { background, type Shell, shellIn } from '../walk.ts';

/** One for each form that the store had, with the version it said. */
const BUILDS = [
  ['a6c002a', 1],
  ['db26326', 2],
  ['e34f020', 3],
  ['8f2f609', 4],
  ['17db3ad', 5],
  ['cf5654b', 6],
  ['25a8e70', 7],
  ['1eff53e', 8],
  ['e4c46ce', 9],
  ['55e0c7f', 10],
  ['ffb6215', 11],
  ['89377b4', 12],
] as const;

export async function upgrade(
  checkout: string,
  builds: readonly (readonly [string, number])[] = BUILDS,
): Promise<void> {
  for (const [commit, version] of builds) {
    const old = join(checkout, '../old', commit);
    mkdirSync(join(checkout, '../old'), { recursive: true });
    execFileSync('git', ['worktree', 'add', '-q', '--detach', old, commit], { cwd: checkout });
    symlinkSync(join(checkout, 'node_modules'), join(old, 'node_modules'));
    const cwd = join(checkout, '../old', `${commit}-data`);
    mkdirSync(cwd);
    const [dns, admin] = [await freePort(), await freePort()];
    writeFileSync(
      join(cwd, 'c.yaml'),
      `listen: { dns: ["127.0.0.1:${dns}"], admin: "127.0.0.1:${admin}" }\nupstreams: { default: ["127.0.0.1:9"], timeout: 500ms }
lists: { evil: { source: names.txt, alert: true } }\ngroups: { default: { clients: [any], lists: [evil] } }\n`,
    );
    writeFileSync(join(cwd, 'names.txt'), 'evil.example\n');
    const shell = shellIn({ cwd });
    const before = await run(old, cwd, dns, async () => {
      for (const name of ['evil.example', 'evil.example', 'other.example'])
        await shell(`dig @127.0.0.1 -p ${dns} ${name} +tries=1 +time=3 || true`);
      return until('hits', async () => ((await hits(shell, old)).length > 0 ? hits(shell, old) : null));
    });
    const after = await run(checkout, cwd, dns, async () => {
      const hunted = await shell(`${command(checkout)} hunt other.example -c c.yaml --json`);
      const incidents = await shell(`${command(checkout)} incidents -c c.yaml --json`);
      if (hunted.code !== 3) throw new Error(`${commit}: the history is not there: ${hunted.text}`);
      if (!incidents.text.includes('evil')) throw new Error(`${commit}: no incident: ${incidents.text}`);
      return hits(shell, checkout);
    });
    if (before.join() !== after.join()) throw new Error(`${commit}: hits ${before} became ${after}`);
    const beside = readdirSync(join(cwd, 'data')).filter((name) => /version-|damaged/.test(name));
    if (beside.length > 0) throw new Error(`${commit}: left beside the store: ${beside.join(', ')}`);
    const text = await run(old, cwd, dns, async (said) => {
      await until('a refusal', () => /newer cenote/.test(said()));
      return said();
    });
    process.stdout.write(
      `  ${commit}, version ${version}: ${before.length} hits are there; back: ${/written by a newer cenote[^"\n]*/.exec(text)?.[0]}\n`,
    );
  }
}

async function run<T>(
  code: string,
  cwd: string,
  dns: number,
  work: (said: () => string) => Promise<T>,
): Promise<T> {
  const daemon = background(`exec ${command(code)} serve -c c.yaml`, { cwd });
  try {
    await until('cenote to listen', () => daemon.text().includes(`127.0.0.1:${dns}`), 60_000).catch(
      (error) => {
        throw new Error(`${code}: ${error.message}\n${daemon.text()}`);
      },
    );
    return await work(daemon.text);
  } finally {
    await daemon.stop();
  }
}

/** With this build's Node: earlier ones looked for theirs elsewhere. */
const command = (code: string): string => `${code}/node_modules/.bin/node ${code}/src/cli/main.ts`;

async function hits(shell: Shell, code: string): Promise<string[]> {
  const { text } = await shell(`${command(code)} hits -c c.yaml --json`);
  return text.split('\n').flatMap((line) => (line.startsWith('{"event":"hit"') ? [JSON.parse(line).id] : []));
}
