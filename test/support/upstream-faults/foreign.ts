// Sound responses that hold what was not asked for, lead in circles, or speak of times no cache should believe.
import type { Action } from '../upstream-server.ts';
import { type FaultRow, FORGED, GOOD, type Judge, LISTED, VICTIM } from './row.ts';

const good = (name: string): string => `${name}. 300 A ${GOOD}`;
const forged = `${VICTIM}. 9999 A ${FORGED}`;
const soa = (zone: string, ttl = 300): string =>
  `${zone}. ${ttl} SOA ns.${zone}. root.${zone}. 1 7200 3600 1209600 ${ttl}`;
const zoneOf = (name: string): string => name.split('.').slice(1).join('.');

const row = (
  name: string,
  does: (name: string) => Action,
  expect: FaultRow['expect'] = 'good',
): FaultRow => ({
  name,
  does: (qname) => [does(qname)],
  expect,
});

const foreignRows: readonly FaultRow[] = [
  row('a foreign record behind the answer', (name) => ({ answer: [good(name), forged] })),
  row('a foreign record before the answer', (name) => ({ answer: [forged, good(name)] })),
  row('fifty foreign records', (name) => ({ answer: [...new Array<string>(50).fill(forged), good(name)] })),
  row('a record of a sibling, and of the parent', (name) => ({
    answer: [good(name), `other.${zoneOf(name)}. 300 A ${FORGED}`, `${zoneOf(name)}. 300 A ${FORGED}`],
  })),
  row('a record below the name', (name) => ({ answer: [good(name), `x.${name}. 300 A ${FORGED}`] })),
  row('another type of the name', (name) => ({
    answer: [good(name), `${name}. 300 AAAA 2001:db8::66`, `${name}. 300 TXT "forged"`],
  })),
  row('another class of the name', (name) => ({ answer: [good(name), `${name}. 300 CH A ${FORGED}`] })),
  row('a signature that nobody asked for', (name) => ({
    answer: [good(name), `${name}. 300 RRSIG \\# 20 0001080200000000000000000000000000000000`],
  })),
  row('a CNAME of another name', (name) => ({
    answer: [good(name), `x.test. 300 CNAME ${VICTIM}.`, forged],
  })),
  row('a DNAME above another name', (name) => ({
    answer: [good(name), `bank.test. 300 DNAME ${zoneOf(name)}.`],
  })),
  row('a foreign authority', (name) => ({
    answer: [good(name)],
    authority: [`bank.test. 300 NS ${VICTIM}.`],
  })),
  row('a foreign authority with its address', (name) => ({
    answer: [good(name)],
    authority: [`bank.test. 300 NS ${VICTIM}.`],
    additional: [forged],
  })),
  row('a foreign SOA', (name) => ({ answer: [good(name)], authority: [soa('bank.test')] })),
  row('a foreign additional record', (name) => ({ answer: [good(name)], additional: [forged] })),
  row('foreign records in every section', (name) => ({
    answer: [forged, good(name)],
    authority: [soa('bank.test'), `bank.test. 300 NS ${VICTIM}.`],
    additional: [forged, `${VICTIM}. 9999 AAAA 2001:db8::66`],
    edns: {},
  })),
  row('a foreign record and octets of a type nobody knows', (name) => ({
    answer: [good(name), forged],
    authority: [soa(zoneOf(name)), 'bank.test. 9 TYPE65399 \\# 4 c00cc00c'],
  })),
  {
    name: 'an unknown type whose RDATA looks like a pointer stays as it is, foreign records beside it or not',
    type: 'TYPE65280',
    does: (name) => [{ answer: [forged, `${name}. 300 TYPE65280 \\# 6 c00c0161c00c`] }],
    expect: ({ message }) =>
      message.answer.length === 1 && message.answer[0]?.data === 'c00c0161c00c' ? null : 'RDATA was changed',
  },
];

/** Names of a chain: the question's, `hops` further ones, the last with the good address. */
function chain(
  name: string,
  hops: number,
  nameAt: (hop: number) => string = (hop) => `h${hop}.${name}`,
): string[] {
  const names = [name, ...Array.from({ length: hops }, (_, i) => nameAt(i + 1))];
  const aliases = names.slice(0, -1).map((from, i) => `${from}. 300 CNAME ${names[i + 1]}.`);
  return [...aliases, `${names.at(-1)}. 300 A ${GOOD}`];
}
const listedAt =
  (hop: number, name: string) =>
  (at: number): string =>
    at === hop ? `deep.${LISTED}` : `h${at}.${name}`;

const chainRows: readonly FaultRow[] = [
  ...[1, 8, 15, 16].map((hops) => row(`a chain of ${hops}`, (name) => ({ answer: chain(name, hops) }))),
  ...[17, 20, 60].map((hops) =>
    row(`a chain of ${hops}`, (name) => ({ answer: chain(name, hops) }), 'failed'),
  ),
  row('a chain of 16 from its end', (name) => ({ answer: chain(name, 16).reverse() })),
  row('a chain in mixed letters', (name) => ({
    answer: [`${name.toUpperCase()}. 300 CNAME End.${name}.`, `eND.${name}. 300 A ${GOOD}`],
  })),
  row('a chain with a foreign branch', (name) => ({
    answer: [...chain(name, 2), `b.${name}. 300 CNAME ${VICTIM}.`, forged],
  })),
  row('a loop of one', (name) => ({ answer: [`${name}. 300 CNAME ${name}.`] }), 'failed'),
  row(
    'a loop of one in other letters',
    (name) => ({ answer: [`${name}. 300 CNAME ${name.toUpperCase()}.`] }),
    'failed',
  ),
  row(
    'a loop of two, an address beside it',
    (name) => ({
      answer: [`${name}. 300 CNAME x.test.`, `x.test. 300 CNAME ${name}.`, `${name}. 300 A ${FORGED}`],
    }),
    'failed',
  ),
  row(
    'a loop of three further down',
    (name) => ({
      answer: [
        `${name}. 300 CNAME a.test.`,
        'a.test. 300 CNAME b.test.',
        'b.test. 300 CNAME c.test.',
        'c.test. 300 CNAME a.test.',
      ],
    }),
    'failed',
  ),
  ...[1, 15, 16].map((hop) =>
    row(
      `a listed name at hop ${hop} of 16`,
      (name) => ({ answer: chain(name, 16, listedAt(hop, name)) }),
      'blocked',
    ),
  ),
  ...[17, 20, 60].map((hops) =>
    row(
      `a listed name at hop 15 of ${hops}`,
      (name) => ({ answer: chain(name, hops, listedAt(15, name)) }),
      'blocked',
    ),
  ),
  row(
    'a listed name in a loop',
    (name) => ({ answer: [`${name}. 300 CNAME deep.${LISTED}.`, `deep.${LISTED}. 300 CNAME ${name}.`] }),
    'blocked',
  ),
  {
    ...row('a listed name as an HTTPS target', (name) => ({
      answer: [`${name}. 300 HTTPS 1 deep.${LISTED}.`],
    })),
    type: 'HTTPS',
    expect: ({ message }) =>
      message.answer.length === 0 && message.authority[0]?.type === 'SOA' ? null : 'not sinkholed',
  },
];

const ttlsAre =
  (...wanted: readonly number[]): Judge =>
  ({ message }) => {
    const ttls = [...message.answer, ...message.authority].map(({ ttl }) => ttl);
    return ttls.join() === wanted.join() ? null : `TTLs ${ttls.join()}`;
  };

const ttlRows: readonly FaultRow[] = [
  row('TTL 2147483647', (name) => ({ answer: [`${name}. 2147483647 A ${GOOD}`] }), ttlsAre(86_400)),
  row('TTL 4294967295', (name) => ({ answer: [`${name}. 4294967295 A ${GOOD}`] }), ttlsAre(0)),
  row('TTL 2147483648', (name) => ({ answer: [`${name}. 2147483648 A ${GOOD}`] }), ttlsAre(0)),
  row('TTL 0', (name) => ({ answer: [`${name}. 0 A ${GOOD}`] }), ttlsAre(0)),
  row('TTL 86401', (name) => ({ answer: [`${name}. 86401 A ${GOOD}`] }), ttlsAre(86_400)),
  row(
    'TTLs that differ within a set',
    (name) => ({ answer: [`${name}. 10 A ${GOOD}`, `${name}. 2147483647 A ${GOOD}`] }),
    ttlsAre(10, 86_400),
  ),
  row(
    'a SOA of TTL and MINIMUM 2147483647',
    (name) => ({ rcode: 'NXDOMAIN', authority: [soa(zoneOf(name), 2_147_483_647)] }),
    // As long as a negative answer may be kept by default.
    ttlsAre(3600),
  ),
];

const rcodeIs =
  (rcode: number, answers: number): Judge =>
  ({ message }) =>
    message.rcode === rcode && message.answer.length === answers
      ? null
      : `RCODE ${message.rcode}, ${message.answer.length} answers`;

const negativeRows: readonly FaultRow[] = [
  row('NXDOMAIN with an answer', (name) => ({ rcode: 'NXDOMAIN', answer: [good(name)] }), rcodeIs(3, 1)),
  row('NXDOMAIN with a foreign answer', () => ({ rcode: 'NXDOMAIN', answer: [forged] }), rcodeIs(3, 0)),
  row('NXDOMAIN behind a CNAME', (name) => ({ rcode: 'NXDOMAIN', answer: [`${name}. 300 CNAME none.test.`], authority: [soa('test')] }), rcodeIs(3, 1)), // biome-ignore format: a row
  row('NXDOMAIN without SOA', () => ({ rcode: 'NXDOMAIN', answer: [] }), rcodeIs(3, 0)),
  row('NOERROR and nothing', () => ({ answer: [] }), rcodeIs(0, 0)),
  row('NOERROR and a foreign SOA', () => ({ answer: [], authority: [soa('bank.test')] }), rcodeIs(0, 0)),
  {
    name: 'a referral up to the root, and a second upstream',
    does: () => [{ answer: [], authority: ['. 300 NS a.root.test.'], flags: -0x80 }],
    second: true,
    expect: 'good',
  },
];

export const soundRows: readonly FaultRow[] = [...foreignRows, ...chainRows, ...ttlRows, ...negativeRows];
