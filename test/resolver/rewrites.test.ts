// What stands in a name's place: aliases of the configuration and CNAMEs of a list's rule. Wherever they lead, the target is
// decided as any name is, one rule rewrites a client's query, and that query is recorded once.
import fc from 'fast-check';
import t from 'tap';
import type { LocalRecord } from '../../src/config/config.ts';
import { parseLocalRecord } from '../../src/config/values/local-record.ts';
import type { Rule } from '../../src/policy/rule.ts';
import { FAILURE } from '../../src/upstream/exchange.ts';
import { OUTCOME, TRANSPORT } from '../../src/wire/message/query.ts';
import type { ListWords, RuleWords } from '../support/rule-set.ts';
import { a, type Bench, type BenchState, cname, counts, rcode, walkBench } from '../support/walk-bench.ts';
import { wireName, wireOpt } from '../support/wire-message.ts';

const record = (text: string): LocalRecord => {
  const parsed = parseLocalRecord(text);
  if (!parsed.ok) throw new Error(parsed.wrong);
  return parsed.value;
};
const LOCAL = (...records: string[]) => ({
  records: records.map(record),
  hosts: null,
  specialNames: true,
  canaries: true,
});
const LISTS: ListWords[] = [
  { name: 'zone', action: 'zone' },
  { name: 'adblock' },
  { name: 'c2', alert: true },
  { name: 'dead', action: 'drop' },
  { name: 'ours', action: 'allow' },
  { name: 'trial', mode: 'monitor' },
];
const to = (target: string): Partial<Rule> => ({ rewrite: { kind: 'cname', target } });
const bench = (words: RuleWords[], more: Partial<BenchState> = {}): Bench =>
  walkBench({
    lists: LISTS,
    words,
    local: LOCAL('al.lan 600 CNAME later.test', 'two.lan CNAME al.lan'),
    ...more,
  });

/** Octets of a name in wire form stand in a message. */
const holds = (message: Uint8Array, name: string): boolean =>
  Buffer.from(message).includes(Buffer.from(wireName(name)));
const infoCodes = (message: Uint8Array): number[] => {
  const at = Buffer.from(message).indexOf(Buffer.from([0, 0, 41]));
  const codes: number[] = [];
  for (let option = at + 11; at >= 0 && option + 6 <= message.length; ) {
    if (message[option + 1] === 15) codes.push(message[option + 5]!);
    option += 4 + (message[option + 2]! << 8) + message[option + 3]!;
  }
  return codes;
};

for (const [kind, name, words, local] of [
  ['an own alias', 'al.lan', [], true],
  ['an own alias of an alias', 'two.lan', [], true],
  [
    "a policy zone's CNAME",
    'redir.test',
    [{ list: 'zone', names: ['redir.test'], rule: to('later.test') }],
    false,
  ],
  [
    "an Adblock rule's CNAME",
    'redir.test',
    [{ list: 'adblock', names: ['redir.test'], rule: to('later.test') }],
    false,
  ],
] as const)
  t.test(
    `${kind}: a target that is listed now is blocked, though its answer is kept, on its way or stale`,
    async (t) => {
      const listed: RuleWords[] = [...words, { list: 'c2', names: ['later.test'] }];
      const { ask, respond, fail, use, asked, hits, sent, told, advance } = bench([...words]);
      ask({ name: 'later.test' });
      respond({ name: 'later.test', answers: [a('later.test', 60)] });
      t.same([...ask({ name }).reply.slice(-4)], [192, 0, 2, 1], 'answered from the cache');
      advance(100_000);
      ask({ name });
      ask({ name, id: 7 });
      use({ words: listed });

      fail(FAILURE.timeout);
      respond({ name: 'later.test', answers: [a('later.test', 60)] });
      t.same(
        sent.slice(1).map((reply) => [...reply.slice(-4)]),
        [
          [0, 0, 0, 0],
          [0, 0, 0, 0],
        ],
      );
      hits.length = 0;
      told.length = 0;
      const { outcome, reply } = ask({ name, additional: [wireOpt()] });
      t.equal(outcome, OUTCOME.answered);
      t.equal(asked.length, 0, 'no upstream is asked for a listed name');
      t.same(
        counts(reply),
        [1, 0, 1],
        'as behind any alias: the sinkhole stands in the place of the name asked for',
      );
      t.same([...reply.slice(12, 12 + wireName(name).length)], wireName(name));
      t.same(infoCodes(reply), [15]);
      t.match(Buffer.from(reply).toString('latin1'), 'list=c2 rule=later.test');
      t.same(hits, [
        local ? `sinkhole ${name} later.test 2` : `sinkhole ${name} - ${words[0]?.list === 'zone' ? 0 : 1}`,
      ]);
      t.equal(told.length, 1, 'one question, told once');
    },
  );

t.test('an own alias of an allowed name is not judged, and its target asked for itself is', async (t) => {
  const words: RuleWords[] = [
    { list: 'c2', names: ['later.test'] },
    { list: 'ours', names: ['al.lan'] },
  ];
  const { ask, respond, sent, hits } = bench(words);
  ask({ name: 'al.lan' });
  respond({ name: 'later.test', answers: [a('later.test')] });
  t.same(counts(sent[0]!), [2, 0, 0]);
  t.same([...sent[0]!.slice(-4)], [192, 0, 2, 1]);
  t.same(hits, []);
  t.same([...ask({ name: 'later.test' }).reply.slice(-4)], [0, 0, 0, 0]);
  t.same([...ask({ name: 'al.lan' }).reply.slice(-4)], [192, 0, 2, 1]);
});

t.test('the alias keeps the TTL that its record has, and ANY and CNAME are not followed', async (t) => {
  const { ask, respond, sent, asked } = bench([]);
  ask({ name: 'al.lan' });
  respond({ name: 'later.test', answers: [a('later.test')] });
  t.same([...sent[0]!.slice(24, 32)], [0xc0, 12, 0, 5, 0, 1, 0, 0], 'after the question: CNAME');
  t.same([...sent[0]!.slice(32, 34)], [2, 88], '600 s');
  t.same(counts(ask({ name: 'al.lan', type: 5 }).reply), [1, 0, 0]);
  t.same([...ask({ name: 'al.lan', type: 255 }).reply.slice(26, 28)], [0, 13], 'HINFO (RFC 8482)');
  t.equal(asked.length, 0);
});

t.test(
  'a rewritten name is answered with one CNAME and what its target has, and says so (RFC 8914 §4.5)',
  async (t) => {
    const { ask, respond, sent, told, hits } = bench([
      { list: 'zone', names: ['redir.test'], rule: to('wall.test') },
    ]);
    t.equal(ask({ name: 'x.redir.test', additional: [wireOpt()] }).outcome, OUTCOME.waiting);
    respond({ name: 'wall.test', answers: [a('wall.test')] });
    const reply = sent[0]!;
    t.same(counts(reply), [2, 0, 1]);
    t.ok(holds(reply, 'wall.test'));
    t.same(infoCodes(reply), [4]);
    t.match(Buffer.from(reply).toString('latin1'), 'list=zone rule=redir.test');
    t.same(hits, ['sinkhole x.redir.test - 0']);
    t.same(
      told.map(({ name }) => name),
      ['x.redir.test'],
      'nobody asked for wall.test',
    );

    for (const type of [5, 255]) {
      const only = ask({ name: 'redir.test', type, additional: [wireOpt()] });
      t.equal(only.outcome, OUTCOME.answered, 'type CNAME needs no target');
      t.equal(rcode(only.reply), 0);
      t.same(counts(only.reply), [1, 0, 1]);
      t.ok(holds(only.reply, 'wall.test'));
      t.same(infoCodes(only.reply), [4]);
    }
  },
);

t.test('an address of a rule is a forged answer, one that leads nowhere a blocked one', async (t) => {
  const words: RuleWords[] = [
    {
      list: 'adblock',
      names: ['page.test'],
      rule: { rewrite: { kind: 'address', addresses: ['192.0.2.9'] } },
    },
    { list: 'adblock', names: ['null.test'], rule: { rewrite: { kind: 'address', addresses: ['0.0.0.0'] } } },
  ];
  const { ask } = bench(words);
  const codes = (name: string, type: number) => infoCodes(ask({ name, type, additional: [wireOpt()] }).reply);
  t.same(codes('page.test', 1), [4]);
  t.same(codes('page.test', 28), [15], 'nothing is given');
  t.same(codes('null.test', 1), [15]);
});

t.test('a target that its own rule covers is resolved: one rule a resolution (RPZ draft §5.1)', async (t) => {
  const { ask, respond, asked, sent, hits } = bench([
    { list: 'zone', names: ['w.test'], rule: { ...to('garden.w.test'), scope: 'below' } },
    { list: 'zone', names: ['one.test'], rule: to('two.test') },
    { list: 'adblock', names: ['two.test'], rule: to('one.test') },
  ]);
  ask({ name: 'x.w.test' });
  respond({ name: 'garden.w.test', answers: [a('garden.w.test')] });
  t.same(counts(sent[0]!), [2, 0, 0]);
  t.equal(asked.length, 0, 'nothing more is asked');
  ask({ name: 'garden.w.test', id: 9 });
  t.equal(asked.length, 0, 'its answer is kept');
  t.same(hits, ['sinkhole x.w.test - 0'], 'an alias to itself is an exception');
  ask({ name: 'one.test' });
  respond({ name: 'two.test', answers: [a('two.test')] });
  t.same(counts(sent[1]!), [2, 0, 0]);
  t.equal(asked.length, 0);
});

t.test('behind a zone no zone has another say, as in BIND and Unbound; a block list has', async (t) => {
  const { ask, respond, sent } = bench([
    { list: 'zone', names: ['redir.test'], rule: to('wall.test') },
    { list: 'zone', names: ['wall.test'], rule: { action: 'nxdomain' } },
    { list: 'adblock', names: ['other.test'], rule: to('wall.test') },
    { list: 'zone', names: ['led.test'], rule: to('bad.test') },
    { list: 'c2', names: ['bad.test'] },
  ]);
  ask({ name: 'redir.test' });
  respond({ name: 'wall.test', answers: [a('wall.test')] });
  t.same(counts(sent[0]!), [2, 0, 0]);
  t.equal(rcode(ask({ name: 'other.test' }).reply), 3);
  t.same([...ask({ name: 'led.test' }).reply.slice(-4)], [0, 0, 0, 0]);
});

t.test(
  'what the upstream says of a target is judged: an alias there, and for the client that asks next',
  async (t) => {
    const words: RuleWords[] = [
      { list: 'zone', names: ['redir.test'], rule: to('wall.test') },
      { list: 'zone', names: ['shop.test'], rule: to('garden.test') },
      { list: 'c2', names: ['evil.test'] },
    ];
    const { ask, respond, sent, hits } = bench(words);
    ask({ name: 'redir.test' });
    respond({ name: 'wall.test', answers: [cname('wall.test', 'x.evil.test'), a('x.evil.test')] });
    t.same([...sent[0]!.slice(-4)], [0, 0, 0, 0]);
    t.same(counts(sent[0]!), [1, 0, 0]);
    t.same(hits, ['sinkhole redir.test - 0']);
    ask({ name: 'redir.test', type: 28 });
    respond({ name: 'wall.test', type: 28, answers: [cname('wall.test', 'shop.test')] });
    t.same(counts(sent[1]!), [2, 0, 0], 'a second rewrite is none');
    ask({ name: 'wall.test', type: 28 });
    respond({ name: 'wall.test', type: 28, answers: [cname('wall.test', 'shop.test')] });
    respond({ name: 'garden.test', type: 28 });
    t.equal(hits.at(-1), 'sinkhole wall.test shop.test 0', 'asked for itself it is');
  },
);

t.test(
  'data of a policy zone stand at the end of the aliases that lead there, a block in their place',
  (t) => {
    const forged = (addresses: string[]): Partial<Rule> => ({ rewrite: { kind: 'address', addresses } });
    const { ask, respond, sent, hits, asked, endings, advance } = walkBench({
      lists: LISTS,
      words: [
        { list: 'zone', names: ['data.test'], rule: forged(['192.0.2.77']) },
        { list: 'zone', names: ['moved.test'], rule: to('garden.test') },
        { list: 'zone', names: ['gone.test'], rule: { action: 'nxdomain' } },
        { list: 'zone', names: ['back.test'], rule: to('front.test') },
        { list: 'adblock', names: ['hosts.test'], rule: forged(['192.0.2.78']) },
      ],
      addresses: [{ list: 'zone', networks: ['203.0.113.9/32'], rule: forged(['192.0.2.79']) }],
    });
    const bad: ReturnType<typeof a> = { name: 'b.test', type: 1, rdata: [203, 0, 113, 9] };
    /** The answer to `www.test` where the upstream says so: owners and targets, by their first label. */
    const seen = (...answers: ReturnType<typeof a>[]): string[] => {
      ask({ name: 'www.test', id: sent.length, additional: [wireOpt()] });
      respond({ name: 'www.test', answers });
      const message = Buffer.from(sent.at(-1)!).toString('latin1');
      return ['www', 'a', 'b', 'data', 'moved', 'garden'].filter((label) =>
        message.includes(String.fromCharCode(label.length) + label),
      );
    };
    const www = cname('www.test', 'a.test');
    t.same(seen(www, cname('a.test', 'data.test'), a('data.test')), ['www', 'a', 'data']);
    t.same(counts(sent[0]!), [3, 0, 1]);
    t.ok(Buffer.from(sent[0]!).includes(Buffer.from([192, 0, 2, 77])));
    t.same(infoCodes(sent[0]!), [4], 'the rule says so once');
    t.same(hits, ['sinkhole www.test data.test 0']);
    ask({ name: 'www.test', id: 99, additional: [wireOpt()] });
    t.equal(asked.length, 0, 'the chain is kept');
    t.same(endings, ['rewritten', 'rewritten']);
    advance(400_000);
    ask({ name: 'www.test', id: 5 });
    respond({ name: 'www.test', answers: [www, cname('a.test', 'moved.test'), a('moved.test')] });
    respond({ name: 'garden.test', answers: [a('garden.test')] });
    t.same(counts(sent.at(-1)!), [4, 0, 0], 'two aliases of the upstream, one of the rule, the address');
    t.equal(hits.at(-1), 'sinkhole www.test moved.test 0');
    advance(400_000);
    t.same(
      seen(www, cname('a.test', 'b.test'), bad),
      ['www', 'a', 'b'],
      'an address too is replaced where it stood',
    );
    t.same(counts(sent.at(-1)!), [3, 0, 1]);
    advance(400_000);
    t.same(seen(www, cname('a.test', 'gone.test'), a('gone.test')), ['www']);
    t.equal(rcode(sent.at(-1)!), 3);
    advance(400_000);
    t.same(
      seen(cname('www.test', 'hosts.test'), a('hosts.test')),
      ['www'],
      "a hosts line's address stands for the name asked",
    );
    advance(400_000);
    ask({ name: 'front.test' });
    respond({ name: 'front.test', answers: [cname('front.test', 'back.test'), a('back.test')] });
    t.equal(rcode(sent.at(-1)!), 2, 'a rule that leads back is a circle');
    advance(400_000);
    const long = Array.from({ length: 9 }, (_, i) =>
      cname(i === 0 ? 'www.test' : `n${i}.test`, `n${i + 1}.test`),
    );
    ask({ name: 'www.test' });
    respond({ name: 'www.test', answers: [...long, cname('n9.test', 'data.test'), a('data.test')] });
    t.same(counts(sent.at(-1)!), [1, 0, 0], 'of too many aliases none is shown');
    t.end();
  },
);

t.test('a dropped answer behind an alias is dropped for the client: nothing waits for it', async (t) => {
  const { ask, respond, sent, walk, told, endings } = bench([{ list: 'dead', names: ['drop.test'] }]);
  ask({ name: 'al.lan' }, 7, TRANSPORT.tcp);
  respond({ name: 'later.test', answers: [cname('later.test', 'drop.test'), a('drop.test')] });
  t.same(
    sent.map(({ length }) => length),
    [0],
    'the listener is told that no reply comes',
  );
  t.equal(ask({ name: 'al.lan' }, 7, TRANSPORT.tcp).outcome, OUTCOME.dropped, 'from the cache too');
  t.equal(walk.waiting, 0);
  t.equal(endings.length, 2);
  t.same(
    told.map(({ name }) => name),
    ['al.lan', 'al.lan'],
  );
});

t.test(
  'a name listed while it waited is blocked, though nothing but a stale answer could be had',
  async (t) => {
    const { ask, respond, fail, use, advance, sent } = bench([]);
    ask({ name: 'soon.test' });
    respond({ name: 'soon.test', answers: [a('soon.test', 60)] });
    advance(100_000);
    ask({ name: 'soon.test' });
    ask({ name: 'new.test' });
    use({ words: [{ list: 'c2', names: ['soon.test', 'new.test'] }] });
    fail(FAILURE.timeout);
    fail(FAILURE.network);
    t.same(
      sent.slice(1).map((reply) => [...reply.slice(-4)]),
      [
        [0, 0, 0, 0],
        [0, 0, 0, 0],
      ],
    );
  },
);

t.test(
  'whatever rules and aliases there are, one client query asks upstreams three times at most and ends once',
  async (t) => {
    const pool = ['a.test', 'b.test', 'c.test', 'w.test', 'x.w.test', 'y.w.test', 'd.lan', 'e.lan'];
    const name = fc.constantFrom(...pool);
    const rule = fc.record({
      list: fc.constantFrom('zone', 'adblock', 'c2', 'dead', 'ours', 'trial'),
      on: name,
      scope: fc.constantFrom('exact' as const, 'below' as const, 'subtree' as const),
      target: fc.option(name, { nil: null }),
    });
    const alias = fc.record({ from: fc.constantFrom('d.lan', 'e.lan', 'a.test', 'w.test'), target: name });
    const property = fc.property(
      fc.array(rule, { maxLength: 6 }),
      fc.array(alias, { maxLength: 3 }),
      fc.array(fc.record({ name, type: fc.constantFrom(1, 1, 1, 5, 28, 255) }), {
        minLength: 1,
        maxLength: 12,
      }),
      fc.array(fc.tuple(fc.constantFrom('address', 'alias', 'fail', 'nothing'), name), {
        minLength: 8,
        maxLength: 40,
      }),
      (rules, aliases, questions, answers) => {
        const words = rules.map(({ list, on, scope, target }) => {
          const rewrites = target !== null && (list === 'zone' || list === 'adblock');
          return { list, names: [on], rule: { scope, ...(rewrites ? to(target) : {}) } };
        });
        const unique = new Map(aliases.map(({ from, target }) => [from, `${from} CNAME ${target}`]));
        const own = bench(words, { local: LOCAL(...unique.values()) });
        let turn = 0;
        questions.forEach(({ name: asked, type }, number) => {
          own.ask({ name: asked, type, id: number });
          let upstream = 0;
          for (; own.asked.length > 0; upstream += 1) {
            const { message } = own.asked.at(-1)!;
            const [kind, target] = answers[turn++ % answers.length]!;
            const qname = nameIn(message);
            const qtype = message[13 + wireName(qname).length]!;
            if (kind === 'fail') own.fail(FAILURE.timeout);
            else if (kind === 'nothing') own.respond({ name: qname, type: qtype });
            else if (kind === 'alias')
              own.respond({ name: qname, type: qtype, answers: [cname(qname, target)] });
            else own.respond({ name: qname, type: qtype, answers: [a(qname, 30)] });
            if (upstream > 3) throw new Error(`${asked} asks on and on`);
          }
          own.advance(7000);
          if (own.endings.length !== number + 1) throw new Error(`${asked}: ${own.endings.length} endings`);
          if (own.walk.waiting !== 0) throw new Error(`${asked} still waits`);
        });
      },
    );
    fc.assert(property, { numRuns: 80 });
    t.pass('bounded');
  },
);

function nameIn(message: Uint8Array): string {
  const labels: string[] = [];
  for (let at = 12; message[at] !== 0; at += message[at]! + 1)
    labels.push(Buffer.from(message.subarray(at + 1, at + 1 + message[at]!)).toString('latin1'));
  return labels.join('.');
}
