// Lists made to cost more than their size: each compiles into no more than its lines are worth.
import t from 'tap';
import { compileRuleSet } from '../../src/lists/compile.ts';
import { RULES_MAX } from '../../src/lists/entry/rule-interner.ts';
import { RULES_OF_NAME_MAX } from '../../src/trie/rule-sets.ts';
import { askerOf, compileText, listConfig } from '../support/lists-compile.ts';

const LINES = 4000;
const lines = (line: (i: number) => string, count = LINES): string =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');
const address = (i: number): string => `198.${18 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}`;

t.test(
  'one name with thousands of addresses is one rule, with as many of them as an answer may hold',
  async (t) => {
    const { ruleSet, lists } = await compileText(
      lines((i) => `${address(i)} one.test`),
      { format: 'hosts' },
    );
    t.equal(ruleSet.names, 1);
    t.equal(lists[0]?.entries, LINES);
    const answer = ruleSet.rules.at(-1)?.rewrite;
    t.equal(answer?.kind === 'address' ? answer.addresses.length : 0, RULES_OF_NAME_MAX);
    t.match(lists[0]?.skipped, [{ reason: 'too-many-rules', count: LINES - RULES_OF_NAME_MAX }]);
  },
);

t.test('the same of dnsmasq and Adblock lines', async (t) => {
  for (const line of [
    (i: number) => `address=/one.test/${address(i)}`,
    (i: number) => `||one.test^$dnsrewrite=${address(i)}`,
  ]) {
    const result = await compileText(lines(line));
    t.equal(result.ruleSet.names, 1);
    t.match(askerOf(result)('one.test'), /^rewrite (198\S+ ?){256}$/);
  }
});

t.test(
  'more answers than a list may have: its names are blocked without them, and that is told',
  async (t) => {
    const over = 100;
    const count = RULES_MAX.list + over;
    const result = await compileText(
      lines((i) => `${address(i)} n${i}.test`, count),
      { format: 'hosts' },
    );
    t.equal(result.ruleSet.names, count);
    t.equal(result.ruleSet.rules.length, RULES_MAX.list + 1);
    t.match(result.lists[0]?.skipped, [{ reason: 'simplified', count: over }]);
    const ask = askerOf(result);
    t.equal(ask('n5.test'), `rewrite ${address(5)}`);
    t.equal(ask(`n${count - 1}.test`), 'sinkhole');
  },
);

t.test(
  'more conditions than a list may have are left out: without them a line means something else',
  async (t) => {
    const { ruleSet, lists } = await compileText(
      lines((i) => `||n${i}.test^$client=${address(i)}`, RULES_MAX.list + 10),
    );
    t.equal(ruleSet.rules.length, RULES_MAX.list);
    t.match(lists[0]?.skipped, [{ reason: 'too-many-rules', count: 10 }]);
  },
);

t.test('rules that come in every order on a few names', async (t) => {
  const text = lines(
    (i) => `${address(i % 500)} n${(i * 7) % 13}.test\n${address(499 - (i % 500))} n${i % 13}.test`,
  );
  const { ruleSet } = await compileText(text, { format: 'hosts' });
  t.equal(ruleSet.names, 13);
  t.ok(ruleSet.rules.length <= 500 + 13, `${ruleSet.rules.length} rules`);
});

t.test('a list of nothing but expressions compiles the first of them only', async (t) => {
  const { lists } = await compileText(lines((i) => `/x${i}y+/`));
  t.equal(lists[0]?.entries, 1000);
  t.match(lists[0]?.skipped, [{ reason: 'too-many-patterns', count: LINES - 1000 }]);
});

t.test('the next list has its say on a name that a hostile one filled', async (t) => {
  const bytes = (text: string) => ({ kind: 'bytes', bytes: new TextEncoder().encode(text) }) as const;
  const result = await compileRuleSet({
    revision: 1,
    seed: 1,
    lists: [
      { name: 'hostile', text: lines((i) => `||one.test^$client=${address(i)}`) },
      { name: 'ours', text: '||one.test^' },
    ].map(({ name, text }) => ({
      config: listConfig({ name }),
      body: bytes(text),
      fallback: null,
      previousEntries: null,
    })),
  });
  t.equal(askerOf(result)('one.test'), 'sinkhole');
  t.match(result.lists[0]?.skipped, [{ reason: 'too-many-rules', count: LINES - RULES_OF_NAME_MAX }]);
  t.strictSame(result.lists[1]?.skipped, []);
});

t.test('a comment of any length above the first entry says nothing of the format', async (t) => {
  const comment = lines((i) => `# line ${i} of a licence that nobody reads`, 5000);
  for (const [format, text] of [
    ['hosts', '0.0.0.0 one.example\n0.0.0.0 two.example'],
    ['adblock', '||one.example^\n||two.example^'],
    ['rpz', 'one.example CNAME .\ntwo.example CNAME .'],
    ['domains', 'one.example\ntwo.example'],
  ] as const) {
    const { lists, ruleSet } = await compileText(`${comment}\n${text}\n`);
    t.match(lists[0], { format, error: null }, format);
    t.equal(ruleSet.names, 2);
  }
  const headed = await compileText(`[Adblock Plus 2.0]\n${comment}\none.example\n`);
  t.match(headed.lists[0], { format: 'adblock', entries: 1 }, 'a header above it still counts');
  const endless = await compileText(lines(() => '# nothing', 600_000));
  t.match(endless.lists[0], {
    error: { code: 'LIST_UNKNOWN_FORMAT', message: /only comments in what was looked at/ },
  });
  const empty = await compileText(comment);
  t.match(empty.lists[0], { error: { code: 'LIST_EMPTY' } });
});
