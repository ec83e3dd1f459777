// Which records of a response belong to its question: each row adds one to a sound answer and says whether it stays.
import t from 'tap';
import { Chain } from '../../src/resolver/inspect/chain.ts';
import { scrub } from '../../src/resolver/inspect/scrub.ts';
import { readQuery } from '../../src/wire/message/question.ts';
import { readMessage } from '../support/read-message.ts';
import {
  queryOf,
  type RecordParts,
  wireMessage,
  wireName,
  wireOpt,
  wireRecord,
} from '../support/wire-message.ts';

type Section = 'answers' | 'authority' | 'additional';
interface Row {
  readonly section: Section;
  readonly record: RecordParts;
  readonly stays: boolean | 'with DO';
}

const ADDRESS = [192, 0, 2, 1];
const SOA = [...wireName('ns.bad.test'), ...wireName('a.bad.test'), ...new Array<number>(20).fill(0)];
/** Type covered, then algorithm to key tag, signer and signature, as far as anybody looks. */
const signatureOf = (type: number): number[] => [0, type, ...new Array<number>(16).fill(0), 0, 1];
const NSEC = [...wireName('z.sub.example.org'), 0, 1, 0x40];

const record = (name: string, type: number, rdata: readonly number[]): RecordParts => ({ name, type, rdata });

const ROWS: readonly Row[] = [
  { section: 'answers', record: record('www.sub.example.org', 1, ADDRESS), stays: true },
  { section: 'answers', record: record('www.sub.example.org', 16, [1, 65]), stays: false },
  { section: 'answers', record: record('bank.test', 1, ADDRESS), stays: false },
  { section: 'answers', record: { ...record('www.sub.example.org', 1, ADDRESS), class: 3 }, stays: false },
  { section: 'answers', record: record('www.sub.example.org', 46, signatureOf(1)), stays: 'with DO' },
  { section: 'answers', record: record('sub.example.org', 39, wireName('else.test')), stays: true },
  { section: 'answers', record: record('bank.test', 39, wireName('else.test')), stays: false },
  { section: 'authority', record: record('example.org', 2, wireName('ns.example.org')), stays: true },
  { section: 'authority', record: record('example.org', 6, SOA), stays: true },
  { section: 'authority', record: record('bank.test', 2, wireName('ns.bad.test')), stays: false },
  { section: 'authority', record: record('bank.test', 6, SOA), stays: false },
  { section: 'authority', record: record('sub.example.org', 1, ADDRESS), stays: false },
  { section: 'authority', record: record('sub.example.org', 16, [1, 65]), stays: false },
  { section: 'authority', record: record('www.sub.example.org', 47, NSEC), stays: 'with DO' },
  { section: 'additional', record: record('ns.example.org', 1, ADDRESS), stays: true },
  { section: 'additional', record: record('ns.example.org', 16, [1, 65]), stays: false },
  { section: 'additional', record: record('bank.test', 1, ADDRESS), stays: false },
];

/** What is left of the response, as octets. */
function cleaned({ section, record }: Row, dnssecOk: boolean): Buffer {
  const name = 'www.sub.example.org';
  const query = queryOf(wireMessage({ name, additional: [wireOpt([], { dnssecOk })] }));
  readQuery(query);
  const message = wireMessage({
    name,
    flags: 0x8180,
    answers: [{ name, type: 1, rdata: [192, 0, 2, 9] }, ...(section === 'answers' ? [record] : [])],
    authority: [
      { name: 'example.org', type: 2, rdata: wireName('ns.example.org') },
      ...(section === 'authority' ? [record] : []),
    ],
    additional: section === 'additional' ? [wireRecord(record)] : [],
  });
  const chain = new Chain();
  chain.follow(message, message.length, query.qname, query.qnameEnd - 12);
  const scratch = new Uint8Array(65_535);
  const length = scrub(query, message, message.length, chain, scratch);
  return Buffer.from(length === 0 ? message : scratch.slice(0, length));
}

for (const row of ROWS)
  t.test(
    `${row.record.name} CLASS${row.record.class ?? 1} TYPE${row.record.type} in ${row.section}`,
    async (t) => {
      const { section } = row;
      const count = (clean: Buffer): number =>
        clean.readUInt16BE(6) + clean.readUInt16BE(8) + clean.readUInt16BE(10);
      const sound = 2; // the answer and its zone's NS
      t.equal(count(cleaned(row, true)), sound + (row.stays === false ? 0 : 1), `${section}, DO set`);
      t.equal(count(cleaned(row, false)), sound + (row.stays === true ? 1 : 0), `${section}, DO not set`);
    },
  );

t.test('an alias of another class leads nowhere', async (t) => {
  const query = queryOf(wireMessage({ name: 'www.test' }));
  readQuery(query);
  const alias = { name: 'www.test', type: 5, rdata: wireName('else.test') };
  const follow = (record: RecordParts): number => {
    const message = wireMessage({ name: 'www.test', flags: 0x8180, answers: [record] });
    const chain = new Chain();
    chain.follow(message, message.length, query.qname, query.qnameEnd - 12);
    return chain.count;
  };
  t.equal(follow(alias), 2);
  t.equal(follow({ ...alias, class: 3 }), 1);
});

t.test(
  'work is linear in the octets of a response: each record is looked at a few times, however many there are',
  async (t) => {
    const query = queryOf(wireMessage({ name: 'www.example.org', type: 15 }));
    readQuery(query);
    const records = (count: number) => {
      const answers = Array.from({ length: count }, (_, i) =>
        record('www.example.org', 15, [0, 1, ...wireName(`m${i}.example.org`)]),
      );
      const additional = Array.from({ length: count }, (_, i) =>
        wireRecord(record(`m${i}.example.org`, 1, ADDRESS)),
      );
      return wireMessage({ name: 'www.example.org', type: 15, flags: 0x8180, answers, additional });
    };
    const response = records(700);
    const chain = new Chain();
    chain.follow(response, response.length, query.qname, query.qnameEnd - 12);
    const scratch = new Uint8Array(65_535);
    t.equal(scrub(query, response, response.length, chain, scratch), 0, 'all belong');

    let reads = 0;
    const watched = (message: Uint8Array): Uint8Array =>
      new Proxy(message, {
        get: (target, key) => {
          reads += 1;
          const value = Reflect.get(target, key, target);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
    const readsOf = (count: number): number => {
      const message = records(count);
      reads = 0;
      scrub(query, watched(message), message.length, chain, scratch);
      return reads;
    };
    const [few, many] = [readsOf(100), readsOf(400)];
    t.ok(many < 6 * few, `${few} reads for 100 records of each kind, ${many} for 400`);
  },
);

t.test('names that share suffixes are compressed as before, whatever their order', async (t) => {
  const query = queryOf(wireMessage({ name: 'www.sub.example.org' }));
  readQuery(query);
  const answers = [
    record('www.sub.example.org', 5, wireName('a.cdn.example.net')),
    record('bank.test', 1, ADDRESS),
    record('a.cdn.example.net', 5, wireName('b.a.cdn.example.net')),
    record('b.a.cdn.example.net', 1, ADDRESS),
  ];
  const response = wireMessage({ name: 'www.sub.example.org', flags: 0x8180, answers });
  const chain = new Chain();
  chain.follow(response, response.length, query.qname, query.qnameEnd - 12);
  const scratch = new Uint8Array(65_535);
  const length = scrub(query, response, response.length, chain, scratch);
  const text = Buffer.from(scratch.subarray(0, length));
  t.equal(scratch[7], 3, 'the foreign one is left out');
  const owner = Buffer.from(wireName('a.cdn.example.net')).subarray(0, -1);
  t.equal(text.indexOf(Buffer.from([0xc0, 12, 0, 5])), 37, 'QNAME is a pointer');
  t.equal(text.indexOf(Buffer.from([1, 98, 0xc0])) > 0, true, 'b. and a pointer to the owner before it');
  t.ok(text.includes(owner));
});

t.test(
  'answers stand in the order of their aliases: stub resolvers read on at each, and never back',
  async (t) => {
    const query = queryOf(wireMessage({ name: 'www.test' }));
    readQuery(query);
    const way = [
      record('www.test', 5, wireName('a.test')),
      record('a.test', 5, wireName('b.c.test')),
      record('c.test', 39, wireName('d.test')),
      record('b.c.test', 5, wireName('b.d.test')),
      record('b.d.test', 1, ADDRESS),
      record('b.d.test', 1, [192, 0, 2, 2]),
    ];
    const cleanedOf = (answers: readonly RecordParts[]) => {
      const message = wireMessage({ name: 'www.test', flags: 0x8180, answers });
      const chain = new Chain();
      chain.follow(message, message.length, query.qname, query.qnameEnd - 12);
      const scratch = new Uint8Array(65_535);
      const length = scrub(query, message, message.length, chain, scratch);
      return readMessage(length === 0 ? message : scratch.slice(0, length))!.answer.map(
        ({ name, data }) => `${name} ${data}`,
      );
    };
    const sorted = cleanedOf(way);
    t.equal(scrubbed(way), 0, 'what is in order goes as it is');
    for (const answers of [
      way.toReversed(),
      [4, 1, 5, 3, 2, 0].map((i) => way[i]!),
      [5, 4, 0, 1, 2, 3].map((i) => way[i]!),
    ]) {
      const names = cleanedOf(answers);
      t.same(
        names.map((text) => text.split(' ')[0]),
        [
          'www.test',
          'a.test',
          ...names.slice(2, 4).map((text) => text.split(' ')[0]),
          'b.d.test',
          'b.d.test',
        ],
      );
      t.same(names.toSorted(), sorted.toSorted(), 'nothing is lost');
    }

    function scrubbed(answers: readonly RecordParts[]): number {
      const message = wireMessage({ name: 'www.test', flags: 0x8180, answers });
      const chain = new Chain();
      chain.follow(message, message.length, query.qname, query.qnameEnd - 12);
      return scrub(query, message, message.length, chain, new Uint8Array(65_535));
    }
  },
);
