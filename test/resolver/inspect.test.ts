// What an answer leads to: every address and hint is checked against lists, private addresses stay out of public names.
import t from 'tap';
import { LedTo, wrappedIpv4 } from '../../src/resolver/inspect/led-to.ts';
import { FAILURE } from '../../src/upstream/exchange.ts';
import { OUTCOME } from '../../src/wire/message/query.ts';
import { groupOf } from '../support/group.ts';
import type { AddressWords, ListWords } from '../support/rule-set.ts';
import { a, type Bench, type BenchState, cname, counts, rcode, walkBench } from '../support/walk-bench.ts';
import { type RecordParts, wireMessage, wireName, wireOpt, wireRecord } from '../support/wire-message.ts';

const LISTS: ListWords[] = [
  { name: 'c2', alert: true },
  { name: 'trial', mode: 'monitor' },
  { name: 'ours', action: 'allow' },
];
const ADDRESSES: AddressWords[] = [
  { list: 'c2', networks: ['198.51.100.66', '203.0.113.0/24', '2001:db8:bad::/48'] },
  { list: 'trial', networks: ['198.51.100.0/24'] },
  { list: 'ours', networks: ['203.0.113.128/25', '10.1.1.0/24'] },
];

const bench = (said: Partial<BenchState> = {}): Bench =>
  walkBench({ lists: LISTS, addresses: ADDRESSES, ...said });
const octets = (text: string): number[] =>
  text.includes(':')
    ? text
        .replace('::', ':'.repeat(10 - text.split(':').length))
        .split(':')
        .flatMap((part) => [Number.parseInt(part || '0', 16) >> 8, Number.parseInt(part || '0', 16) & 0xff])
    : text.split('.').map(Number);
const address = (name: string, text: string, ttl = 300): RecordParts => ({
  name,
  type: text.includes(':') ? 28 : 1,
  ttl,
  rdata: octets(text),
});
const u16 = (value: number): number[] => [value >> 8, value & 0xff];
/** HTTPS with target and hints. */
const https = (name: string, target: string, hints: readonly string[], priority = 1): RecordParts => {
  const four = hints.filter((hint) => !hint.includes(':')).flatMap(octets);
  const six = hints.filter((hint) => hint.includes(':')).flatMap(octets);
  const parameter = (key: number, value: readonly number[]): number[] =>
    value.length === 0 ? [] : [...u16(key), ...u16(value.length), ...value];
  return {
    name,
    type: 65,
    rdata: [
      ...u16(priority),
      ...wireName(target),
      ...parameter(1, [2, 104, 50]),
      ...parameter(4, four),
      ...parameter(6, six),
    ],
  };
};

/** Asks, lets the upstream answer, and tells what the client was sent. */
function answered(own: Bench, name: string, type: number, answers: readonly RecordParts[]): Uint8Array {
  own.ask({ name, type, additional: [wireOpt()] });
  own.respond({ name, type, answers });
  return own.sent.at(-1)!;
}
const said = (message: Uint8Array): string => Buffer.from(message).toString('latin1');

t.test('a listed address sinkholes the whole answer, and via names it', async (t) => {
  const own = bench();

  const reply = answered(own, 'cdn.example', 1, [
    address('cdn.example', '192.0.2.1'),
    address('cdn.example', '198.51.100.66'),
  ]);
  t.same(counts(reply), [1, 0, 1]);
  t.match(said(reply), /list=c2 rule=198\.51\.100\.66$/);
  t.notMatch(said(reply), String.fromCharCode(192, 0, 2, 1), 'nothing of the answer goes out');
  t.match(
    said(answered(own, 'net.example', 1, [address('net.example', '203.0.113.9')])),
    /rule=203\.0\.113\.0\/24$/,
  );
  t.match(
    said(answered(own, 'six.example', 28, [address('six.example', '2001:db8:bad:0:0:0:0:7')])),
    /rule=2001:db8:bad:0:0:0:0:0\/48$/,
  );
  t.same(own.hits, [
    'sinkhole cdn.example 198.51.100.66/32 0',
    'sinkhole net.example 203.0.113.9/24 0',
    'sinkhole six.example 2001:db8:bad::7/48 0',
  ]);
});

t.test('an IPv4 address inside an IPv6 one is listed where that is listed', async (t) => {
  const own = bench();
  const inside = ['::ffff:c633:6442', '64:ff9b::c633:6442', '2002:c633:6442::1', '::c633:6442'];

  for (const [i, text] of inside.entries())
    answered(own, `n${i}.example`, 28, [address(`n${i}.example`, text)]);
  t.same(
    own.hits,
    inside.map((_, i) => `sinkhole n${i}.example 198.51.100.66/32 0`),
  );
});

t.test('the hints and targets of SVCB and HTTPS are checked, of aliases as of services', async (t) => {
  const own = bench({ words: [{ list: 'c2', names: ['evil.example'] }] });

  answered(own, 'h1.example', 65, [https('h1.example', '', ['192.0.2.1', '198.51.100.66'])]);
  answered(own, 'h2.example', 65, [https('h2.example', 'svc.example', ['2001:db8::1', '2001:db8:bad::1'])]);
  answered(own, 'h3.example', 65, [https('h3.example', 'a.evil.example', [])]);
  answered(own, 'h4.example', 65, [https('h4.example', 'a.evil.example', [], 0)]);
  const reply = answered(own, 'h5.example', 65, [https('h5.example', 'svc.example', ['192.0.2.1'])]);

  t.same(own.hits, [
    'sinkhole h1.example 198.51.100.66/32 0',
    'sinkhole h2.example 2001:db8:bad::1/128 0'.replace('/128', '/48'),
    'sinkhole h3.example a.evil.example 0',
    'sinkhole h4.example a.evil.example 0',
  ]);
  t.same(counts(reply), [1, 0, 1], 'one that leads nowhere bad passes');
});

t.test('an allowed address passes, and so does everything an allowed name leads to', async (t) => {
  const own = bench({ words: [{ list: 'ours', names: ['allowed.example'] }] });

  t.same(counts(answered(own, 'ok.example', 1, [address('ok.example', '203.0.113.200')])), [1, 0, 1]);
  t.same(
    counts(answered(own, 'allowed.example', 1, [address('allowed.example', '198.51.100.66')])),
    [1, 0, 1],
  );
  t.same(own.hits, []);
});

t.test(
  'an alias that leads to an allowed name passes with what stands there, as that name does when asked',
  async (t) => {
    const own = bench({
      words: [
        { list: 'ours', names: ['allowed.example'] },
        { list: 'c2', names: ['evil.example'] },
      ],
    });
    const listed = address('allowed.example', '198.51.100.66');

    t.same(
      counts(answered(own, 'to.example', 1, [cname('to.example', 'allowed.example'), listed])),
      [2, 0, 1],
    );
    t.same(own.hits, []);
    answered(own, 'by.example', 1, [
      cname('by.example', 'evil.example'),
      cname('evil.example', 'allowed.example'),
      listed,
    ]);
    t.same(own.hits, ['sinkhole by.example evil.example 0'], 'what stands before it counts');
  },
);

t.test('the last of sixteen aliases is judged like the first', async (t) => {
  const own = bench({ words: [{ list: 'c2', names: ['h16.example'] }] });
  const aliases = Array.from({ length: 16 }, (_, i) => cname(`h${i}.example`, `h${i + 1}.example`));

  answered(own, 'h0.example', 1, [...aliases, a('h16.example')]);

  t.same(own.hits, ['sinkhole h0.example h16.example 0']);
});

t.test('a list in monitor mode is told and hides nothing that is in force behind it', async (t) => {
  const own = bench({
    words: [
      { list: 'trial', names: ['hop.example'] },
      { list: 'c2', names: ['evil.example'] },
    ],
  });

  t.same(counts(answered(own, 'm1.example', 1, [address('m1.example', '198.51.100.9')])), [1, 0, 1]);
  answered(own, 'm2.example', 1, [
    address('m2.example', '198.51.100.9'),
    address('m2.example', '203.0.113.1'),
  ]);
  answered(own, 'm3.example', 1, [
    cname('m3.example', 'hop.example'),
    cname('hop.example', 'evil.example'),
    a('evil.example'),
  ]);
  t.same(
    counts(answered(own, 'm4.example', 1, [cname('m4.example', 'hop.example'), a('hop.example')])),
    [2, 0, 1],
  );
  t.same(own.hits, [
    'monitor m1.example 198.51.100.9/24 1',
    'sinkhole m2.example 203.0.113.1/24 0',
    'sinkhole m3.example evil.example 0',
    'monitor m4.example hop.example 1',
  ]);
});

t.test('what does not belong to the question is not what the answer leads to', async (t) => {
  const own = bench();

  const reply = answered(own, 'q.example', 1, [a('q.example'), address('victim.example', '198.51.100.66')]);
  t.same(counts(reply), [1, 0, 1]);
  t.same(own.hits, []);
});

t.test('a group may do without: then only the name asked for is checked', async (t) => {
  const lists = LISTS.map(({ name }) => name);
  const own = bench({ groups: [groupOf({ lists, inspect: false, rebinding: false })] });

  t.same(counts(answered(own, 'cdn.example', 1, [address('cdn.example', '198.51.100.66')])), [1, 0, 1]);
  t.same(counts(answered(own, 'in.example', 1, [address('in.example', '10.0.0.1')])), [1, 0, 1]);
  t.same(own.hits, []);
});

t.test('a public name with a private address gets NODATA that says why', async (t) => {
  const own = bench();
  const inside = [
    '10.0.0.1',
    '127.0.0.1',
    '192.168.1.1',
    '172.31.0.1',
    '169.254.1.1',
    '100.64.0.1',
    '0.0.0.0',
    '255.255.255.255',
  ];
  const inside6 = ['::', '::1', 'fe80::1', 'fd00::1', '::ffff:a00:1', '64:ff9b::a00:1', 'fec0::1'];

  for (const [i, text] of [...inside, ...inside6].entries()) {
    const name = `r${i}.example`;
    const reply = answered(own, name, text.includes(':') ? 28 : 1, [a(name), address(name, text)]);
    t.same(counts(reply), [0, 1, 1], text);
    t.equal(rcode(reply), 0);
    t.match(said(reply), /rebinding: a private address for a public name/);
  }
  const hint = answered(own, 'hint.example', 65, [https('hint.example', '', ['192.168.7.7'])]);
  t.same(counts(hint), [0, 1, 1]);
  own.ask({ name: 'along.example', type: 65 });
  own.respond({
    name: 'along.example',
    type: 65,
    answers: [https('along.example', 'svc.along.example', [])],
    additional: [wireRecord(address('svc.along.example', '10.0.0.1'))],
  });
  t.same(
    counts(own.sent.at(-1)!),
    [0, 1, 0],
    'the address of a service that comes along is where a browser goes',
  );
  own.ask({ name: 'ns.example', type: 2 });
  own.respond({
    name: 'ns.example',
    type: 2,
    answers: [{ name: 'ns.example', type: 2, rdata: wireName('a.ns.example') }],
    additional: [wireRecord(address('a.ns.example', '10.0.0.1'))],
  });
  t.same(
    counts(own.sent.at(-1)!),
    [1, 0, 1],
    'the address of a name server that comes along is none of the name',
  );
  own.endings.pop();
  t.same(own.hits, [], 'no list, no hit');
  t.same([...new Set(own.endings)], ['withheld']);
});

t.test('excepted, routed and never public names may have private addresses', async (t) => {
  const own = bench({
    except: ['plex.direct'],
    routes: [{ suffix: 'corp.example', upstreams: [] }],
  });
  const passes = (name: string, text = '10.0.0.1'): boolean =>
    counts(answered(own, name, 1, [address(name, text)]))[0] === 1;

  t.ok(passes('1-2-3-4.hash.plex.direct'));
  t.ok(passes('nas.corp.example'));
  t.ok(passes('nas.lan'));
  t.ok(passes('printer'), 'a single label');
  t.ok(passes('allowed.example', '10.1.1.5'), 'an address on an allow list');
  t.notOk(passes('notplex.direct'));
  t.notOk(passes('plex.direct.evil.example'));
  const alias = answered(own, 'evil.example', 1, [
    cname('evil.example', 'x.plex.direct'),
    address('x.plex.direct', '10.0.0.1'),
  ]);
  t.same(counts(alias), [0, 1, 1], 'an alias to an excepted name is no exception');
});

t.test('every record and every hint is looked at, however the message is made', async (t) => {
  const ledTo = new LedTo();
  const all = (records: readonly RecordParts[]): string[] => {
    const message = wireMessage({ name: 'x.example', answers: records });
    const found: string[] = [];
    for (ledTo.begin(message, message.length); ledTo.next(); )
      found.push([...message.subarray(ledTo.offset, ledTo.offset + ledTo.octets)].join('.'));
    return found;
  };

  t.same(all([]), []);
  t.same(
    all([
      a('a.example'),
      https('b.example', '', ['192.0.2.2', '192.0.2.3']),
      address('c.example', '192.0.2.4'),
    ]),
    ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4'],
  );
  t.equal(all([https('b.example', 'c.example', ['2001:db8::1', '192.0.2.2', '2001:db8::3'])]).length, 3);
  t.same(
    all([{ name: 'd.example', type: 65, rdata: [0, 1, 0, 0, 4, 0, 9, 1, 2] }]),
    [],
    'a parameter past the end',
  );
  t.same(
    all([{ name: 'd.example', type: 65, rdata: [0, 1, 0, 0, 4, 0, 3, 1, 2, 3] }]),
    [],
    'half an address',
  );
  t.equal(wrappedIpv4(Uint8Array.from(octets('2001:db8::1')), 0), -1);
  t.equal(wrappedIpv4(Uint8Array.from(octets('::1')), 0), -1);
});

t.test(
  'policy, cache and stale in every pair: what is listed now is never answered from what was kept',
  async (t) => {
    const chain = [cname('www.example', 'edge.example'), address('edge.example', '198.51.100.1', 60)];
    const listings: [string, Partial<BenchState>, string][] = [
      ['the name', { words: [{ list: 'c2', names: ['www.example'] }] }, '-'],
      ['a hop', { words: [{ list: 'c2', names: ['edge.example'] }] }, 'edge.example'],
      ['an address', { addresses: [{ list: 'c2', networks: ['198.51.100.1'] }] }, '198.51.100.1/32'],
    ];
    for (const [what, listing, via] of listings) {
      const own = bench({ addresses: [] });
      const reply = (): Uint8Array => own.ask({ name: 'www.example' }).reply;
      own.ask({ name: 'www.example' });
      own.respond({ name: 'www.example', answers: chain });
      t.same(counts(reply()), [2, 0, 0], `${what}: kept`);
      t.same(counts(reply()), [2, 0, 0], 'and known to be sound');

      own.use(listing);
      t.same([...reply().slice(-4)], [0, 0, 0, 0], `${what} is listed: blocked though kept`);
      t.same(own.hits, [`sinkhole www.example ${via} 0`]);
      own.use({ words: [], addresses: [] });
      t.same(counts(reply()), [2, 0, 0], 'taken off the list: answered at once, from what was kept');

      own.use(listing);
      own.advance(100_000);
      const { outcome } = own.ask({ name: 'www.example' });
      if (outcome === OUTCOME.waiting) own.fail(FAILURE.timeout);
      t.equal(own.endings.at(-1), 'sinkholed', `${what}: nor from what is stale`);
      own.use({ words: [], addresses: [] });
      const { outcome: late } = own.ask({ name: 'www.example' });
      if (late === OUTCOME.waiting) own.fail(FAILURE.timeout);
      t.equal(own.endings.at(-1), 'stale');

      // Listed while the stale answer is held and while a query waits.
      own.advance(100_000);
      own.ask({ name: 'www.example' });
      own.use(listing);
      own.respond({ name: 'www.example', answers: chain });
      t.equal(own.endings.at(-1), 'sinkholed', `${what}: nor from what was under way`);
    }
  },
);

t.test('what is sound for one group is not thereby sound for another', async (t) => {
  const any = groupOf({ lists: [] });
  const strict = groupOf({
    name: 'strict',
    lists: ['c2'],
    clients: [
      {
        kind: 'prefix',
        bytes: Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 192, 0, 2, 9]),
        bits: 128,
        text: '',
      },
    ],
  });
  const own = bench({ groups: [any, strict] });

  own.ask({ name: 'www.example' });
  own.respond({ name: 'www.example', answers: [address('www.example', '198.51.100.66')] });
  t.same(counts(own.ask({ name: 'www.example' }).reply), [1, 0, 0]);
  own.ask({ name: 'www.example' }, 9);
  t.same(
    own.hits,
    ['sinkhole www.example 198.51.100.66/32 0'],
    'the strict group is not served what passed for the other',
  );
  t.same(counts(own.ask({ name: 'www.example' }).reply), [1, 0, 0], 'and the other goes on');
  t.equal(own.asked.length, 0, 'all from one kept answer');
});

t.test(
  'groups with upstreams of their own share no answers, and new upstreams begin with none',
  async (t) => {
    const family = groupOf({
      name: 'kids',
      clients: [
        {
          kind: 'prefix',
          bytes: Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 192, 0, 2, 9]),
          bits: 128,
          text: '',
        },
      ],
      upstreams: [{ kind: 'udp', host: '192.0.2.53', port: 53, text: '192.0.2.53' }],
    });
    const own = bench({ groups: [groupOf(), family], firstView: 10 });

    own.ask({ name: 'www.example' });
    t.equal(own.asked.at(-1)?.view, 10);
    own.respond({ name: 'www.example', answers: [address('www.example', '198.51.100.1')] });
    own.ask({ name: 'www.example' }, 9);
    t.equal(own.asked.at(-1)?.view, 11, 'asked of its own upstreams, though another group has an answer');
    own.respond({ name: 'www.example', answers: [address('www.example', '198.51.100.2')] });
    t.equal(own.ask({ name: 'www.example' }).reply.at(-1), 1);
    t.equal(own.ask({ name: 'www.example' }, 9).reply.at(-1), 2);

    own.ask({ name: 'late.example' });
    own.use({ firstView: 12 });
    own.respond({ name: 'late.example', answers: [address('late.example', '198.51.100.1')] });
    own.ask({ name: 'late.example' });
    own.ask({ name: 'www.example' });
    t.same(
      own.asked.map(({ view }) => view),
      [12, 12],
      'nothing of the old ones is served, nor what came from them late',
    );
  },
);

t.test(
  "a zone's exception exempts from the zones behind it, not from addresses of those before it",
  async (t) => {
    const own = bench({
      lists: [
        { name: 'first', action: 'zone' },
        { name: 'second', action: 'zone' },
        { name: 'third', action: 'zone' },
        { name: 'c2', alert: true },
      ],
      words: [{ list: 'second', names: ['let.example'], rule: { action: 'allow' } }],
      addresses: [
        { list: 'first', networks: ['198.51.100.1'], rule: { action: 'nxdomain' } },
        { list: 'first', networks: ['198.51.100.0/28'], rule: { action: 'allow' } },
        { list: 'second', networks: ['198.51.100.0/24'], rule: { action: 'nxdomain' } },
        { list: 'third', networks: ['203.0.113.0/24'], rule: { action: 'nxdomain' } },
        { list: 'c2', networks: ['192.88.99.0/24'] },
      ],
    });
    const said = (name: string, answers: readonly RecordParts[]): number =>
      rcode(answered(own, name, 1, answers));
    const at = (text: string): number => said('let.example', [address('let.example', text)]);
    t.equal(at('198.51.100.1'), 3, 'of the first zone');
    own.advance(400_000);
    t.equal(at('198.51.100.2'), 0, 'an exception of the first zone');
    own.advance(400_000);
    t.equal(at('198.51.100.77'), 0, 'of its own zone');
    own.advance(400_000);
    t.equal(at('203.0.113.1'), 0, 'of the zone behind');
    own.advance(400_000);
    t.equal(at('192.88.99.1'), 0, 'of a list that is no zone');
    t.equal(
      said('cdn.example', [cname('cdn.example', 'let.example'), address('let.example', '198.51.100.1')]),
      3,
      'behind an alias that is let pass',
    );
    t.equal(own.ask({ name: 'let.example' }).reply.at(-1), 1, 'kept answers are judged the same way');
  },
);
