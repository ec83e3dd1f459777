// The walk as a client sees it: what is answered at once, what waits, what it gets when the upstream answers, fails or lies.
import t from 'tap';
import type { LocalRecord } from '../../src/config/config.ts';
import { parseLocalRecord } from '../../src/config/values/local-record.ts';
import { FAILURE } from '../../src/upstream/exchange.ts';
import { OUTCOME, TRANSPORT } from '../../src/wire/message/query.ts';
import type { ListWords, RuleWords } from '../support/rule-set.ts';
import { a, type Bench, cname, counts, rcode, walkBench } from '../support/walk-bench.ts';
import { queryOf, replyOf, wireMessage, wireOpt } from '../support/wire-message.ts';

const LISTS: ListWords[] = [
  { name: '3cx', alert: true },
  { name: 'trial', mode: 'monitor' },
  { name: 'ours', action: 'allow' },
];
const WORDS: RuleWords[] = [
  { list: '3cx', names: ['evil.test'] },
  { list: 'trial', names: ['trial.test'] },
  { list: 'ours', names: ['allowed.test'] },
];

const record = (text: string): LocalRecord => {
  const parsed = parseLocalRecord(text);
  if (!parsed.ok) throw new Error(parsed.wrong);
  return parsed.value;
};
const LOCAL = {
  records: [
    'nas.home.arpa 120 A 192.0.2.5',
    'nas.home.arpa TXT "the big one"',
    'files.home.arpa CNAME nas.home.arpa',
    'web.home.arpa CNAME www.example.org',
    'first.home.arpa CNAME files.home.arpa',
    'round.home.arpa CNAME about.home.arpa',
    'about.home.arpa CNAME round.home.arpa',
    '*.dev.test A 192.0.2.6',
    'mine.evil.test A 192.0.2.8',
  ].map(record),
  hosts: null,
  specialNames: true,
  canaries: true,
};

const bench = (words: readonly RuleWords[] = WORDS, perSecond = 0): Bench =>
  walkBench({
    lists: LISTS,
    words,
    perSecond,
    local: LOCAL,
    routes: [{ suffix: 'corp.local', upstreams: [] }],
  });

t.test(
  'a listed name gets 0.0.0.0 and ::, every other type NODATA with an SOA of the sinkhole TTL',
  async (t) => {
    const { ask, hits } = bench();

    const v4 = ask({ name: 'WwW.evil.test', flags: 0x0110 });
    t.equal(v4.outcome, OUTCOME.answered);
    t.same([...v4.reply.slice(0, 4)], [0x12, 0x34, 0x81, 0x90], 'QR, RD, RA, CD; AA=0');
    t.equal(Buffer.from(v4.reply.slice(13, 16)).toString(), 'WwW', 'case echoed');
    t.same([...v4.reply.slice(-16)], [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 30, 0, 4, 0, 0, 0, 0]);
    t.same(counts(ask({ name: 'evil.test', type: 28 }).reply), [1, 0, 0]);
    for (const type of [15, 16, 65, 666, 255]) {
      const { reply } = ask({ name: 'a.evil.test', type });
      t.same(counts(reply), [0, 1, 0], `TYPE${type}`);
      t.same([...reply.slice(-4)], [0, 0, 0, 30], 'SOA MINIMUM');
      t.equal(rcode(reply), 0);
    }
    t.equal(hits.length, 7);
    t.equal(hits[0], 'sinkhole www.evil.test - 0');
  },
);

t.test('with EDNS the reply says why: EDE 15, list and rule', async (t) => {
  const { reply } = bench().ask({ name: 'a.evil.test', additional: [wireOpt()] });

  t.same(counts(reply), [1, 0, 1]);
  const text = Buffer.from('list=3cx rule=evil.test');
  t.same([...reply.slice(-text.length - 6, -text.length)], [0, 15, 0, text.length + 2, 0, 15]);
  t.equal(Buffer.from(reply.slice(-text.length)).toString(), text.toString());
});

t.test('everything else is forwarded, answered as the upstream answered, and kept', async (t) => {
  const { ask, respond, sent, endings, asked, advance } = bench();

  t.equal(ask({ name: 'example.org' }).outcome, OUTCOME.waiting);
  respond({ name: 'example.org', answers: [a('example.org', 100)] });
  t.equal(sent.length, 1);
  t.same(counts(sent[0]!), [1, 0, 0]);
  advance(40_000);
  const again = ask({ id: 7, name: 'EXAMPLE.org' });

  t.equal(again.outcome, OUTCOME.answered);
  t.equal(asked.length, 0);
  t.equal(new DataView(again.reply.buffer).getUint32(again.reply.length - 10), 60, 'TTL counted down');
  t.equal(Buffer.from(again.reply.slice(13, 20)).toString(), 'EXAMPLE');
  t.same(endings, ['forwarded', 'cached']);
});

t.test('a name that has just been listed is blocked, though its answer is kept or on its way', async (t) => {
  const { ask, respond, use, sent, hits } = bench();
  ask({ name: 'soon.test' });
  respond({ name: 'soon.test', answers: [a('soon.test')] });
  ask({ name: 'late.test' });

  use({ words: [{ list: '3cx', names: ['soon.test', 'late.test'] }] });

  t.same([...ask({ name: 'soon.test' }).reply.slice(-4)], [0, 0, 0, 0]);
  respond({ name: 'late.test', answers: [a('late.test')] });
  t.same([...sent[1]!.slice(-4)], [0, 0, 0, 0]);
  t.equal(hits.length, 2);
});

t.test(
  'an alias to a listed name is blocked and the hit says through which, from the cache too',
  async (t) => {
    const { ask, respond, sent, hits } = bench();
    const chain = { name: 'cdn.test', answers: [cname('cdn.test', 'x.evil.test'), a('x.evil.test')] };

    ask({ name: 'cdn.test' });
    respond(chain);
    const again = ask({ name: 'cdn.test' });

    t.same([...sent[0]!.slice(-4)], [0, 0, 0, 0]);
    t.same([...again.reply.slice(-4)], [0, 0, 0, 0]);
    t.same(hits, ['sinkhole cdn.test x.evil.test 0', 'sinkhole cdn.test x.evil.test 0']);
  },
);

t.test('an alias of an allowed name is not judged', async (t) => {
  const { ask, respond, sent, hits } = bench();
  ask({ name: 'allowed.test' });
  respond({ name: 'allowed.test', answers: [cname('allowed.test', 'evil.test'), a('evil.test')] });

  t.same(counts(sent[0]!), [2, 0, 0]);
  t.same(hits, []);
});

t.test('a list on trial is told of and the answer stays as it is', async (t) => {
  const { ask, respond, sent, hits } = bench();
  t.equal(ask({ name: 'trial.test' }).outcome, OUTCOME.waiting);
  respond({ name: 'trial.test', answers: [a('trial.test')] });

  t.same([...sent[0]!.slice(-4)], [192, 0, 2, 1]);
  t.same(hits, ['monitor trial.test - 1']);
});

t.test('when no upstream answers, the client hears SERVFAIL with the reason, or what was kept', async (t) => {
  const { ask, respond, fail, sent, advance, endings } = bench();
  ask({ name: 'example.org', additional: [wireOpt()] });
  fail(FAILURE.timeout);
  t.equal(rcode(sent[0]!), 2);
  t.same([...sent[0]!.slice(-6)], [0, 15, 0, 2, 0, 22]);

  ask({ name: 'kept.test', additional: [wireOpt()] });
  respond({ name: 'kept.test', answers: [a('kept.test', 60)] });
  advance(120_000);
  ask({ name: 'kept.test', additional: [wireOpt()] });
  fail(FAILURE.network);

  t.equal(rcode(sent[2]!), 0);
  t.same(counts(sent[2]!), [1, 0, 1]);
  t.same([...sent[2]!.slice(-6)], [0, 15, 0, 2, 0, 3], 'EDE 3, stale answer');
  t.equal(endings.at(-1), 'stale');

  advance(60_000);
  ask({ name: 'kept.test' });
  respond({ name: 'kept.test', flags: 0x8182 });
  t.same(counts(sent[3]!), [1, 0, 0], 'SERVFAIL is no answer while an old one is kept');
  ask({ name: 'new.test' });
  respond({ name: 'new.test', flags: 0x8182 });
  t.equal(rcode(sent[4]!), 2, 'and is passed on where nothing is');
});

t.test('loops and foreign records of a bad upstream do not reach the client', async (t) => {
  const { ask, respond, sent } = bench();
  ask({ name: 'loop.test' });
  respond({ name: 'loop.test', answers: [cname('loop.test', 'b.test'), cname('b.test', 'loop.test')] });
  t.equal(rcode(sent[0]!), 2);

  ask({ name: 'example.org' });
  respond({ name: 'example.org', answers: [a('victim.test', 9999), a('example.org')] });
  t.same(counts(sent[1]!), [1, 0, 0]);
});

t.test('malformed, foreign and forbidden queries end here', async (t) => {
  const { ask, asked, walk, endings } = bench();
  const raw = (octets: Uint8Array): { outcome: number; reply: Uint8Array } => {
    const query = queryOf(octets);
    return { outcome: walk.answer(query), reply: replyOf(query) };
  };

  t.equal(raw(wireMessage({}).slice(0, 11)).outcome, OUTCOME.dropped);
  t.equal(raw(wireMessage({ flags: 0x8180 })).outcome, OUTCOME.dropped);
  t.same([...raw(wireMessage({ flags: 5 << 11 })).reply], [0x12, 0x34, 0xa8, 0x04, 0, 0, 0, 0, 0, 0, 0, 0]);
  t.same([...raw(wireMessage({}).slice(0, 20)).reply], [0x12, 0x34, 0x81, 0x01, 0, 0, 0, 0, 0, 0, 0, 0]);
  const badvers = ask({ additional: [wireOpt([], { version: 1 })] }).reply;
  t.same([rcode(badvers), badvers[badvers.length - 6]], [0, 1], 'BADVERS is 16: 1 in OPT, 0 in the header');
  for (const [type, klass] of [
    [252, 1],
    [251, 1],
    [41, 1],
    [250, 1],
    [0, 1],
    [16, 3],
    [1, 255],
    [1, 0],
  ] as const)
    t.equal(rcode(ask({ type, class: klass }).reply), 5, `${type} ${klass}`);
  t.equal(asked.length, 0);
  t.equal(ask({ type: 255 }).outcome, OUTCOME.answered, 'ANY is answered here (RFC 8482)');
  t.equal(endings.filter((ending) => ending === 'refused').length, 8);
});

t.test('a client outside access.allow is refused, then met with silence', async (t) => {
  const { walk } = bench();
  let count = 0;
  const outcomes = Array.from({ length: 300 }, () => {
    const query = queryOf(wireMessage({}));
    query.address[12] = 198;
    query.address[15] = count++;
    return [walk.answer(query), rcode(replyOf(query).length > 0 ? replyOf(query) : new Uint8Array(4))];
  });

  t.equal(outcomes.filter(([outcome, code]) => outcome === OUTCOME.answered && code === 5).length, 100);
  t.equal(outcomes.filter(([outcome]) => outcome === OUTCOME.dropped).length, 200);
});

t.test('a client that asks too fast gets TC now and then, and its neighbours do not notice', async (t) => {
  const { ask, advance } = bench(WORDS, 10);
  const one = Array.from({ length: 12 }, () => ask({ name: 'evil.test' }));

  t.equal(
    one.filter(({ outcome, reply }) => outcome === OUTCOME.answered && (reply[2]! & 2) === 0).length,
    2,
    'the burst',
  );
  t.equal(
    one.filter(({ reply }) => reply.length > 0 && (reply[2]! & 2) !== 0).length,
    5,
    'TC for every other one',
  );
  t.equal(ask({ name: 'evil.test' }, 8).reply[2]! & 2, 0);
  advance(100);
  t.equal(ask({ name: 'evil.test' }).reply[2]! & 2, 0, 'a tenth of a second later there is one more');
});

t.test('one client cannot take every place there is to wait', async (t) => {
  const { ask, walk } = bench();
  const outcomes = Array.from({ length: 1500 }, (_, i) => ask({ name: `r${i}.test` }).outcome);

  t.equal(outcomes.filter((outcome) => outcome === OUTCOME.waiting).length, 1000);
  t.equal(walk.waiting, 1000);
  t.equal(ask({ name: 'other.test' }, 9).outcome, OUTCOME.waiting);
});

t.test('records of the configuration are answered here, other types of their names are NODATA', async (t) => {
  const { ask, asked, hits } = bench();

  t.same(
    [...ask({ name: 'NAS.home.arpa' }).reply.slice(-14)],
    [0, 1, 0, 1, 0, 0, 0, 120, 0, 4, 192, 0, 2, 5],
  );
  t.same(counts(ask({ name: 'nas.home.arpa', type: 28 }).reply), [0, 1, 0]);
  t.same([...ask({ name: 'a.b.dev.test' }).reply.slice(-4)], [192, 0, 2, 6], 'below a wildcard');
  t.equal(ask({ name: 'dev.test' }).outcome, OUTCOME.waiting, 'a wildcard does not cover its own name');
  t.same(
    [...ask({ name: 'mine.evil.test' }).reply.slice(-4)],
    [192, 0, 2, 8],
    'an own record goes before a list',
  );
  t.same(hits, []);
  t.equal(asked.length, 1);
});

t.test('special names stay here, and a listed one of them is still a hit', async (t) => {
  const { ask, asked, hits } = bench([...WORDS, { list: '3cx', names: ['c2.onion'] }]);

  t.same([...ask({ name: 'a.localhost' }).reply.slice(-4)], [127, 0, 0, 1]);
  for (const name of [
    'printer.local',
    'x.invalid',
    'y.onion',
    '1.0.0.10.in-addr.arpa',
    'use-application-dns.net',
    'mask.icloud.com',
  ])
    t.equal(rcode(ask({ name }).reply), 3, name);
  t.equal(asked.length, 0);
  t.equal(ask({ name: 'dc.corp.local' }).outcome, OUTCOME.waiting, 'a route goes before');
  t.equal(rcode(ask({ name: 'c2.onion' }).reply), 0);
  t.equal(hits.length, 1);
});

t.test('an alias of the configuration is followed, here or upstream', async (t) => {
  const { ask, respond, sent, told } = bench();

  const here = ask({ name: 'files.home.arpa' });
  t.equal(here.outcome, OUTCOME.answered);
  t.same(counts(here.reply), [2, 0, 0]);
  t.same([...here.reply.slice(-4)], [192, 0, 2, 5]);

  ask({ id: 99, name: 'web.home.arpa', additional: [wireOpt()] });
  respond({ name: 'www.example.org', answers: [a('www.example.org')], additional: [wireOpt()] });
  t.same(counts(sent[0]!), [2, 0, 1]);
  t.same([...sent[0]!.slice(0, 2)], [0, 99]);
  t.ok(Buffer.from(sent[0]!).includes('web'));

  t.same(counts(ask({ name: 'first.home.arpa' }).reply), [3, 0, 0], 'one alias leads to the next');
  const round = ask({ name: 'round.home.arpa' }).reply;
  t.equal(rcode(round), 2, 'a circle has an end');
  t.same(counts(round), [0, 0, 0]);
  t.same(
    told.map(({ name, ending }) => `${name} ${ending}`),
    ['files.home.arpa local', 'web.home.arpa forwarded', 'first.home.arpa local', 'round.home.arpa failed'],
    'told of is what the client asked for, once',
  );
});

t.test(
  'a NOTIFY is taken from whoever may ask, from strangers within the bound of refusals, and beyond it not at all',
  async (t) => {
    let taken = 0;
    const { ask } = walkBench({
      ofZones: () => {
        taken += 1;
        return OUTCOME.waiting;
      },
    });
    const notify = { name: 'zone.test', type: 6, flags: 0x2400 };
    t.equal(ask(notify).outcome, OUTCOME.waiting);
    const outcomes = Array.from(
      { length: 3000 },
      () => ask(notify, 9, TRANSPORT.udp, [198, 51, 100]).outcome,
    );
    t.ok(taken <= 101, `${taken} were taken`);
    t.ok(taken > 1, 'its primary may stand outside');
    t.equal(outcomes.at(-1), OUTCOME.dropped);
  },
);
