// `lists.NAME.names`: one line of a list each.
import t from 'tap';
import { compileRuleSet } from '../../src/lists/compile.ts';
import { configOf, problemsIn } from '../support/config-text.ts';
import { askerOf, listConfig } from '../support/lists-compile.ts';

t.test('lines of the usual lists are taken', async (t) => {
  const names = [
    'plain.test',
    '*.wild.test',
    '.dot.test',
    '192.0.2.0/24',
    '0.0.0.0 hosts.test other.test',
    '||name.test^',
    '@@||ok.name.test^',
    '||typed.test^$dnstype=A',
    '/^ad[0-9]+\\./',
    'bücher.test',
  ];
  t.same(problemsIn(`lists: { ours: { names: ${JSON.stringify(names)} } }`), []);
  const { ruleSet, lists } = await compileRuleSet({
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
  t.same(lists[0]?.skipped, []);
  const ask = askerOf({ ruleSet, lists });
  for (const name of [
    'plain.test',
    'wild.test',
    'a.wild.test',
    'dot.test',
    'hosts.test',
    'other.test',
    'x.name.test',
    'typed.test',
    'ad3.test',
    'xn--bcher-kva.test',
  ])
    t.equal(ask(name), 'sinkhole', name);
  t.equal(ask('ok.name.test'), 'allow');
  t.equal(ask('a.plain.test'), 'none');
});

t.test('what is pasted from a report is told as it is to be written', async (t) => {
  t.match(
    problemsIn(
      'lists: { ours: { names: ["def[.]test", "https://url.test/x", "two words", "a\\\\032b.test"] } }',
    ),
    [
      /`def\[\.\]test` is not a name; write `def\.test`/,
      /`https:\/\/url\.test\/x` is not a name; write `url\.test`/,
      /`two words` is not a name; write a name such as/,
      /`a\\032b\.test` is not a name; write a name such as/,
    ],
  );
});

t.test('with a format of its own a line is what that format says', async (t) => {
  t.same(problemsIn('lists: { ours: { format: dnsmasq, names: ["address=/a.test/#"] } }'), []);
});

t.test(
  'names, addresses and networks are taken in the form in which lists are compared with them',
  async (t) => {
    const take = ['Bücher.TEST', '8.8.8.8', '2001:4860:4860:0::8888', '198.51.100.7/24'];
    const { lists } = configOf(`lists: { ours: { names: [a.test], take: ${JSON.stringify(take)} } }`);
    t.same(lists[0]?.take, ['xn--bcher-kva.test', '8.8.8.8', '2001:4860:4860::8888', '198.51.100.0/24']);
    t.match(problemsIn('lists: { ours: { names: [a.test], take: ["8.8.8.8/33"] } }'), [/8\.8\.8\.8\/33/]);
  },
);
