// Jobs of a reload share one thread, which ends when nothing comes; where no thread can do one, it is done here.
import { threadId } from 'node:worker_threads';
import t from 'tap';
import { ReloadThread, type ReloadThreadParts } from '../../../src/daemon/threads/reload/reload-thread.ts';
import type { CompileRequest } from '../../../src/lists/compile.ts';
import { until } from '../../support/tool.ts';

const bodyOf = (text: string): URL =>
  new URL(
    `data:text/javascript,${encodeURIComponent(`import { parentPort, threadId } from 'node:worker_threads'; ${text}`)}`,
  );
/** Says of each job in which thread it was done. */
const ANSWERS = bodyOf(
  `parentPort.on('message', ({ id, asked }) => parentPort.postMessage({ id, answer: { revision: asked.revision, threadId } }));`,
);

const here = {
  settings: async () => ({ threadId }),
  compile: async ({ revision }: CompileRequest) => ({ revision, threadId }),
} as unknown as ReloadThreadParts['here'];

const KEPT = { keptMs: 60_000, afterStartMs: 1 } as const;
const requestOf = (revision: number): CompileRequest => ({ revision, seed: 1, lists: [] });

async function who(thread: ReloadThread, revision: number): Promise<number> {
  const said = (await thread.do('compile', requestOf(revision))) as unknown as {
    readonly revision: number;
    readonly threadId: number;
  };
  t.equal(said.revision, revision, 'the answer is of what was asked');
  return said.threadId;
}

t.test('jobs at one time and after each other are done by one thread', async (t) => {
  const thread = new ReloadThread({ body: ANSWERS, here, ...KEPT });
  const [first, second] = await Promise.all([who(thread, 1), who(thread, 2)]);
  t.not(first, threadId);
  t.equal(second, first);
  t.equal(await who(thread, 3), first);
});

t.test('it ends when nothing came, and the next job has another', async (t) => {
  const thread = new ReloadThread({ body: ANSWERS, here, ...KEPT, keptMs: 1 });
  const first = await who(thread, 1);
  const next = await until('another thread', async () => {
    const now = await who(thread, 2);
    return now === first ? undefined : now;
  });
  t.not(next, threadId);
});

t.test('after the start it ends soon, unless it has something to do', async (t) => {
  const thread = new ReloadThread({ body: ANSWERS, here, ...KEPT });
  const asked = who(thread, 1);
  thread.endSoon();
  const first = await asked;
  t.not(first, threadId);
  t.equal(await who(thread, 2), first);
  thread.endSoon();
  await until('another thread', async () => {
    const now = await who(thread, 3);
    thread.endSoon();
    return now !== first;
  });
});

for (const [what, body] of [
  ['ends at its first job', bodyOf(`parentPort.on('message', () => process.exit(1));`)],
  ['throws at its first job', bodyOf(`parentPort.on('message', () => { throw new Error('no memory'); });`)],
  ['cannot be loaded', bodyOf(`import 'cenote:none';`)],
  ['fails', bodyOf(`parentPort.on('message', ({ id }) => parentPort.postMessage({ id, answer: null }));`)],
] as const)
  t.test(`where the thread ${what}, each job is done here`, async (t) => {
    const thread = new ReloadThread({ body, here, ...KEPT });
    t.same(await Promise.all([who(thread, 1), who(thread, 2)]), [threadId, threadId]);
    t.equal(await who(thread, 3), threadId);
  });

t.test('what cannot be copied into a thread is done here, and what that throws is thrown', async (t) => {
  const thread = new ReloadThread({
    body: ANSWERS,
    here: { ...here, compile: () => Promise.reject(new Error('no list')) },
    ...KEPT,
  });
  const asked = { ...requestOf(1), more: () => 1 };
  await t.rejects(thread.do('compile', asked), { message: 'no list' });
});
