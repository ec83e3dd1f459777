import { join } from 'node:path';
import t from 'tap';
import { compileLists } from '../../../src/daemon/threads/compiler.ts';
import type { CompileRequest } from '../../../src/lists/compile.ts';
import { askerOf, listConfig } from '../../support/lists-compile.ts';

function requestFor(path: string): CompileRequest {
  const body = { kind: 'file', path } as const;
  const lists = [{ config: listConfig({ source: path }), body, fallback: null, previousEntries: null }];
  return { revision: 3, seed: 1, lists };
}

/** Enough for a process of its own, with each name's trie and text in several pieces. */
const LONG = `192.0.2.55\n${Array.from({ length: 60_000 }, (_, i) => `n${i * 7919}.example`).join('\n')}\n`;

t.test(
  'a long list is compiled by a process, and its rules are shared memory that answers as they should',
  async (t) => {
    const request = requestFor(join(t.testdir({ list: LONG }), 'list'));
    let turns = 0;
    const ticking = setInterval(() => {
      turns += 1;
    }, 1);
    const { ruleSet, lists } = await compileLists(request);
    clearInterval(ticking);

    t.ok(ruleSet.trie instanceof SharedArrayBuffer);
    t.ok(ruleSet.trie.byteLength > 300_000);
    t.equal(ruleSet.revision, 3);
    t.equal(ruleSet.names, 60_000);
    t.equal(lists[0]?.entries, 60_001);
    const ask = askerOf({ ruleSet, lists });
    for (const i of [0, 1, 31_234, 59_999]) t.equal(ask(`n${i * 7919}.example`), 'sinkhole');
    t.equal(ask('n1.example'), 'none');
    t.ok(turns > 10, 'this thread went on meanwhile');
  },
);

t.test('a list that cannot be used is reported by the process as it is here', async (t) => {
  const path = join(t.testdir({ list: `<!doctype html>\n${LONG}` }), 'list');
  const { lists } = await compileLists(requestFor(path));
  t.equal(lists[0]?.error?.code, 'LIST_HTML');
});
