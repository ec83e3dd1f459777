// What a policy zone's records make: local data of any type, names put in front, clients, parts of a zone.
import { deepEqual } from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { askerOf, compileText } from '../../support/lists-compile.ts';
import { type ListReading, readText } from '../../support/lists-sink.ts';

const HEAD = '$TTL 60\n@ SOA a. b. 1 2 3 4 5\n';
const zone = async (text: string, head = HEAD) => {
  const result = await compileText(head + text, { format: 'rpz', action: 'zone' });
  return { ask: askerOf(result), list: result.lists[0]!, rules: result.ruleSet.rules };
};

t.test('local data of any type stand together, whatever stands between them', async (t) => {
  const { ask, list } = await zone(
    [
      'a.test A 192.0.2.1',
      'a.test AAAA 2001:db8::1',
      'a.test TXT "one" "tw\\"o \\195\\188"',
      'b.test MX 10 mail',
      'a.test A 192.0.2.2',
      'c.test TYPE65400 \\# 3 01 02ff',
      '*.d.test HTTPS 1 . alpn=h2',
    ].join('\n'),
    '$ORIGIN rpz.example.\n$TTL 60\n@ SOA a. b. 1 2 3 4 5\n',
  );
  t.same(list.skipped, []);
  t.equal(
    ask('a.test'),
    `rewrite 192.0.2.1 2001:db8::1 192.0.2.2 TXT:03${hex('one')}07${hex('tw"o ')}c3bc`,
    'strings with their escapes as octets',
  );
  t.equal(ask('b.test'), `rewrite MX:000a046d61696c03${hex('rpz')}07${hex('example')}00`, 'names completed');
  t.equal(ask('c.test'), 'rewrite TYPE65400:0102ff');
  t.equal(ask('x.d.test'), `rewrite HTTPS:0001000001000302${hex('h2')}`);
  t.equal(ask('d.test'), 'none');
});

t.test('what may not stand in a policy zone, or is no such data, is told', async (t) => {
  const { list } = await zone(
    'a.test DNAME b.test.\nb.test A 2001:db8::1\nc.test MX mail\nd.test TYPE65400 \\# 3 0102\ne.test A 192.0.2.1\n',
  );
  t.equal(list.entries, 1);
  t.match(list.skipped, [{ reason: 'unsupported-action', count: 4 }]);
  t.match(list.skipped[0]?.examples[0], { line: 3, text: 'a.test DNAME b.test.' });
});

t.test(
  'a type by its number is that type, a quoted parameter belongs to its key, and unsound octets go nowhere',
  async (t) => {
    const { ask, list } = await zone(
      [
        'a.test TYPE5 .',
        'b.test HTTPS 1 . alpn="h2" port=8443',
        'c.test TYPE1 192.0.2.1',
        'd.test MX \\# 4 000ac000',
        'e.test TXT \\# 3 0561',
        'f.test CNAME \\# 1 00',
        'g.test TYPE255 \\# 0',
        'h.test TYPE39 x.test.',
        'i.test AAAA fe80::1%2',
      ].join('\n'),
    );
    t.equal(ask('a.test'), 'nxdomain');
    t.equal(ask('b.test'), `rewrite HTTPS:0001000001000302${hex('h2')}0003000220fb`);
    t.equal(ask('c.test'), 'rewrite 192.0.2.1');
    t.same(
      list.skipped.map(({ reason, count }) => ({ reason, count })),
      [{ reason: 'unsupported-action', count: 6 }],
    );
  },
);

t.test('a star in an alias stands for the name asked for', async (t) => {
  const { ask } = await zone('x.test CNAME *.garden.example.\n*.y.test CNAME *.garden.example.\n');
  t.equal(ask('x.test'), 'rewrite CNAME *.garden.example');
  t.equal(ask('a.y.test'), 'rewrite CNAME *.garden.example');
});

t.test('a client’s trigger goes before every name, the narrowest network first', async (t) => {
  const { ask, list } = await zone(
    [
      '24.0.2.0.192.rpz-client-ip CNAME .',
      '32.7.2.0.192.rpz-client-ip CNAME rpz-passthru.',
      '25.128.2.0.192.rpz-client-ip CNAME rpz-drop.',
      'b.test CNAME *.',
      'ok.test CNAME rpz-passthru.',
    ].join('\n'),
  );
  t.same(list.skipped, []);
  t.equal(ask('any.test', 'A', [192, 0, 2, 9]), 'nxdomain');
  t.equal(ask('ok.test', 'A', [192, 0, 2, 9]), 'nxdomain', 'whatever its name');
  t.equal(ask('b.test', 'TXT', [192, 0, 2, 7]), 'allow');
  t.equal(ask('any.test', 'A', [192, 0, 2, 200]), 'drop');
  t.equal(ask('b.test', 'A', [198, 51, 100, 1]), 'nodata');
  t.equal(ask('any.test', 'A', [198, 51, 100, 1]), 'none');
});

t.test('an alias to the trigger itself is an exception, of a name as of addresses and clients', async (t) => {
  const { rules, list } = await zone(
    [
      '24.0.2.0.192.rpz-ip CNAME 24.0.2.0.192.',
      '48.zz.1.db8.2001.rpz-ip CNAME 48.zz.1.db8.2001.',
      '32.7.2.0.192.rpz-client-ip CNAME 32.7.2.0.192.',
      'a.test CNAME a.test.',
    ].join('\n'),
  );
  t.same(list.skipped, []);
  t.equal(list.entries, 4);
  t.same(new Set(rules.map(({ action }) => action)), new Set(['allow']));
  const other = await zone('24.0.2.0.192.rpz-ip CNAME 24.0.3.0.192.\n');
  t.match(other.rules, [{ rewrite: { kind: 'cname', target: '24.0.3.0.192' } }]);
});

t.test('a trigger for every client there is is left out', async (t) => {
  const { list } = await zone('0.0.0.0.0.rpz-client-ip CNAME .\na.test CNAME .\n');
  t.match(list.skipped, [{ reason: 'root', count: 1 }]);
});

t.test('triggers on name servers are said not to be in force', async (t) => {
  const { list } = await zone(
    'ns.bad.test.rpz-nsdname CNAME .\n32.1.2.0.192.rpz-nsip CNAME .\na.test CNAME .\n',
  );
  t.match(list.skipped, [{ reason: 'unsupported-trigger', count: 2, text: /not in force/ }]);
});

t.test('a part of a zone is read by its $ORIGIN', async (t) => {
  const { ask, list } = await zone(
    'a.test CNAME .\nb.test.rpz.example. CNAME *.\n',
    '$ORIGIN rpz.example.\n',
  );
  t.same(list.skipped, []);
  t.equal(ask('a.test'), 'nxdomain');
  t.equal(ask('b.test'), 'nodata');
});

t.test('a word of digits without end is read in one go', async (t) => {
  const { ask } = await zone(`x.test ${'1'.repeat(20_000)}x A 192.0.2.1\na.test CNAME .\n`);
  t.equal(ask('a.test'), 'nxdomain');
});

const hex = (text: string): string => Buffer.from(text).toString('hex');

t.test('the usual lines, read from their octets, mean what the reader of master files makes of them', async () => {
  const owner = fc.oneof(
    fc.stringMatching(/^(\*\.)?[a-zA-Z0-9_-]{1,8}(\.[a-z0-9-]{1,5}){0,3}(\.rpz\.example\.|\.RPZ\.example\.|\.other\.|\.)?$/),
    fc.constantFrom(
      ...['rpz-ip', 'x.rpz-nsdname', '32.4.3.2.1.rpz-ip', 'a.rpz-client-ip', 'rpz-x.test', 'xrpz-ip.test', 'rpz.example.'],
      ...['x.test', '*.x.test', 'x', 'x.garden_1.test'],
      ...['*', '*.', '@', '.', '..', 'a..b', 'a\\.b.test', 'é.test', '"q".test', '$x', '', ' ', `${'a'.repeat(63)}.test`],
      ...[`${'a'.repeat(64)}.test`, `${'a.'.repeat(120)}test`, `${'a.'.repeat(130)}test`, '*.*.test', 'a.*.test', '-a.test'],
    ),
  );
  const middle = fc.constantFrom(' ', '\t', ' 300 ', ' IN ', ' 300 IN ', ' IN 1h ', ' in  60\t', ' CH ', ' 1 2 3 ', ' IN IN ', '  ');
  const type = fc.constantFrom('CNAME', 'CNAME', 'CNAME', 'cname', 'A', 'CNAM', 'TXT');
  const names = ['x.test.', 'X.Garden_1.test.', 'x.', 'x..test.', '-x.test.', 'x.test', 'rpz-other.', 'é.test.', 'x\\.y.test.', `${'l'.repeat(64)}.test.`];
  const target = fc.constantFrom(...names, '.', '*.', 'rpz-passthru.', 'RPZ-drop.', 'rpz-tcp-only.', 'x.test.', '192.0.2.1', '', '. .', 'rpz-passthru');
  const after = fc.constantFrom('', ' ', ' ; why', ';why', '\t;x', ' x', ' ( )', '\r');
  const origin = fc.constantFrom('', '$ORIGIN rpz.example.\n', '$ORIGIN other.\n', '$ORIGIN .\n');
  const lines = fc.array(fc.tuple(owner, middle, type, target, after), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(origin, fc.constantFrom('@', 'rpz.example.'), lines, fc.boolean(), async (first, soa, all, isBetween) => {
      const text = (slow: string): string =>
        `${isBetween ? '' : first}${soa} SOA a. b. 1 2 3 4 5\n${isBetween ? first : ''}` +
        all.map(([name, words, kind, to, rest]) => `${name}${words}${slow}${kind} ${to}${rest}`).join('\n');
      const [quick, slow] = [await readText(text(''), 'rpz'), await readText(text('( ) '), 'rpz')];
      const what = ({ entries, skipped }: ListReading) => ({ entries, skipped });
      deepEqual(what(quick), what(slow));
    }),
    { numRuns: 200, examples: [['', '@', [['a', ' ', 'CNAME', '.', ''], ['', ' ', 'TXT', '.', '']], false]] },
  );
}); // biome-ignore format: tables

t.test('a record without an owner belongs to the usual line before it', async (t) => {
  const { ask } = await zone(
    'a.test CNAME .\n A 192.0.2.1\nb.test.rpz.example. CNAME rpz-passthru.\n  CNAME .\n',
    '$ORIGIN rpz.example.\n$TTL 60\n@ SOA a. b. 1 2 3 4 5\n',
  );
  t.match(ask('a.test'), /nxdomain|192\.0\.2\.1/);
  t.equal(ask('b.test'), 'allow');
});
