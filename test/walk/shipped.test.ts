// What is shipped beside the code: packages, their licences, the compose file.
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { missingNats, natsPrograms } from '../support/nats.ts';
import { mistakesIn } from './fragment.ts';
import { ROOT } from './pages.ts';

interface LockedPackage {
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
}

const json = (file: string) => JSON.parse(readFileSync(join(ROOT, file), 'utf8'));

t.test(
  'the Node that runs cenote and all packages it loads are in the lock file with their sums, and no script of one fetches more',
  async (t) => {
    const packages = Object.entries(json('package-lock.json').packages as Record<string, LockedPackage>);
    const shipped = packages.filter(([path, { dev }]) => path !== '' && dev !== true);
    t.ok(shipped.length > 20, `${shipped.length} packages`);
    const nodes = Object.keys(json('package.json').optionalDependencies).map(
      (name) => `node_modules/${name}`,
    );
    t.strictSame(
      nodes.filter((path) => !shipped.some(([locked]) => locked === path)),
      [],
    );
    t.strictSame(
      shipped.filter(([, { integrity }]) => integrity?.startsWith('sha512-') !== true).map(([path]) => path),
      [],
    );
    const allowed = json('package.json').allowScripts as Record<string, boolean>;
    const scripts = shipped.filter(([, { hasInstallScript }]) => hasInstallScript === true);
    t.strictSame(
      scripts
        .filter(([path]) => allowed[path.replace(/^.*node_modules\//, '')] !== false)
        .map(([path]) => path),
      [],
    );
  },
);

t.test('whatever is taken out of the packages that are shipped, their licences stay', async (t) => {
  const licences = ['LICENSE', 'LICENSE.md', 'NOTICE.md', 'README.md', 'docs/license.txt', 'test/COPYING'];
  const rest = ['index.d.ts', 'index.js.map', 'docs/guide.txt', 'test/a.js', 'CHANGELOG.md', '.npmignore'];
  const all = [...licences, ...rest, 'index.js'];
  const below = (part: string) =>
    Object.fromEntries(
      all.filter((file) => file.startsWith(part)).map((file) => [file.slice(part.length), file]),
    );
  const top = all.filter((file) => !file.includes('/')).map((file) => [file, file]);
  const own = () => ({ ...Object.fromEntries(top), docs: below('docs/'), test: below('test/') });
  const stage = t.testdir({ node_modules: { plain: own(), '@scope': { named: own() } } });
  execFileSync(join(ROOT, 'packaging/prune.sh'), [stage]);
  for (const name of ['plain', '@scope/named']) {
    const left = readdirSync(join(stage, 'node_modules', name), { recursive: true, withFileTypes: true });
    const files = left.filter((entry) => entry.isFile()).map(({ name: file }) => file);
    t.strictSame(
      files.sort(),
      [...licences.map((file) => file.replace(/^.*\//, '')), 'index.js'].sort(),
      name,
    );
  }
});

t.test('the change log says each thing once, each version under headings of its own', async (t) => {
  for (const version of readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8').split(/^## /m)) {
    const lines = version.split('\n').filter((line) => line.trim() !== '');
    t.strictSame(
      lines.filter((line, i) => lines.indexOf(line) !== i),
      [],
      `${lines[0]}`,
    );
  }
});

type Service = Readonly<Record<string, string | string[] | Readonly<Record<string, string>>>>;
const services = (file: string): Readonly<Record<string, Service>> =>
  parse(readFileSync(join(ROOT, file), 'utf8')).services;

t.test(
  'behind a published port everybody looks private: compose files publish to this host alone unless told',
  async (t) => {
    for (const file of ['compose.yaml', 'compose.fleet.yaml']) {
      const ports = Object.values(services(file)).flatMap(
        (one) => (one['ports'] as string[] | undefined) ?? [],
      );
      t.ok(ports.length > 0, file);
      for (const port of ports) t.match(port, /^(\$\{LISTEN:-127\.0\.0\.1\}|127\.0\.0\.1):/, file);
    }
  },
);

t.test(
  'the head in containers is the cenote of compose.yaml, with files that are shipped to begin with',
  async (t) => {
    const { cenote = {}, nats = {} } = services('compose.fleet.yaml');
    t.same(cenote['extends'], { file: 'compose.yaml', service: 'cenote' });
    t.ok('cenote' in services('compose.yaml'));
    const folders = [cenote, nats]
      .flatMap((one) => one['volumes'] as string[])
      .filter((path) => path.startsWith('.'));
    t.same(
      folders.map((path) => readdirSync(join(ROOT, 'packaging/docker/fleet', path.split(':')[0] ?? ''))),
      [['cenote.yaml'], ['nats-server.conf']],
    );
    const file = 'packaging/docker/fleet/head/cenote.yaml';
    const said = mistakesIn(readFileSync(join(ROOT, file), 'utf8'), file);
    t.equal(said.length, 1, said.join('\n'));
    t.match(said[0], /unencrypted/);
  },
);

t.test('NATS servers take the settings that are shipped for them', { skip: missingNats() }, async (t) => {
  for (const file of ['packaging/docker/fleet/nats/nats-server.conf', 'packaging/systemd/nats-server.conf'])
    for (const program of natsPrograms()) {
      const isOld = /v2\.9\./.test(execFileSync(program, ['--version'], { encoding: 'utf8' }));
      const conf = readFileSync(join(ROOT, file), 'utf8');
      const users = 'users = [ { nkey: "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4" } ]\n';
      const dir = t.testdir({
        'nats-users.conf': users,
        'nats.conf': isOld ? conf.replace(/^ *sync_interval.*$/m, '') : conf,
      });
      const { status, stderr } = spawnSync(program, ['-t', '-c', join(dir, 'nats.conf')], {
        encoding: 'utf8',
      });
      t.equal(status, 0, `${file}: ${stderr}`);
    }
});
