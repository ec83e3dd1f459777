// What can happen to a list between two refreshes, as one table: whatever it is, the rules before are the rules after, the
// list is stale and says why, nothing half-fetched is left, and the next good text is taken.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import t, { type Test } from 'tap';
import { isRefusal, type ListErrorCode } from '../../../src/lists/errors.ts';
import { listConfig } from '../../support/lists-compile.ts';
import { openLibrary } from '../../support/lists-library.ts';
import { type Answer, body, redirect, startListServer } from '../../support/lists-server.ts';
import { missingTool } from '../../support/tool.ts';

const ENTRIES = 1000;
const names = (count: number): string => Array.from({ length: count }, (_, i) => `n${i}.example\n`).join('');
const GOOD = names(ENTRIES);
const OCTETS_MAX = 1_000_000;
const BOMB = Buffer.alloc(20 * OCTETS_MAX, 'a.example\n');
const packed = (encoding: string, octets: Uint8Array): Answer =>
  body(octets, { 'content-encoding': encoding });

interface Fault {
  readonly what: string;
  readonly code: ListErrorCode;
}

interface ServerFault extends Fault {
  readonly answer: Answer;
}

const cutAfter =
  (headers: Record<string, string>): Answer =>
  (_request, response) => {
    response.writeHead(200, headers);
    response.write(GOOD.slice(0, 500), () => response.destroy());
  };

const endless: Answer = (_request, response) => {
  response.writeHead(200);
  const more = (): void => {
    while (!response.destroyed && response.write(GOOD));
  };
  response.on('drain', more);
  more();
};

const status =
  (code: number): Answer =>
  (_request, response) => {
    response.writeHead(code).end(GOOD);
  };

const SERVER_FAULTS: readonly ServerFault[] = [
  { what: 'hangs up before it answers', code: 'LIST_FETCH', answer: (request) => request.socket.destroy() },
  { what: 'says 500', code: 'LIST_FETCH', answer: status(500) },
  { what: 'says 429', code: 'LIST_FETCH', answer: status(429) },
  { what: 'says 404', code: 'LIST_STATUS', answer: status(404) },
  { what: 'says 206, a part of it', code: 'LIST_STATUS', answer: status(206) },
  { what: 'says nothing', code: 'LIST_TIMEOUT', answer: () => undefined },
  { what: 'stops short of its Content-Length', code: 'LIST_TRUNCATED', answer: cutAfter({ 'content-length': '9999' }) },
  { what: 'stops between two chunks', code: 'LIST_TRUNCATED', answer: cutAfter({ 'transfer-encoding': 'chunked' }) },
  { what: 'stops within gzip', code: 'LIST_TRUNCATED', answer: packed('gzip', gzipSync(GOOD).subarray(0, 900)) },
  { what: 'sends an empty body', code: 'LIST_EMPTY', answer: body('') },
  { what: 'sends white space', code: 'LIST_EMPTY', answer: body('\n \n\t\n') },
  { what: 'sends comments alone', code: 'LIST_EMPTY', answer: body('# one\n! two\n') },
  { what: 'sends a login page', code: 'LIST_HTML', answer: body('<!DOCTYPE html><html><title>Sign in</title></html>') },
  { what: 'sends a page after blank lines', code: 'LIST_HTML', answer: body('\n\n  <html><body>n1.example</body></html>') },
  { what: 'sends an error as JSON', code: 'LIST_JSON', answer: body('{"error": "rate limited"}') },
  { what: 'sends a picture', code: 'LIST_BINARY', answer: body(Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')) },
  { what: 'sends a script', code: 'LIST_HTML', answer: body('window.location = "/login?" + document.cookie;\n'.repeat(40)) },
  { what: 'sends 499 of 1,000 names', code: 'LIST_SHRANK', answer: body(names(499)) },
  { what: 'sends `.`, `/` and `com` alone', code: 'LIST_UNKNOWN_FORMAT', answer: body('.\n/\ncom\n..\n') },
  { what: 'sends one line of 1 MB', code: 'LIST_UNKNOWN_FORMAT', answer: body('a'.repeat(OCTETS_MAX - 10)) },
  { what: 'sends a gzip bomb', code: 'LIST_TOO_BIG', answer: packed('gzip', gzipSync(BOMB)) },
  { what: 'sends a brotli bomb', code: 'LIST_TOO_BIG', answer: packed('br', brotliCompressSync(BOMB)) },
  { what: 'sends a zstd bomb', code: 'LIST_TOO_BIG', answer: packed('zstd', zstdCompressSync(BOMB)) },
  { what: 'never stops sending', code: 'LIST_TOO_BIG', answer: endless },
  { what: 'announces 93 GiB', code: 'LIST_TOO_BIG', answer: cutAfter({ 'content-length': '99999999999' }) },
  { what: 'redirects in a circle', code: 'LIST_REDIRECT', answer: redirect('/list') },
  { what: 'redirects to nowhere', code: 'LIST_REDIRECT', answer: redirect('http://[') },
  { what: 'redirects to a file', code: 'LIST_REDIRECT', answer: redirect('file:///etc/hostname') },
  { what: 'redirects to another port of this machine', code: 'LIST_FORBIDDEN_ADDRESS', answer: redirect('http://127.0.0.1:1/') },
  { what: 'redirects to the metadata of a cloud', code: 'LIST_FORBIDDEN_ADDRESS', answer: redirect('http://169.254.169.254/') },
  { what: 'redirects to a mapped address', code: 'LIST_FORBIDDEN_ADDRESS', answer: redirect('http://[::ffff:10.0.0.1]/') },
  { what: 'redirects to a name of the house', code: 'LIST_FORBIDDEN_ADDRESS', answer: redirect('http://inside.test/') },
]; // biome-ignore format: a row

for (const fault of SERVER_FAULTS)
  t.test(`a server that ${fault.what}: the list stays, is stale, and recovers`, async (t) => {
    const dir = t.testdir({});
    let answer: Answer = body(GOOD);
    const { origin } = await startListServer(t, {
      '/list': (request, response) => answer(request, response),
    });
    await outlives(t, dir, `${origin}/list`, fault, {
      harm: () => {
        answer = fault.answer;
      },
      mend: () => {
        answer = body(names(ENTRIES + 1));
      },
    });
  });

interface FileFault extends Fault {
  readonly harm: (path: string) => void;
  readonly skip?: string | false;
}

const instead = (make: (path: string) => void) => (path: string) => {
  rmSync(path);
  make(path);
};
const mayReadAll = process.getuid?.() === 0 ? 'root may read everything' : false;

const FILE_FAULTS: readonly FileFault[] = [
  { what: 'is gone', code: 'LIST_MISSING', harm: (path) => rmSync(path) },
  { what: 'has 0 octets', code: 'LIST_EMPTY', harm: (path) => writeFileSync(path, '') },
  { what: 'is half written', code: 'LIST_SHRANK', harm: (path) => writeFileSync(path, GOOD.slice(0, 5000)) },
  { what: 'is a folder now', code: 'LIST_NOT_A_FILE', harm: instead((path) => mkdirSync(path)) },
  { what: 'is a FIFO that nobody writes to', code: 'LIST_NOT_A_FILE', skip: missingTool('mkfifo'), harm: instead((path) => execFileSync('mkfifo', [path])) },
  { what: 'is a device', code: 'LIST_NOT_A_FILE', harm: instead((path) => symlinkSync('/dev/zero', path)) },
  { what: 'is a link to nothing', code: 'LIST_MISSING', harm: instead((path) => symlinkSync(`${path}.none`, path)) },
  { what: 'is a link to itself', code: 'LIST_UNREADABLE', harm: instead((path) => symlinkSync(path, path)) },
  { what: 'may not be read', code: 'LIST_UNREADABLE', skip: mayReadAll, harm: (path) => chmodSync(path, 0) },
  { what: 'is a page now', code: 'LIST_HTML', harm: (path) => writeFileSync(path, '<!doctype html>') },
  { what: 'is a database now', code: 'LIST_BINARY', harm: (path) => writeFileSync(path, `SQLite format 3${'\0'.repeat(84)}`) },
]; // biome-ignore format: a row

for (const fault of FILE_FAULTS)
  t.test(
    `a file that ${fault.what}: the list stays, is stale, and recovers`,
    { skip: fault.skip ?? false },
    async (t) => {
      const dir = t.testdir({});
      const path = join(dir, 'list.txt');
      writeFileSync(path, GOOD);
      await outlives(t, dir, path, fault, {
        harm: () => fault.harm(path),
        mend: () => {
          rmSync(path, { recursive: true, force: true });
          writeFileSync(`${path}.new`, names(ENTRIES + 1));
          renameSync(`${path}.new`, path);
        },
      });
    },
  );

/** The story of every row. */
async function outlives(
  t: Test,
  dir: string,
  source: string,
  { code }: Fault,
  { harm, mend }: { readonly harm: () => void; readonly mend: () => void },
): Promise<void> {
  const { step, clock } = await openLibrary(dir, [listConfig({ name: 'ads', source })], {
    lookup: async () => ['192.168.0.1'],
    limits: { bodyOctetsMax: OCTETS_MAX, idleTimeoutMs: 200 },
  });
  const good = await step();
  t.match(good.status, [{ condition: 'good', entries: ENTRIES }]);

  harm();
  clock.ms += 86_400_000;
  const harmed = await step();
  const asked = [
    'n0.example',
    'n498.example',
    'n499.example',
    'n999.example',
    'example',
    'com',
    'other.example',
  ];
  t.same(
    asked.map((name) => harmed.ask(name)),
    asked.map((name) => good.ask(name)),
    'the rules are the same',
  );
  t.match(harmed.status, [
    {
      condition: isRefusal(code) ? 'refused' : 'stale',
      inForce: true,
      entries: ENTRIES,
      lastError: { code, atMs: clock.ms },
    },
  ]);
  t.match(harmed.events, [{ kind: 'stale', list: 'ads' }], 'and people hear of it once');
  t.same(
    readdirSync(join(dir, 'lists')).filter((file) => !/\.good$|^state\.json$/.test(file)),
    [],
    'nothing half-fetched is left',
  );
  // A second look at the same fault is no news, and the rules are still the same.
  clock.ms += 86_400_000;
  const again = await step();
  t.same(again.events, []);
  t.equal(again.ask('n999.example'), 'sinkhole');

  mend();
  clock.ms += 86_400_000;
  const mended = await step();
  t.match(mended.status, [{ condition: 'good', entries: ENTRIES + 1, lastError: null }]);
  t.match(mended.events, [{ kind: 'recovered', list: 'ads' }]);
}

for (const onFailure of ['keep', 'failStart'] as const)
  t.test(`a list that never was, with onFailure: ${onFailure}`, async (t) => {
    const dir = t.testdir({});
    const lists = [listConfig({ name: 'ads', source: join(dir, 'none.txt'), onFailure })];
    const { library, step } = await openLibrary(dir, lists);
    const first = await step();
    t.match(first.status, [
      { condition: 'failed', overdue: true, entries: 0, lastError: { code: 'LIST_MISSING' } },
    ]);
    t.equal(library.startFailures().length, onFailure === 'failStart' ? 1 : 0);
  });
