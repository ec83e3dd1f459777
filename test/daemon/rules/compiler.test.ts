import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { settle } from '../../../src/config/disk/whole-file.ts';
import { compileLists } from '../../../src/daemon/rules/compiler.ts';
import type { CompileRequest } from '../../../src/lists/compile.ts';
import type { CompileTask } from '../../../src/lists/compile-process.ts';
import { type Draft, readSnapshot } from '../../../src/lists/library/snapshot.ts';
import { askerOf, listConfig } from '../../support/lists-compile.ts';

function requestFor(path: string): CompileRequest {
  const body = { kind: 'file', path } as const;
  const lists = [{ config: listConfig({ source: path }), body, fallback: null, previousEntries: null }];
  return { revision: 3, seed: 1, lists };
}

const draftIn = (dir: string): Draft => ({
  path: join(dir, 'data', 'rules.snapshot.tmp'),
  lists: [listConfig()],
});

/** With a draft and a copy of the list in `dir`/data. */
function taskFor(path: string, dir: string): CompileTask {
  const copies = [{ list: 'l', from: path, to: join(dir, 'data', 'list.tmp') }];
  return { request: requestFor(path), draft: draftIn(dir), copies };
}

/** Enough for a process of its own, with each name's trie and text in several pieces. */
const LONG = `192.0.2.55\n${Array.from({ length: 60_000 }, (_, i) => `n${i * 7919}.example`).join('\n')}\n`;

t.test('twenty thousand names are compiled without a process, whose start would cost more', async (t) => {
  const names = Array.from({ length: 20_000 }, (_, i) => `||${String(i).padStart(20, 'n')}.test^\n`);
  const dir = t.testdir({ data: {}, list: names.join('') });
  const { ruleSet, draft } = await compileLists(taskFor(join(dir, 'list'), dir));
  t.equal(ruleSet.names, 20_000);
  t.equal(draft, null, 'only a process writes a draft');
});

t.test(
  'a long list is compiled by a process, and its rules are shared memory that answers as they should',
  async (t) => {
    const dir = t.testdir({ list: LONG });
    const task = taskFor(join(dir, 'list'), dir);
    let turns = 0;
    const ticking = setInterval(() => {
      turns += 1;
    }, 1);
    const { ruleSet, lists, draft, copies } = await compileLists(task);
    clearInterval(ticking);

    t.same({ draft, copies }, { draft: task.draft, copies: task.copies });
    t.equal(readFileSync(join(dir, 'data', 'list.tmp'), 'utf8'), LONG);
    t.equal(statSync(join(dir, 'data', 'list.tmp')).mode & 0o777, 0o600);
    t.ok(ruleSet.trie instanceof SharedArrayBuffer);
    t.ok(ruleSet.trie.byteLength > 300_000);
    t.equal(ruleSet.revision, 3);
    t.equal(ruleSet.names, 60_000);
    t.equal(lists[0]?.entries, 60_001);
    const ask = askerOf({ ruleSet, lists });
    for (const i of [0, 1, 31_234, 59_999]) t.equal(ask(`n${i * 7919}.example`), 'sinkhole');
    t.equal(ask('n1.example'), 'none');
    t.ok(turns > 10, 'this thread went on meanwhile');
    const path = join(dir, 'rules.snapshot');
    await settle(draft!.path, path);
    const snapshot = await readSnapshot(path, draft!.lists);
    t.same(new Uint8Array(snapshot.trie), new Uint8Array(ruleSet.trie), 'and the next start finds them');
  },
);

t.test('what a helper had written that was started anew is not in the way of the second', async (t) => {
  const left = { 'list.tmp': 'half', 'rules.snapshot.tmp': 'half' };
  const dir = t.testdir({ list: LONG, data: left });
  const task = taskFor(join(dir, 'list'), dir);
  const { draft, copies } = await compileLists(task);
  t.same({ draft, copies }, { draft: task.draft, copies: task.copies });
  t.equal(readFileSync(join(dir, 'data', 'list.tmp'), 'utf8'), LONG);
});

const skip = process.platform === 'linux' ? false : 'needs /proc';

t.test('only what no start waits for is compiled at idle priority', { skip }, async (t) => {
  const dir = t.testdir({ list: LONG });
  const isIdle = async (isUrgent: boolean): Promise<boolean> => {
    const ending = new AbortController();
    let isSeen = false;
    const looking = setInterval(() => {
      for (const pid of readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').split(' '))
        try {
          if (pid === '' || getPriority(Number(pid)) < 19) continue;
          isSeen = true;
          ending.abort(new Error('seen'));
        } catch {} // it has ended
    }, 1);
    await compileLists(taskFor(join(dir, 'list'), dir), { isUrgent, signal: ending.signal }).catch(
      () => null,
    );
    clearInterval(looking);
    return isSeen;
  };
  t.equal(await isIdle(true), false);
  t.equal(await isIdle(false), true);
});

t.test('where the disk takes nothing, the rules come all the same', async (t) => {
  const dir = t.testdir({ list: LONG, file: '' });
  const { ruleSet, lists, draft, copies } = await compileLists(taskFor(join(dir, 'list'), join(dir, 'file')));
  t.same({ draft, copies }, { draft: null, copies: [] });
  const ask = askerOf({ ruleSet, lists });
  t.same(
    ['n0.example', 'n1.example', `n${59_999 * 7919}.example`].map((name) => ask(name)),
    ['sinkhole', 'none', 'sinkhole'],
  );
});

t.test('a list that cannot be used is reported by the process as it is here', async (t) => {
  const path = join(t.testdir({ list: `<!doctype html>\n${LONG}` }), 'list');
  const { lists } = await compileLists(taskFor(path, t.testdirName));
  t.equal(lists[0]?.error?.code, 'LIST_HTML');
});

t.test('a compile that is not wanted any more leaves nothing', async (t) => {
  const dir = t.testdir({ list: LONG });
  const ending = new AbortController();
  const compiling = compileLists(taskFor(join(dir, 'list'), dir), { signal: ending.signal });
  ending.abort(new Error('cenote is stopping'));
  await t.rejects(compiling, { message: 'cenote is stopping' });
  t.same(existsSync(join(dir, 'data')) ? readdirSync(join(dir, 'data')) : [], []);
});
