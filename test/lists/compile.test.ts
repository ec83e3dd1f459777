import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { ListConfig } from '../../src/config/config.ts';
import { type CompileList, compileRuleSet } from '../../src/lists/compile.ts';
import { RULES_MAX } from '../../src/lists/entry/rule-interner.ts';
import { expiryOf, expiryTextOf } from '../../src/policy/expiry.ts';
import { PATTERNS_MAX } from '../../src/policy/patterns.ts';
import { addressesOf } from '../../src/policy/rule.ts';
import { askerOf, compileText, listConfig } from '../support/lists-compile.ts';

const bytes = (text: string) => ({ kind: 'bytes', bytes: new TextEncoder().encode(text) }) as const;

function list(
  name: string,
  text: string,
  said: Partial<ListConfig> & Partial<CompileList> = {},
): CompileList {
  const { fallback = null, previousEntries = null, ...config } = said;
  return { config: listConfig({ name, ...config }), body: bytes(text), fallback, previousEntries };
}

const compile = (...lists: CompileList[]) => compileRuleSet({ revision: 7, seed: 42, lists });

t.test('lists of different formats and actions become one rule set', async (t) => {
  const result = await compile(
    list('ads', '0.0.0.0 a.example\n0.0.0.0 b.example\n0.0.0.0 a.example\n'),
    list('ours', 'good.b.example\n*.fine.example\n', { action: 'allow' }),
    list('more', '||b.example^\n||c.example^\n||fine.example^\n', { action: 'nxdomain' }),
  );
  t.equal(result.ruleSet.revision, 7);
  t.equal(result.ruleSet.names, 5);
  t.match(result.lists, [
    { name: 'ads', used: 'body', error: null, format: 'hosts', entries: 3 },
    { name: 'ours', format: 'wildcard', entries: 2 },
    { name: 'more', format: 'adblock', entries: 3 },
  ]);
  const ask = askerOf(result);
  t.equal(ask('a.example'), 'sinkhole');
  t.equal(ask('x.a.example'), 'none');
  t.equal(ask('x.c.example'), 'nxdomain');
  t.equal(ask('good.b.example'), 'allow');
  t.equal(ask('x.fine.example'), 'allow');
});

t.test('thousands of names share a rule', async (t) => {
  const text = Array.from({ length: 5000 }, (_, i) => `n${i}.example`).join('\n');
  const { ruleSet } = await compileText(text);
  t.equal(ruleSet.rules.length, 1);
  t.equal(ruleSet.names, 5000);
});

t.test('subdomains: true and false lay their own reading over the format', async (t) => {
  const text = 'a.example\n*.b.example\n';
  const wide = askerOf(await compileText(text, { subdomains: true }));
  t.equal(wide('x.a.example'), 'sinkhole');
  const narrow = askerOf(await compileText(text, { subdomains: false }));
  t.equal(narrow('b.example'), 'sinkhole');
  t.equal(narrow('x.b.example'), 'none');
});

t.test("action: zone takes each line's own action, another action is the list's for all", async (t) => {
  const text =
    '$TTL 1\n@ SOA a. b. 1 1 1 1 1\na.example CNAME .\nb.example CNAME *.\nc.example CNAME rpz-drop.\nd.example CNAME rpz-passthru.\ne.example A 192.0.2.1\n';
  const zone = askerOf(await compileText(text, { action: 'zone' }));
  t.same(
    ['a', 'b', 'c', 'd', 'e'].map((x) => zone(`${x}.example`)),
    ['nxdomain', 'nodata', 'drop', 'allow', 'rewrite 192.0.2.1'],
  );
  const refused = askerOf(await compileText(text, { action: 'refused' }));
  t.same(
    ['a', 'b', 'c', 'd', 'e'].map((x) => refused(`${x}.example`)),
    ['refused', 'refused', 'refused', 'allow', 'refused'],
  );
});

t.test('an answer of a list holds no record twice, whatever the file repeats', async (t) => {
  const rewritesOf = async (format: 'rpz' | 'unbound', text: string) =>
    (await compile(list('ours', text, { format, action: 'zone' }))).ruleSet.rules.map(
      ({ rewrite }) => rewrite,
    );
  const twice = ['A 192.0.2.1', 'A 192.0.2.1', 'AAAA 2001:db8::1', 'AAAA 2001:DB8:0::1', 'A 192.0.2.2'];
  const more = ['MX 10 mail.example.', '60 IN MX 10 mail.example.', 'IN 60 MX 10 mail.example.'];
  const zone = (records: string[]): string =>
    `$TTL 300\n@ SOA a. b. 1 2 3 4 5\n@ NS a.\n${records.map((record) => `r.example ${record}\n`).join('')}`;
  const unbound = (records: string[]): string =>
    records.map((record) => `local-data: "r.example ${record}"\n`).join('');
  for (const [format, write] of [['rpz', zone] as const, ['unbound', unbound] as const]) {
    const [addresses] = await rewritesOf(format, write(twice));
    t.match(addresses, { kind: 'address' }, format);
    t.equal(addressesOf(addresses ?? null).length, 3, format);
    const [mixed] = await rewritesOf(format, write([...twice, ...more]));
    t.match(mixed, { kind: 'records', records: [{ type: 15 }] }, format);
    t.equal(addressesOf(mixed ?? null).length, 3, format);
    t.equal(mixed?.kind === 'records' && mixed.records.length, 1, format);
  }
});

t.test('a $badfilter voids its twin in every list, before and after it', async (t) => {
  const result = await compile(
    list('one', '||a.example^\n||b.example^$important\n/^ads[0-9]/\n'),
    list('two', '||a.example^$badfilter\n||b.example^$badfilter\n/^ads[0-9]/$badfilter\n||c.example^\n'),
    list('three', '||a.example^\n@@||c.example^\n'),
  );
  const ask = askerOf(result);
  t.equal(ask('a.example'), 'none');
  t.equal(ask('b.example'), 'sinkhole', 'another rule than the one named');
  t.equal(ask('ads1.test'), 'none');
  t.equal(ask('c.example'), 'allow');
  t.match(result.lists[0]?.skipped, [{ reason: 'cancelled', count: 2 }]);
  t.match(result.lists[2]?.skipped, [{ reason: 'cancelled', count: 1 }]);
});

t.test(
  'of very many $badfilter the first void their twins everywhere, and what comes behind them is read only with them known',
  async (t) => {
    const names = Array.from({ length: 66_000 }, (_, i) => `n${i}.example`);
    const twins = names.map((name) => `||${name}^\n`).join('');
    const lists = [
      list('one', `${twins}||r.example^$dnsrewrite=192.0.2.1\n||s.example^$dnsrewrite=192.0.2.1\n`),
      list('two', names.map((name) => `||${name}^$badfilter\n||${name}^\n`).join('')),
      list(
        'three',
        `${twins}@@||r.example^$dnsrewrite\n||own.example^\n@@||s.example^$dnsrewrite\n||last.example^\n`,
      ),
    ];
    const read: number[] = [];
    const onProgress = (octets: number) => {
      if (octets <= (read.at(-1) ?? 0) || read.length === 0) read.push(0);
      read[read.length - 1] = octets;
    };
    let reads = 0;
    const onRead = () => {
      reads += 1;
    };
    const result = await compileRuleSet({ revision: 1, seed: 1, lists }, { onProgress, onRead });
    t.equal(reads, 1, 'texts are garbage once, however often they were read');
    const sizes = lists.map(({ body }) => (body?.kind === 'bytes' ? body.bytes.length : 0));
    const whole = sizes.reduce((sum, size) => sum + size, 0);
    t.equal(
      read.length,
      3,
      'with the void rules known, with the rewrites that are taken back, and once more',
    );
    t.ok(read[0]! < whole, 'what comes behind the last that voids a rule is not read for nothing');
    t.same(read.slice(1), [whole, whole]);
    const ask = askerOf(result);
    t.same(
      ['n0.example', 'n65535.example', 'n65536.example'].map((name) => ask(name)),
      ['none', 'none', 'sinkhole'],
    );
    t.same(
      ['r.example', 's.example', 'own.example', 'last.example'].map((name) => ask(name)),
      ['none', 'none', 'sinkhole', 'sinkhole'],
    );
    t.match(
      result.lists.map(({ skipped }) => skipped[0]),
      lists.map((_, i) => ({ reason: 'cancelled', count: i === 0 ? 65_538 : 65_536 })),
    );
  },
);

t.test('names of the configuration are a list, whatever marks they carry', async (t) => {
  const inline = (names: string[]) =>
    compileRuleSet({
      revision: 1,
      seed: 1,
      lists: [
        {
          config: listConfig({ names }),
          body: { kind: 'names', names },
          fallback: null,
          previousEntries: null,
        },
      ],
    });
  const plain = askerOf(await inline(['a.example', '*.b.example']));
  t.same([plain('a.example'), plain('x.a.example'), plain('x.b.example')], ['sinkhole', 'none', 'sinkhole']);
  const marked = askerOf(await inline(['||c.example^', 'd.example', '@@||ok.c.example^']));
  t.same(
    [marked('x.c.example'), marked('d.example'), marked('ok.c.example')],
    ['sinkhole', 'sinkhole', 'allow'],
  );
});

t.test('expressions over the limit are counted, not taken', async (t) => {
  const text = Array.from({ length: PATTERNS_MAX + 5 }, (_, i) => `/^ads${i}x[0-9]+\\./`).join('\n');
  const { ruleSet, lists } = await compileText(text, { format: 'adblock' });
  t.equal(ruleSet.patterns.length, PATTERNS_MAX);
  t.match(lists[0]?.skipped, [{ reason: 'too-many-patterns', count: 5 }]);
});

t.test('expressions that would slow every query are counted, not taken', async (t) => {
  const text = '||a.example^\n/^ads[0-9]+\\./\n/[a-z].{0,140}[0-9]x/\n';
  const { ruleSet, lists } = await compileText(text, { format: 'adblock' });
  t.same(
    ruleSet.patterns.map(({ source }) => source),
    ['^ads[0-9]+\\.'],
  );
  t.match(lists[0], {
    entries: 2,
    patterns: 1,
    error: null,
    skipped: [{ reason: 'heavy-pattern', count: 1, examples: [{ line: 3 }] }],
  });
  const only = await compileText('/[a-z].{0,140}[0-9]x/\n', { format: 'adblock' });
  t.match(only.lists[0], { entries: 0, error: { code: 'LIST_NOTHING_USABLE' } });
});

t.test(
  'a text that is refused leaves the last good one in force, and the other lists untouched',
  async (t) => {
    const good = Array.from({ length: 100 }, (_, i) => `n${i}.example`).join('\n');
    for (const [code, text, said] of [
      ['LIST_HTML', '<!doctype html><html>log in</html>', {}],
      ['LIST_EMPTY', '', {}],
      ['LIST_EMPTY', '# only a comment\n', {}],
      ['LIST_JSON', '{"error": 1}', {}],
      ['LIST_NOTHING_USABLE', 'com\nnet\n', { format: 'domains' }],
      ['LIST_SHRANK', 'n1.example\nevil.example\n', {}],
      ['LIST_MOSTLY_INVALID', `n1.example\n${'a b c\n'.repeat(200)}`, { format: 'domains', maxShrink: 1 }],
    ] as const) {
      const result = await compile(
        list('other', 'other.example\n'),
        list('ads', text, { ...said, fallback: bytes(good), previousEntries: 100 }),
      );
      t.match(result.lists[1], { used: 'fallback', entries: 100, error: { code } }, code);
      const ask = askerOf(result);
      t.equal(ask('n99.example'), 'sinkhole');
      t.equal(ask('evil.example'), 'none', 'nothing of the refused text is in force');
      t.equal(ask('other.example'), 'sinkhole');
      t.equal(result.ruleSet.names, 101);
    }
  },
);

t.test('half of a list may go, more may not, and maxShrink moves the line', async (t) => {
  const text = (count: number) => Array.from({ length: count }, (_, i) => `n${i}.example`).join('\n');
  const shrink = async (left: number, maxShrink: number) => {
    const said = { fallback: bytes(text(100)), previousEntries: 100, maxShrink };
    return (await compile(list('ads', text(left), said))).lists[0]?.used;
  };
  t.equal(await shrink(50, 0.5), 'body');
  t.equal(await shrink(49, 0.5), 'fallback');
  t.equal(await shrink(1, 1), 'body');
  t.equal(await shrink(99, 0), 'fallback');
});

t.test('a list that cannot be read is reported with what to do', async (t) => {
  const folder = t.testdir({ good: 'a.example\n' });
  mkdirSync(join(folder, 'folder'));
  execFileSync('mkfifo', [join(folder, 'fifo')]);
  const one = async (path: string) => {
    const body = { kind: 'file', path: join(folder, path) } as const;
    return (await compile({ ...list('ads', ''), body })).lists[0];
  };
  t.match(await one('good'), { used: 'body', entries: 1 });
  t.match(await one('missing'), {
    used: 'none',
    error: { code: 'LIST_MISSING', message: /no such file \(.*missing\)/ },
  });
  t.match(await one('folder'), { used: 'none', error: { code: 'LIST_NOT_A_FILE', message: /is a folder/ } });
  t.match(await one('fifo'), { used: 'none', error: { code: 'LIST_NOT_A_FILE', message: /is a FIFO/ } });
  t.match((await compile({ ...list('ads', ''), body: null })).lists[0], {
    used: 'none',
    error: null,
  });
});

t.test('what a request and a result hold can go from thread to thread', async (t) => {
  const result = await compileText('||a.example^$important\n/^ads[0-9]/\n');
  const there = structuredClone(result);
  t.equal(askerOf(there)('a.example'), 'sinkhole');
  t.equal(askerOf(there)('ads1.test'), 'sinkhole');
});

t.test(
  'an entry ends when it says so, else when its list does, else so long after it was published',
  async (t) => {
    const text = [
      'report: { published: 2026-01-01 }',
      'indicators:',
      '  - plain.example',
      '  - { name: own.example, expires: 2026-05-01 }',
      '  - { name: later.example, firstPublished: 2026-02-01 }',
    ].join('\n');
    const endsOf = async (said: Partial<ListConfig>, of = text) => {
      const { ruleSet, lists } = await compileText(of, said);
      const [report] = lists;
      t.equal(report?.error, null);
      const rules = ruleSet.rules.map((rule) => expiryTextOf(rule, ruleSet.lists[0]));
      const ends = report?.ends.map(
        ({ atMs, count }) => `${new Date(atMs).toISOString().slice(0, 10)} ${count}`,
      );
      return { rules, ends, undated: report?.undated };
    };
    t.same(await endsOf({}), { rules: [null, '2026-05-01', null], ends: ['2026-05-01 1'], undated: 0 });
    t.same(await endsOf({ expires: { at: '2026-09-01' } }), {
      rules: ['2026-09-01', '2026-05-01', '2026-09-01'],
      ends: ['2026-05-01 1', '2026-09-01 2'],
      undated: 0,
    });
    t.same(await endsOf({ expires: { afterMs: 90 * 86_400_000 } }), {
      rules: ['2026-04-01', '2026-05-01', '2026-05-02'],
      ends: ['2026-04-01 1', '2026-05-01 1', '2026-05-02 1'],
      undated: 0,
    });
    t.same((await endsOf({}, `expires: 2026-12-01\n${text}`)).rules, [
      '2026-12-01',
      '2026-05-01',
      '2026-12-01',
    ]);
    t.same(
      await endsOf({ expires: { afterMs: 90 * 86_400_000 } }, 'a.example\nb.example\n'),
      { rules: [null], ends: [], undated: 2 },
      'nothing says since when it is known',
    );
    const many = Array.from(
      { length: RULES_MAX.list + 10 },
      (_, i) =>
        `  - { name: n${i}.example, note: "${i}", expires: 2026-05-01T00:00:${String(i % 60).padStart(2, '0')}Z }`,
    );
    const { ruleSet, lists } = await compileText(`indicators:\n${many.join('\n')}\n`);
    t.match(lists, [{ error: null, entries: many.length }]);
    t.ok(
      ruleSet.rules.every((rule) => expiryOf(rule, undefined) <= Date.parse('2026-05-02')),
      'whoever has no room for its remark ends all the same',
    );
  },
);
