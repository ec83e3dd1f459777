// A configuration is read again only where something that it was made of has changed.
import t from 'tap';
import { loadConfig } from '../../src/config/load.ts';
import { loadAgain } from '../../src/config/read/again.ts';
import type { Files } from '../../src/config/read/files.ts';
import { type Look, watched } from '../../src/config/read/looks.ts';

/** What is read and what is there, both of which tests change. */
function folder(content: Record<string, string>): { files: Files; reads: string[] } {
  const reads: string[] = [];
  const files: Files = {
    read: (path) => {
      reads.push(path);
      const text = content[path];
      if (text === undefined) throw Object.assign(new Error('missing'), { code: 'ENOENT' });
      return new TextEncoder().encode(text);
    },
    isFile: (path) => path in content,
    isFolder: () => false,
    folderFault: () => null,
  };
  return { files, reads };
}

const CONFIG = `
lists:
  a: { source: a.txt }
groups:
  default: { clients: [any], lists: [a] }
alerts:
  - { webhook: "https://hook.example/x", secret: "file:/run/key" }
`;

function loaderOf(content: Record<string, string>) {
  const { files, reads } = folder(content);
  const read = () => {
    const looks: Look[] = [];
    const loaded = loadConfig({
      file: '/etc/cenote.yaml',
      environment: {},
      workingDirectory: '/srv',
      cores: 2,
      files: watched(files, looks),
    });
    return { loaded, looks };
  };
  const load = loadAgain(read, () => null, files);
  return { load, reads };
}

t.test('what has not changed is the same object, and every file was read once a look', async (t) => {
  const { load, reads } = loaderOf({ '/etc/cenote.yaml': CONFIG, '/srv/a.txt': '', '/run/key': 'k' });
  const first = await load();
  t.same(first.problems, []);
  t.equal(reads.filter((path) => path === '/etc/cenote.yaml').length, 1);
  t.equal(await load(), first);
  t.equal(await load(), first);
});

for (const [what, change] of [
  ['the file itself', { '/etc/cenote.yaml': `${CONFIG}metrics: false\n` }],
  ['a secret in a file of its own', { '/run/key': 'another' }],
] as const)
  t.test(`${what} has changed: all is read again`, async (t) => {
    const content: Record<string, string> = {
      '/etc/cenote.yaml': CONFIG,
      '/srv/a.txt': '',
      '/run/key': 'k',
    };
    const { load } = loaderOf(content);
    const first = await load();
    Object.assign(content, change);
    const second = await load();
    t.not(second, first);
    t.same(second.problems, []);
    t.notSame(second.config, first.config);
    t.equal(await load(), second);
  });

t.test('what was not there and is, or was and is not, counts as changed', async (t) => {
  const content: Record<string, string> = { '/etc/cenote.yaml': CONFIG, '/run/key': 'k' };
  const { load } = loaderOf(content);
  t.ok((await load()).problems.length > 0, 'a list whose file is missing is a mistake or a warning');
  t.equal(await load(), await load());
  content['/etc/a.txt'] = '';
  t.equal((await load()).config?.lists[0]?.source, '/etc/a.txt');
  content['/srv/a.txt'] = '';
  t.equal((await load()).config?.lists[0]?.source, '/srv/a.txt', 'looked for there first');
  delete content['/run/key'];
  t.equal((await load()).problems.length, 1);
  delete content['/etc/cenote.yaml'];
  t.match((await load()).problems, [{ message: /cannot read the configuration/ }]);
});
