// What is shipped beside the code: packages, their licences, the compose file.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
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

t.test(
  'behind a published port everybody looks private: compose.yaml publishes to this host alone unless told',
  async (t) => {
    const { services } = parse(readFileSync(join(ROOT, 'compose.yaml'), 'utf8'));
    const { ports } = services.cenote as { ports: string[] };
    t.ok(ports.length >= 3);
    for (const port of ports) t.match(port, /^(\$\{LISTEN:-127\.0\.0\.1\}|127\.0\.0\.1):/);
  },
);
