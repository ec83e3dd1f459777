// What a client gets of an upstream's response: its own ID, case and size, nothing that does not belong to its question.
import t from 'tap';
import { finishReply } from '../../src/resolver/finish.ts';
import { CHAIN, Chain } from '../../src/resolver/inspect/chain.ts';
import { scrub } from '../../src/resolver/inspect/scrub.ts';
import { buildOutgoing } from '../../src/resolver/outgoing.ts';
import { findOpt } from '../../src/wire/message/edns.ts';
import type { Query } from '../../src/wire/message/query.ts';
import { TRANSPORT } from '../../src/wire/message/query.ts';
import { readQuery } from '../../src/wire/message/question.ts';
import { verifiedLength } from '../../src/wire/message/verify.ts';
import { ageTtls, smallestTtl } from '../../src/wire/records/ttl.ts';
import {
  type MessageParts,
  queryOf,
  type RecordParts,
  wireMessage,
  wireName,
  wireOpt,
  wireOption,
} from '../support/wire-message.ts';

const a = (name: string, last = 1, ttl = 300): RecordParts => ({
  name,
  type: 1,
  ttl,
  rdata: [192, 0, 2, last],
});
const cname = (name: string, target: string, ttl = 300): RecordParts => ({
  name,
  type: 5,
  ttl,
  rdata: wireName(target),
});
const response = (parts: MessageParts): Uint8Array => wireMessage({ flags: 0x8180, id: 0, ...parts });
const counts = (message: Uint8Array): number[] =>
  [6, 8, 10].map((at) => (message[at]! << 8) | message[at + 1]!);

function asked(parts: MessageParts = {}): Query {
  const query = queryOf(wireMessage(parts), 65_535);
  readQuery(query);
  return query;
}

function chainOf(query: Query, message: Uint8Array): { chain: Chain; state: number } {
  const chain = new Chain();
  return { chain, state: chain.follow(message, message.length, query.qname, query.qnameEnd - 12) };
}

function cleaned(query: Query, message: Uint8Array): Uint8Array {
  const scratch = new Uint8Array(65_535);
  const length = scrub(query, message, message.length, chainOf(query, message).chain, scratch);
  return length === 0 ? message : scratch.slice(0, length);
}

t.test('what an authority says upstream is not said here with authority', async (t) => {
  const query = asked({ name: 'example.org', flags: 0x0100 });
  const message = response({ flags: 0x8580, name: 'example.org', answers: [a('example.org')] });
  finishReply(query, message, message.length, -1);
  t.same([...query.reply.slice(2, 4)], [0x81, 0x80], 'QR, RD, RA; AA=0');
});

t.test(
  'the client gets its own ID, its own letter case and the upstream records octet for octet',
  async (t) => {
    const query = asked({ id: 0xbeef, name: 'eXample.org', flags: 0x0110 });
    const message = response({ name: 'example.org', answers: [a('example.org')] });

    const length = finishReply(query, message, message.length, -1);

    t.equal(length, message.length);
    t.same([...query.reply.slice(0, 2)], [0xbe, 0xef]);
    t.equal(Buffer.from(query.reply.slice(13, 20)).toString(), 'eXample');
    t.same(query.reply.slice(29, length), message.slice(29));
    t.equal(query.reply[3]! & 0x10, 0x10, 'CD as the client set it');
  },
);

t.test('OPT goes only to clients that speak EDNS, options of one hop to nobody', async (t) => {
  const opt = wireOpt(
    [
      ...wireOption(15, [0, 3]),
      ...wireOption(10, [1, 2, 3, 4, 5, 6, 7, 8]),
      ...wireOption(11, [0, 9]), // keepalive
      ...wireOption(12, [0, 0]), // padding
      ...wireOption(3, [0x78]), // NSID
      ...wireOption(8, [0, 1, 24, 24, 192, 0, 2]), // client subnet
      ...wireOption(65_001, [9]),
      ...wireOption(65_534, [9]),
      ...wireOption(100, [9]),
    ],
    { size: 4096 },
  );
  const message = response({ answers: [a('example.org')], additional: [opt] });
  const plain = asked();
  const edns = asked({ additional: [wireOpt()] });

  t.equal(finishReply(plain, message, message.length, -1), message.length - opt.length);
  t.same(counts(plain.reply), [1, 0, 0]);

  const length = finishReply(edns, message, message.length, -1);
  t.same(counts(edns.reply), [1, 0, 1]);
  t.same(
    edns.reply.slice(findOpt(edns.reply, length), length),
    Uint8Array.from(wireOpt([...wireOption(15, [0, 3]), ...wireOption(100, [9])], { size: 1232 })),
  );
});

t.test('AD goes only to those who set AD or DO', async (t) => {
  const message = response({ flags: 0x81a0, answers: [a('example.org')] });
  const ad = (query: Query): number => {
    finishReply(query, message, message.length, -1);
    return query.reply[3]! & 0x20;
  };

  t.equal(ad(asked()), 0);
  t.equal(ad(asked({ flags: 0x0120 })), 0x20);
  t.equal(ad(asked({ additional: [wireOpt([], { dnssecOk: true })] })), 0x20);
});

t.test('what does not fit is truncated; additional data alone is left off without TC', async (t) => {
  const many = Array.from({ length: 60 }, (_, i) => a('example.org', i));
  const big = response({ answers: many });
  const udp = asked();
  const tcp = asked();
  tcp.transport = TRANSPORT.tcp;

  t.equal(finishReply(udp, big, big.length, -1), 29);
  t.equal(udp.reply[2]! & 2, 2, 'TC');
  t.same(counts(udp.reply), [0, 0, 0]);
  t.equal(finishReply(tcp, big, big.length, -1), big.length);

  const most = response({ answers: many.concat(many) });
  const large = asked({ additional: [wireOpt([], { size: 4096 })] });
  t.ok(most.length > 1232 && most.length < 4096);
  t.ok(
    finishReply(large, most, most.length, -1) <= 1232,
    'more than we send over UDP, whatever a client takes',
  );
  t.equal(large.reply[2]! & 2, 2, 'TC');

  const extras = Array.from({ length: 30 }, (_, i) => [
    ...wireName('ns.example.org'),
    0,
    1,
    0,
    1,
    0,
    0,
    1,
    44,
    0,
    4,
    192,
    0,
    2,
    i,
  ]);
  const roomy = response({ answers: [a('example.org')], additional: extras });
  const small = asked();
  t.ok(finishReply(small, roomy, roomy.length, -1) < 100);
  t.equal(small.reply[2]! & 2, 0, 'no TC');
  t.same(counts(small.reply), [1, 0, 0]);
});

t.test('a response that fits by itself but not with our OPT is truncated', async (t) => {
  for (let octets = 1; octets <= 40; octets += 1) {
    const name = `${'x'.repeat(octets)}.test`;
    const message = response({ name, answers: Array.from({ length: 9 }, (_, i) => a(name, i)) });
    const query = asked({ name, additional: [wireOpt([], { size: 512 })] });

    const length = finishReply(query, message, message.length, -1);

    t.ok(length <= 512, `${message.length} octets`);
    t.equal((query.reply[2]! & 2) !== 0, message.length + 11 > 512, 'TC');
  }
});

t.test('the outgoing query holds nothing the check did not see, and no option of the client', async (t) => {
  const outgoing = new Uint8Array(4096);
  const query = asked({
    flags: 0x0170,
    additional: [
      wireOpt(
        [10, 3, 8, 65_001, 65_073, 65_074, 100].flatMap((code) => wireOption(code, new Array(8).fill(1))),
        {
          size: 512,
          dnssecOk: true,
        },
      ),
    ],
    tail: [1, 2, 3],
  });

  const length = buildOutgoing(query, outgoing);

  t.same(
    outgoing.slice(0, length),
    wireMessage({ id: 0, flags: 0x0130, additional: [wireOpt([], { dnssecOk: true })] }),
  );
});

t.test('aliases are followed to the end, loops and long chains are found', async (t) => {
  const query = asked();
  const hops = (count: number): RecordParts[] =>
    Array.from({ length: count }, (_, i) => cname(i === 0 ? 'example.org' : `h${i}.test`, `H${i + 1}.test`));

  const sound = chainOf(query, response({ answers: [...hops(3).reverse(), a('h3.test')] }));
  t.equal(sound.state, CHAIN.sound);
  t.equal(sound.chain.count, 4, 'whatever the order of the records');
  t.equal(chainOf(query, response({ answers: hops(16) })).state, CHAIN.sound);
  t.equal(chainOf(query, response({ answers: hops(17) })).state, CHAIN.tooLong);
  t.equal(
    chainOf(query, response({ answers: [cname('example.org', 'a.test'), cname('a.test', 'EXAMPLE.org')] }))
      .state,
    CHAIN.loop,
  );
});

t.test('records of other names and kinds are left out, in every section', async (t) => {
  const query = asked();
  const victim = a('victim.test', 66, 9999);
  const soa: RecordParts = {
    name: 'org',
    type: 6,
    rdata: [...wireName('m.org'), ...wireName('r.org'), ...new Array(20).fill(0)],
  };
  const message = response({
    answers: [
      victim,
      cname('example.org', 'www.example.net'),
      a('www.example.net'),
      { ...a('example.org'), type: 99, rdata: [0] },
    ],
    authority: [{ name: 'victim.test', type: 2, rdata: wireName('ns.evil.test') }, soa],
    additional: [[...wireName('ns.evil.test'), 0, 1, 0, 1, 0, 0, 1, 44, 0, 4, 192, 0, 2, 9], wireOpt()],
  });

  const clean = cleaned(query, message);

  t.same(counts(clean), [2, 1, 1]);
  t.ok(verifiedLength(clean, clean.length) === clean.length, 'what is written anew is a sound message');
  t.notOk(Buffer.from(clean).includes('victim'));
  t.notOk(Buffer.from(clean).includes('evil'));
});

t.test('a response in order is not touched', async (t) => {
  const query = asked({ name: 'example.org', type: 15 });
  const message = response({
    name: 'example.org',
    type: 15,
    answers: [{ name: 'example.org', type: 15, rdata: [0, 10, ...wireName('mx.example.org')] }],
    additional: [[...wireName('mx.example.org'), 0, 1, 0, 1, 0, 0, 1, 44, 0, 4, 192, 0, 2, 9]],
  });
  t.equal(cleaned(query, message), message);
});

t.test('a DNAME above the question and the alias made from it belong together', async (t) => {
  const query = asked({ name: 'a.example.org' });
  const dname: RecordParts = { name: 'example.org', type: 39, rdata: wireName('example.net') };
  const message = response({
    name: 'a.example.org',
    answers: [dname, cname('a.example.org', 'a.example.net'), a('a.example.net')],
  });
  t.equal(cleaned(query, message), message);
});

t.test('counts and lengths that lie make a response unsound', async (t) => {
  const sound = response({ answers: [a('example.org')] });
  const lied = sound.slice();
  lied[7] = 2;
  const verified = (message: Uint8Array): number => verifiedLength(message, message.length);
  t.equal(verified(sound), sound.length);
  t.equal(verified(lied), 0);
  t.equal(
    verified(response({ answers: [{ name: 'example.org', type: 1, rdata: [1, 2, 3] }] })),
    0,
    'an A of 3 octets',
  );
  t.equal(
    verified(response({ answers: [{ ...cname('example.org', 'a.test'), rdata: [1, 0x61] }] })),
    0,
    'half a name',
  );
  const padded = response({ answers: [a('example.org')], tail: [1, 2, 3] });
  t.equal(verified(padded), padded.length - 3, 'what comes after is not part of it');
});

t.test('TTLs count down, a top bit counts as 0, OPT keeps its flags', async (t) => {
  const message = response({
    answers: [a('example.org', 1, 100), a('example.org', 2, 0xffff_ffff)],
    additional: [wireOpt([], { dnssecOk: true })],
  });
  t.equal(smallestTtl(message, message.length), 0);

  ageTtls(message, message.length, 40, 0, 86_400);

  t.same(message.slice(message.length - 11), Uint8Array.from(wireOpt([], { dnssecOk: true })));
  const view = new DataView(message.buffer);
  t.equal(view.getUint32(29 + 13 + 4), 60);
  t.equal(view.getUint32(29 + 27 + 13 + 4), 0);
});
