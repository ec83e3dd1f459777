// Upstreams that lie, stutter or die: what the client of the real daemon gets to see of it.
import t from 'tap';
import { askUdp } from '../support/client.ts';
import { writeList } from '../support/configs.ts';
import { startDaemon } from '../support/daemon.ts';
import { daemonFolder } from '../support/daemon-folder.ts';
import { concat, query, response } from '../support/message.ts';
import { type ReadMessage, readMessage } from '../support/read-message.ts';
import { answerAll, type Script, startSimpleUpstream } from '../support/simple-upstream.ts';
import { freePort, until } from '../support/tool.ts';

const GOOD = '198.51.100.1';
const flip = (octets: Uint8Array, at: number, bits: number): Uint8Array => {
  const copy = Uint8Array.from(octets);
  copy[at] = (copy[at] ?? 0) ^ bits;
  return copy;
};
const chain = (from: string, to: string): string[] => [`${from} 60 CNAME ${to}`, `${to} 60 A 192.0.2.66`];

/** First label of the QNAME → what this upstream does. */
const FAULTS: Record<string, Script> = {
  wrongid: (asked) => flip(answerAll(asked, 'udp') ?? asked, 1, 1),
  noresponse: (asked) => flip(answerAll(asked, 'udp') ?? asked, 2, 0x80),
  wrongname: (asked) => flip(response(asked, { answer: ['x. 60 A 192.0.2.66'] }), 13, 1),
  garbage: () => Uint8Array.from([1, 2, 3]),
  empty: () => new Uint8Array(0),
  truncated: (asked, transport) =>
    transport === 'udp' ? response(asked, { flags: 0x0200 }) : answerAll(asked, transport),
  ttl: (asked) => response(asked, { answer: [`ttl.pass.example. 2147483647 A ${GOOD}`] }),
  toobit: (asked) => response(asked, { answer: [`toobit.pass.example. 4294967295 A ${GOOD}`] }),
  foreign: (asked) =>
    response(asked, {
      answer: [`foreign.pass.example. 60 A ${GOOD}`, 'bank.example. 9999 A 192.0.2.66'],
      additional: ['victim.example. 9999 A 192.0.2.66'],
    }),
  cname: (asked) => response(asked, { answer: chain('cname.pass.example.', 'deep.blocked.example.') }),
  loop: (asked) => response(asked, { answer: ['loop.pass.example. 60 CNAME loop.pass.example.'] }),
  counts: (asked) => concat((answerAll(asked, 'udp') ?? asked).subarray(0, 6), [0, 200], asked.subarray(8)),
  dead: () => null,
};

const script: Script = (asked, transport) => {
  const label = readMessage(asked)?.question?.name.split('.')[0]?.toLowerCase() ?? '';
  return (FAULTS[label] ?? answerAll)(asked, transport);
};

const directory = daemonFolder();
const liar = await startSimpleUpstream(script);
const honest = await startSimpleUpstream();
const list = writeList(directory, ['blocked.example']);
const daemon = await startDaemon({
  directory,
  config: {
    upstreams: {
      default: [liar.address],
      strategy: 'ordered',
      routes: {
        'two.example': [liar.address, honest.address],
        'gone.example': [`127.0.0.1:${await freePort()}`],
      },
    },
    lists: { block: { source: list, action: 'sinkhole', alert: false, subdomains: true } },
    groups: { default: { clients: ['any'], lists: ['block'] } },
  },
});
t.teardown(async () => {
  await daemon.stop();
  await Promise.all([liar.close(), honest.close()]);
});

async function ask(name: string, type = 'A'): Promise<ReadMessage | null> {
  const answer = await askUdp(daemon.server, query(name, type, { edns: {} }), 6000);
  return answer === null ? null : readMessage(answer);
}

const firstData = (message: ReadMessage | null): string | undefined => message?.answer[0]?.data;

t.test('a forged or broken response is never passed on', async (t) => {
  for (const fault of ['wrongid', 'noresponse', 'wrongname', 'garbage', 'empty', 'counts', 'loop']) {
    const message = await ask(`${fault}.pass.example`);
    t.equal(message?.rcode, 2, `${fault}: SERVFAIL`);
    t.same(message?.answer, [], `${fault}: no record of it`);
  }
});

t.test('the next upstream answers for one that is dead, lies or breaks off', async (t) => {
  for (const fault of ['dead', 'wrongid', 'garbage', 'counts'])
    t.equal(firstData(await ask(`${fault}.two.example`)), GOOD, fault);
});

t.test('a truncated response is asked again over TCP', async (t) => {
  t.equal(firstData(await ask('truncated.pass.example')), GOOD);
});

t.test('TTLs are bounded: too large is a day, the top bit set is 0 (RFC 2181 §8)', async (t) => {
  t.equal((await ask('ttl.pass.example'))?.answer[0]?.ttl, 86_400);
  t.equal((await ask('toobit.pass.example'))?.answer[0]?.ttl, 0);
});

t.test('records that nobody asked for do not come through', async (t) => {
  const message = await ask('foreign.pass.example');
  t.equal(firstData(message), GOOD);
  const owners = [...(message?.answer ?? []), ...(message?.additional ?? [])].map((record) => record.name);
  t.same(owners, ['foreign.pass.example']);
});

t.test('an alias of a listed name is blocked, and the hit says through what', async (t) => {
  t.equal(firstData(await ask('cname.pass.example')), '0.0.0.0');
  const hit = await until('the hit', () =>
    daemon.hits().find((line) => line.question.name === 'cname.pass.example'),
  );
  t.match(hit, { rule: 'blocked.example', via: 'deep.blocked.example' });
});

t.test('with no upstream at all the client hears SERVFAIL and why, and blocking goes on', async (t) => {
  for (const name of ['dead.pass.example', 'www.gone.example']) {
    const message = await ask(name);
    t.equal(message?.rcode, 2, name);
    const reasons = message?.edns?.options.filter(({ code }) => code === 15).map(({ data }) => data[1]) ?? [];
    t.ok(reasons.includes(22) || reasons.includes(23), `${name}: EDE 22 or 23`, { reasons });
  }
  t.equal(firstData(await ask('x.blocked.example')), '0.0.0.0');
});
