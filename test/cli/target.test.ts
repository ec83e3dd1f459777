// Where the daemon is, as kept between commands: always what the configuration says now.
import { globSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { run } from '../support/cli-run.ts';

const [A, B] = ['a'.repeat(43), 'b'.repeat(43)];

t.test('what is kept of a configuration is used until anything it was made of changes', async (t) => {
  const cwd = t.testdir({ a: { 'admin.token': A }, b: { 'admin.token': B } });
  const configured = (dir: string): void =>
    writeFileSync(join(cwd, 'cenote.yaml'), `events: {dir: ${dir}}\nupstreams: {default: [192.0.2.53]}\n`);
  const cache = join(cwd, 'cache');
  mkdirSync(cache);
  const token = async (environment = {}): Promise<string> => {
    const ran = await run(['token', '-c', 'cenote.yaml'], {
      cwd,
      alone: true,
      environment: { NODE_COMPILE_CACHE: cache, ...environment },
    });
    return ran.stdout.trim() || ran.stderr;
  };
  configured('a');
  t.equal(await token(), A);
  const [shelf = ''] = globSync('*/targets.json', { cwd: cache }).map((file) => join(cache, file));
  t.equal(statSync(shelf).mode & 0o777, 0o600, 'digests of secrets are for nobody else');

  const kept = readFileSync(shelf, 'utf8');
  writeFileSync(shelf, kept.replaceAll(join(cwd, 'a'), join(cwd, 'b')));
  t.equal(await token(), B, 'it is believed');
  t.equal(await token({ CENOTE_EVENTS_DIR: 'a' }), A, 'not for another environment');
  writeFileSync(shelf, '{');
  t.equal(await token(), A, 'what cannot be read is not there');
  configured('b');
  t.equal(await token(), B, 'not for another text');
});
