// The drawing of the house, held as a test: who may import whom, how big a file may grow, what the hot path may not touch.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import t from 'tap';

const root = join(import.meta.dirname, '..');
const src = join(root, 'src');

/** room → rooms it may import. `config` may be read by all. A room that is not in this table fails. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  wire: [],
  config: ['wire'],
  native: ['wire', 'config'],
  offload: ['native'],
  zone: ['wire', 'config'],
  trie: ['wire'],
  events: ['wire'],
  policy: ['trie', 'wire', 'config'],
  cache: ['wire', 'config'],
  upstream: ['wire', 'config', 'native'],
  resolver: ['wire', 'config', 'trie', 'policy', 'cache', 'upstream', 'events'],
  listen: ['wire', 'config', 'native'],
  report: ['wire', 'config', 'policy', 'offload'],
  lists: ['wire', 'config', 'trie', 'policy', 'upstream', 'offload', 'zone', 'report'],
  migrate: ['wire', 'config', 'zone', 'report'],
  publish: ['wire', 'config', 'trie', 'policy', 'zone'],
  journal: ['wire', 'policy', 'events'],
  hits: ['wire', 'config', 'clients', 'trie', 'policy', 'events', 'offload'],
  querylog: ['wire', 'config', 'events', 'hits'],
  alerts: ['wire', 'config', 'clients', 'hits'],
  out: ['wire', 'config', 'policy', 'hits', 'querylog'],
  desk: [
    'wire',
    'config',
    'clients',
    'trie',
    'policy',
    'events',
    'offload',
    'journal',
    'hits',
    'alerts',
    'querylog',
    'out',
  ],
  fleet: ['wire', 'config', 'trie', 'policy', 'lists', 'hits'],
  clients: ['wire', 'config', 'native', 'policy', 'upstream'],
  admin: [
    'wire',
    'config',
    'clients',
    'policy',
    'offload',
    'lists',
    'publish',
    'hits',
    'alerts',
    'desk',
    'querylog',
    'fleet',
  ],
  daemon: [
    'wire',
    'config',
    'native',
    'offload',
    'zone',
    'publish',
    'trie',
    'events',
    'policy',
    'cache',
    'upstream',
    'clients',
    'resolver',
    'listen',
    'report',
    'lists',
    'journal',
    'hits',
    'alerts',
    'querylog',
    'desk',
    'fleet',
    'admin',
  ],
  cli: [
    'wire',
    'config',
    'trie',
    'policy',
    'upstream',
    'clients',
    'report',
    'lists',
    'querylog',
    'hits',
    'alerts',
    'desk',
    'admin',
    'daemon',
    'fleet',
    'migrate',
  ],
};

const HOT = ['listen', 'native', 'resolver', 'policy', 'cache', 'trie', 'wire', 'events'];
const COLD_MODULES =
  /^(node:(fs|fs\/promises|sqlite|child_process)|pino.*|fastify|zod|yaml|dns2|commander|better-sqlite3)$/;
const FILE_LINES_MAX = 300;
const FOLDER_ENTRIES_MAX = 20;
/** The street itself: one entry a room. */
const ROOMS_MAX = 28;

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((entry) => {
    const path = join(folder, entry);
    if (statSync(path).isDirectory()) return filesBelow(path);
    return /\.(ts|js)$/.test(path) ? [path] : [];
  });
}

function foldersBelow(folder: string): string[] {
  const below = readdirSync(folder)
    .map((entry) => join(folder, entry))
    .filter((path) => statSync(path).isDirectory());
  return [folder, ...below.flatMap(foldersBelow)];
}

const IMPORT = /^\s*(?:import|export)\b[^'"`;]*?from\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm;

function importsOf(path: string): string[] {
  return [...readFileSync(path, 'utf8').matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? '');
}

const roomOf = (path: string): string => relative(src, path).split(/[\\/]/)[0] ?? '';

t.test('every room imports only the rooms below it', async (t) => {
  const wrong: string[] = [];
  for (const path of filesBelow(src)) {
    const room = roomOf(path);
    const allowed = MAY_IMPORT[room];
    if (allowed === undefined) {
      wrong.push(`${relative(root, path)}: room ${room} is not in the table of test/house.test.ts`);
      continue;
    }
    for (const name of importsOf(path)) {
      if (!name.startsWith('.')) continue;
      const target = roomOf(join(dirname(path), name));
      if (target !== room && !allowed.includes(target))
        wrong.push(`${relative(root, path)}: ${room} must not import ${target}`);
    }
  }
  t.same(wrong, []);
});

t.test('no two sub-folders of a room import each other', async (t) => {
  const between = new Set<string>();
  for (const path of filesBelow(src))
    for (const name of importsOf(path)) {
      if (!name.startsWith('.')) continue;
      const from = relative(src, path).split(/[\\/]/);
      const to = relative(src, join(dirname(path), name)).split(/[\\/]/);
      if (from.length > 2 && to.length > 2 && from[0] === to[0] && from[1] !== to[1])
        between.add(`${from[0]}: ${from[1]} → ${to[1]}`);
    }
  const mutual = [...between].filter((way) => {
    const [room, from, to] = way.split(/: | → /);
    return between.has(`${room}: ${to} → ${from}`);
  });
  t.same(mutual, []);
});

t.test('no file imports one that imports it, by however many others, types included', async (t) => {
  const targets = new Map(
    filesBelow(src).map((path) => {
      const own = importsOf(path).filter((name) => name.startsWith('.'));
      return [path, own.map((name) => join(dirname(path), name))] as const;
    }),
  );
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (path: string, way: readonly string[]): void => {
    if (way.includes(path))
      circles.push([...way.slice(way.indexOf(path)), path].map((on) => relative(src, on)).join(' → '));
    if (way.includes(path) || done.has(path)) return;
    for (const target of targets.get(path) ?? []) visit(target, [...way, path]);
    done.add(path);
  };
  for (const path of targets.keys()) visit(path, []);
  t.ok(targets.size > 500, 'read');
  t.strictSame(circles, [], 'a type stands below all that use it');
});

t.test('the hot path imports no file system, logger, SQL, schema or HTTP framework', async (t) => {
  const wrong = filesBelow(src)
    .filter((path) => HOT.includes(roomOf(path)))
    .flatMap((path) =>
      importsOf(path)
        .filter((name) => COLD_MODULES.test(name))
        .map((name) => `${relative(root, path)}: ${roomOf(path)} must not import ${name}`),
    );
  t.same(wrong, []);
});

/** As an import is written that is there when the file is loaded, and not for its types alone. */
const AT_ONCE = /^(?:import|export)\s+(?!type\b)(?:[^'"`;]*?from\s+)?['"]([^'"]+)['"]/gm;

t.test('the main thread holds no code that it needs at a start or a reload alone', async (t) => {
  const way = new Map<string, string>();
  const visit = (path: string, from: string): void => {
    if (way.has(path)) return;
    way.set(path, from);
    for (const [, name = ''] of readFileSync(path, 'utf8').matchAll(AT_ONCE))
      if (name.startsWith('.')) visit(join(dirname(path), name), path);
      else way.set(name, path);
  };
  visit(join(src, 'cli/commands/serve.ts'), '');
  visit(join(src, 'daemon/serve.ts'), '');
  t.ok(way.size > 200, 'read');
  const held = ['zod', 'yaml', 'tldts', 'yauzl', 're2js', 'fastify'].filter((name) => way.has(name));
  t.same(
    held.map((name) => `${name}: loaded with ${relative(root, way.get(name) ?? '')}`),
    [],
    'it is read, checked or compiled in a thread or process that ends (docs/decisions/0112)',
  );
});

t.test(
  'node:http and node:tls are not imported but for their types: with them undici, and the authorities that this system trusts, are loaded in each thread',
  async (t) => {
    const importsHttp = /^import (?!type )[^;]*?from 'node:(?:https?|http2|tls)'/m;
    const wrong = filesBelow(src).filter((path) => importsHttp.test(readFileSync(path, 'utf8')));
    t.same(
      wrong.map(
        (path) => `${relative(root, path)}: use process.getBuiltinModule('node:http') where it is called`,
      ),
      [],
    );
  },
);

t.test('every test file runs with its room, or by itself', async (t) => {
  const tests = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.test.ts'),
  );
  const rooms = new Set(
    readdirSync(join(import.meta.dirname, 'rooms')).map((file) => file.replace(/\.ts$/, '')),
  );
  const homeless: string[] = [];
  for (const file of tests) {
    const [room = '', ...inner] = file.split('/');
    const isAlone = inner.length === 0 || (['e2e', 'stories'].includes(room) && inner.length === 1);
    if (!isAlone && !rooms.has(room)) homeless.push(`test/${file} needs test/rooms/${room}.ts`);
  }
  t.same(homeless, []);
});

t.test('every package of the lock file has its integrity, and none names where it came from', async (t) => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { integrity?: string; resolved?: string }>;
  };
  const of = Object.entries(packages).filter(([path]) => path !== '');
  t.ok(of.length > 100, 'read');
  const without = of.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')).map(([path]) => path);
  t.strictSame(without, [], 'run `npm view NAME@VERSION dist.integrity` for these and put it in');
  t.strictSame(
    of.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path),
    [],
  );
});

t.test('files and folders stay small enough to read', async (t) => {
  const longFiles = filesBelow(src)
    .map((path) => ({ path, lines: readFileSync(path, 'utf8').split('\n').length }))
    .filter(({ lines }) => lines > FILE_LINES_MAX)
    .map(({ path, lines }) => `${relative(root, path)}: ${lines} lines, at most ${FILE_LINES_MAX}`);
  const fullFolders = foldersBelow(src)
    .map((path) => ({
      path,
      entries: readdirSync(path).length,
      most: path === src ? ROOMS_MAX : FOLDER_ENTRIES_MAX,
    }))
    .filter(({ entries, most }) => entries > most)
    .map(({ path, entries, most }) => `${relative(root, path)}: ${entries} entries, at most ${most}`);
  t.same([...longFiles, ...fullFolders], []);
});

/** The hits thread starts the one that sends its events out: only it knows when there is one, and what it is told. */
const THREADS_ELSEWHERE: ReadonlySet<string> = new Set(['src/out/tap.ts']);

t.test(
  'only daemon starts threads, only offload processes that compute, and names say something',
  async (t) => {
    const wrong = filesBelow(src).flatMap((path) => {
      const found: string[] = [];
      if (/(^|\/)(utils?|helpers?|common|misc|manager)\.ts$/.test(path))
        found.push(`${relative(root, path)}: a name that says nothing`);
      if (
        roomOf(path) !== 'daemon' &&
        !THREADS_ELSEWHERE.has(relative(root, path)) &&
        /new Worker\(/.test(readFileSync(path, 'utf8'))
      )
        found.push(`${relative(root, path)}: only daemon starts threads`);
      if (
        !['offload', 'native'].includes(roomOf(path)) &&
        /\b(fork|loadSpawner)\(/.test(readFileSync(path, 'utf8'))
      )
        found.push(`${relative(root, path)}: only offload starts helper processes`);
      return found;
    });
    t.same(wrong, []);
  },
);

/** Where the error of what a file opens is heard elsewhere: who hears it. */
const HEARD_ELSEWHERE: Record<string, string> = {
  'src/upstream/servers/open-server.ts': 'upstream/transport/connection.ts, which dials by it',
  'src/publish/thread.ts': 'publish/connections.ts',
  'src/listen/https.ts': 'listen/stream/bind.ts the server, stream/secured.ts its connections',
  'src/listen/stream/secured.ts': 'listen/stream/handshakes.ts the sockets',
  'src/listen/tcp.ts': 'listen/stream/bind.ts the server, stream/connections.ts the sockets',
  'src/listen/tls.ts': 'listen/stream/bind.ts the server, stream/secured.ts its connections',
  'src/daemon/threads/hits-thread.ts': 'daemon/threads/kept-alive.ts',
  'src/daemon/threads/publish-thread.ts': 'daemon/threads/kept-alive.ts; the socket is closed at once',
  'src/admin/served/routes.ts': 'fastify, which sends the stream',
};

t.test('whoever opens a socket, a stream, a child or a thread says who hears its error', async (t) => {
  const opens =
    /(import \{[^}]*\b(createSocket|createServer|createSecureServer|connect|createConnection|spawn|fork|exec|execFile|Worker|Socket|request|createReadStream|createWriteStream|watch)\b[^}]*\} from 'node:(net|tls|dgram|http2|https?|child_process|worker_threads|fs)')|(createServer|connect)[^}]*\} = process\.getBuiltinModule|('node:tls'\)|#http2)\.connect\(|\.create(Read|Write)Stream\(/;
  const hears = /\.on(ce)?\('error',|\bawait once\(\w+, 'error'\)|\bawait pipeline\(/;
  const unheard = filesBelow(src)
    .filter((path) => path.endsWith('.ts'))
    .filter((path) => {
      const text = readFileSync(path, 'utf8')
        .replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, '')
        .replaceAll(/import type [^;]*;|, type \w+|\btype \w+,?/g, '');
      return opens.test(text) && !hears.test(text);
    })
    .map((path) => relative(root, path));
  t.same(
    unheard.sort(),
    Object.keys(HEARD_ELSEWHERE).sort(),
    'each with its reason, and none that is there no more',
  );
});
