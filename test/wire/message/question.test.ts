// readQuery takes what a stub resolver sends and names what is wrong with everything else.
import fc from 'fast-check';
import t from 'tap';
import { PARSE, readQuery } from '../../../src/wire/message/question.ts';
import { queryOf, wireMessage, wireName, wireOpt, wireOption } from '../../support/wire-message.ts';

const parse = (message: Uint8Array): number => readQuery(queryOf(message));
const patched = (message: Uint8Array, changes: Record<number, number>): Uint8Array => {
  const copy = message.slice();
  for (const [offset, octet] of Object.entries(changes)) copy[Number(offset)] = octet;
  return copy;
};

t.test('an ordinary query is read in place', async (t) => {
  const query = queryOf(
    wireMessage({
      name: 'wWw.ExAmple.org',
      type: 28,
      additional: [wireOpt([], { dnssecOk: true, size: 4096 })],
    }),
  );

  t.equal(readQuery(query), PARSE.ok);
  t.match(query, { id: 0x1234, qtype: 28, qclass: 1, udpSize: 4096, dnssecOk: true, ednsVersion: 0 });
  t.equal(query.qnameEnd, 12 + 'www.example.org'.length + 2);
  t.same([...query.qname.subarray(0, 17)], wireName('www.example.org'), 'QNAME folded to lower case');
});

t.test('a size below 512 counts as 512', async (t) => {
  const query = queryOf(wireMessage({ additional: [wireOpt([], { size: 100 })] }));
  readQuery(query);
  t.equal(query.udpSize, 512);
});

t.test('what has no header, or is a response, is ignored', async (t) => {
  for (let length = 0; length < 12; length += 1)
    t.equal(parse(wireMessage({}).slice(0, length)), PARSE.ignore);
  t.equal(parse(wireMessage({ flags: 0x8180 })), PARSE.ignore);
});

t.test('other opcodes are not implemented, whatever follows', async (t) => {
  for (const opcode of [1, 2, 3, 4, 5, 6, 15])
    t.equal(parse(wireMessage({ flags: opcode << 11 }).slice(0, 12)), PARSE.notimp);
});

t.test('counts that lie are malformed', async (t) => {
  const message = wireMessage({});
  for (const [what, changes] of [
    ['QDCOUNT 0', { 5: 0 }],
    ['QDCOUNT 2', { 5: 2 }],
    ['QDCOUNT 65535', { 4: 255, 5: 255 }],
    ['ANCOUNT 1', { 7: 1 }],
    ['NSCOUNT 65535', { 8: 255, 9: 255 }],
    ['ARCOUNT 1', { 11: 1 }],
    ['ARCOUNT 65535', { 10: 255, 11: 255 }],
  ] as const)
    t.equal(parse(patched(message, changes)), PARSE.formerr, what);
  for (let cut = 12; cut < message.length; cut += 1)
    t.equal(parse(message.slice(0, cut)), PARSE.formerr, `cut at ${cut}`);
});

t.test('a QNAME holds no pointer and no reserved label type', async (t) => {
  for (const octets of [
    [0xc0, 12],
    [0xc0, 0],
    [1, 0x61, 0xc0, 12],
    [0x40],
    [0x80, 0],
    [64, ...new Array(64).fill(97), 0],
  ])
    t.equal(
      parse(Uint8Array.from([0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...octets, 0, 1, 0, 1])),
      PARSE.formerr,
    );
});

t.test('octets after the last record are ignored', async (t) => {
  t.equal(parse(wireMessage({ tail: [1, 2, 3] })), PARSE.ok);
  t.equal(parse(wireMessage({ additional: [wireOpt()], tail: [9] })), PARSE.ok);
});

t.test('OPT comes once, owned by the root, its lengths true', async (t) => {
  t.equal(parse(wireMessage({ additional: [wireOpt(), wireOpt()] })), PARSE.formerr);
  t.equal(parse(wireMessage({ additional: [[1, 0x61, ...wireOpt()]] })), PARSE.formerr);
  t.equal(parse(wireMessage({ additional: [wireOpt(wireOption(65_001, [1, 2, 3]))] })), PARSE.ok);
  t.equal(
    parse(wireMessage({ additional: [wireOpt([0, 3, 0, 9, 1])] })),
    PARSE.formerr,
    'option longer than RDATA',
  );
  t.equal(parse(wireMessage({ additional: [wireOpt([0, 3, 0])] })), PARSE.formerr, 'half an option header');
  const many = (count: number): number[] =>
    Array.from({ length: count }, () => wireOption(65_001, [])).flat();
  t.equal(parse(wireMessage({ additional: [wireOpt(many(32))] })), PARSE.ok);
  t.equal(parse(wireMessage({ additional: [wireOpt(many(33))] })), PARSE.formerr);
});

t.test('another EDNS version is BADVERS, whatever its options', async (t) => {
  t.equal(parse(wireMessage({ additional: [wireOpt([], { version: 1 })] })), PARSE.badvers);
  t.equal(parse(wireMessage({ additional: [wireOpt([1], { version: 1 })] })), PARSE.badvers);
});

t.test('cookies and client subnets have their sizes', async (t) => {
  const cookie = (length: number): number =>
    parse(wireMessage({ additional: [wireOpt(wireOption(10, new Array(length).fill(7)))] }));
  for (const length of [8, 16, 40]) t.equal(cookie(length), PARSE.ok, `cookie of ${length}`);
  for (const length of [0, 1, 7, 9, 15, 41]) t.equal(cookie(length), PARSE.formerr, `cookie of ${length}`);
  const subnet = (...data: number[]): number =>
    parse(wireMessage({ additional: [wireOpt(wireOption(8, data))] }));
  t.equal(subnet(0, 1, 0, 0), PARSE.ok, '0.0.0.0/0');
  t.equal(subnet(0, 1, 24, 0, 192, 0, 2), PARSE.ok);
  t.equal(subnet(0, 2, 56, 0, 0x20, 1, 0xd, 0xb8, 0, 0, 0), PARSE.ok);
  t.equal(subnet(0, 1, 33, 0, 1, 2, 3, 4, 5), PARSE.formerr, 'prefix over 32');
  t.equal(subnet(0, 1, 33, 0, 1, 2, 3, 4, 0x80), PARSE.formerr, 'prefix over 32, well filled');
  t.equal(subnet(0, 3, 0, 0), PARSE.formerr, 'unknown family');
  t.equal(subnet(0, 1, 24, 24, 192, 0, 2), PARSE.formerr, 'scope in a query');
  t.equal(subnet(0, 1, 24, 0, 192, 0), PARSE.formerr, 'too few octets');
  t.equal(subnet(0, 1, 20, 0, 192, 0, 0x1f), PARSE.formerr, 'bits beyond the prefix');
});

t.test('noise never throws and never reads past the message', async (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (noise) => {
      const roomy = new Uint8Array(noise.length + 300).fill(0xc0);
      roomy.set(noise);
      const query = queryOf(roomy);
      query.messageLength = noise.length;
      const found = readQuery(query);
      return found >= 0 && found <= 4 && query.qnameEnd <= noise.length;
    }),
  );
  t.pass();
});
