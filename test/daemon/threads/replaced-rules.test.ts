import t from 'tap';
import { discardReplacedTables } from '../../../src/daemon/threads/replaced-rules.ts';
import { loadLibc } from '../../../src/native/libc.ts';
import type { RuleSet } from '../../../src/policy/rule.ts';

const isLinux = typeof (await loadLibc()) !== 'string';

function ruleSet(octets: number): RuleSet {
  const trie = new SharedArrayBuffer(octets);
  new Uint8Array(trie).fill(7);
  return {
    revision: 1,
    trie,
    addresses: new SharedArrayBuffer(0),
    rules: [],
    lists: [],
    patterns: [],
    names: 0,
  };
}

const middleOf = ({ trie }: RuleSet): number => new Uint8Array(trie)[trie.byteLength >>> 1] ?? -1;
const turned = Promise.resolve(true);

t.test(
  'rules that nobody reads any more give their memory back',
  { skip: !isLinux && 'no Linux' },
  async (t) => {
    const [before, now] = [ruleSet(2 ** 21), ruleSet(2 ** 21)];
    t.ok(await discardReplacedTables(before, now, [turned, turned]));
    t.equal(middleOf(before), 0);
    t.equal(middleOf(now), 7);
  },
);

t.test('while one reads them, or cannot say, they stay whole', async (t) => {
  const [before, now] = [ruleSet(2 ** 21), ruleSet(2 ** 21)];
  t.notOk(await discardReplacedTables(before, now, [turned, Promise.resolve(false)]));
  t.notOk(await discardReplacedTables(before, now, [turned, Promise.reject(new Error('it ended'))]));
  t.equal(middleOf(before), 7);
});

t.test('they wait for the last who reads them', async (t) => {
  const [before, now] = [ruleSet(2 ** 21), ruleSet(2 ** 21)];
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const done = discardReplacedTables(before, now, [turned, promise]);
  await new Promise((next) => setImmediate(next));
  t.equal(middleOf(before), 7);
  resolve(true);
  t.equal(await done, isLinux);
});

t.test('rules that stay in force, and small ones, are left alone', async (t) => {
  const [before, small] = [ruleSet(2 ** 21), ruleSet(2 ** 18)];
  t.notOk(await discardReplacedTables(before, { ...before, revision: 2 }, [turned]));
  t.notOk(await discardReplacedTables(small, before, [turned]));
  t.equal(middleOf(before), 7);
  t.equal(middleOf(small), 7);
});
