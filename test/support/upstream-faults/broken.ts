// Responses that are ours and unsound: counts, lengths and pointers that lie. None is relayed, none is kept.
import { concat, optOctets, u16 } from '../message.ts';
import type { Action } from '../upstream-server.ts';
import { crafted, type FaultRow, FORGED, line, octetsOf, recordOf, recordsStart } from './row.ts';

const address = [203, 0, 113, 66];
const pointer = (offset: number): number[] => u16(0xc000 | offset);
const answer = (...records: readonly Uint8Array[]): Action => ({
  make: (asked) => crafted(asked, [records.length, 0, 0], ...records),
});
/** One answer record built where it will stand. */
const placed = (build: (start: number, asked: Buffer) => Uint8Array, ancount = 1): Action => ({
  make: (asked) => crafted(asked, [ancount, 0, 0], build(recordsStart(asked), asked)),
});
const counted = (index: number, count: number): ((name: string) => Action) => {
  return (name) => ({
    counts: [null, null, null, null].map((_, i) => (i === index ? count : null)),
    answer: [`${name}. 300 A ${FORGED}`],
  });
};
/** RDATA starts 12 octets after a record whose owner is a pointer. */
const rdataAt = (start: number): number => start + 12;
const labels = (count: number): number[] => Array.from({ length: count }, () => [1, 0x61]).flat();
const [NS, CNAME, SOA, MX, TXT, AAAA, SRV, NAPTR, RRSIG, NSEC, HTTPS, CAA] = [2, 5, 6, 15, 16, 28, 33, 35, 46, 47, 65, 257] as const; // biome-ignore format: one table

const BROKEN: Readonly<Record<string, (name: string) => Action>> = {
  'ANCOUNT one too many': counted(1, 2),
  'ANCOUNT 65535': counted(1, 65_535),
  'NSCOUNT one too many': counted(2, 1),
  'ARCOUNT 65535': counted(3, 65_535),
  'the last octet cut off': (name) => ({ cut: 1, answer: [`${name}. 300 A ${FORGED}`] }),
  'RDATA cut off': (name) => ({ cut: 4, answer: [`${name}. 300 A ${FORGED}`] }),
  'cut inside an owner': (name) => ({ cut: 16, answer: [`${name}. 300 A ${FORGED}`] }),
  'an A of 3 octets': () => answer(recordOf(1, address.slice(1))),
  'an A of 5 octets': () => answer(recordOf(1, [...address, 0])),
  'an A of none': () => answer(recordOf(1, [])),
  'an AAAA of 15 octets': () => answer(recordOf(AAAA, new Array<number>(15).fill(1)), recordOf(1, address)),
  'RDLENGTH past the end': () => answer(recordOf(1, address, { length: 5 })),
  'RDLENGTH 65535': () => answer(recordOf(1, address, { length: 65_535 })),
  'RDLENGTH that swallows the next record': () =>
    answer(recordOf(1, address, { length: 20 }), recordOf(1, address)),
  'an owner that points at itself': () => placed((start) => recordOf(1, address, { owner: pointer(start) })),
  'an owner that points ahead': () => placed((start) => recordOf(1, address, { owner: pointer(start + 12) })),
  'an owner that points past the end': () => answer(recordOf(1, address, { owner: pointer(0x3fff) })),
  'an owner that points into the header': () => answer(recordOf(1, address, { owner: pointer(4) })),
  'an owner of label type 01': () => answer(recordOf(1, address, { owner: [0x41, 0x61, 0] })),
  'an owner of label type 10': () => answer(recordOf(1, address, { owner: [0x80, 0x61, 0] })),
  'an owner of 256 octets': () => answer(recordOf(1, address, { owner: [...labels(127), 1, 0x61, 0] })),
  'an owner over 255 octets by a pointer': () =>
    answer(recordOf(1, address, { owner: [...labels(120), ...pointer(12)] })),
  'a CNAME that points at itself': () => placed((start) => recordOf(CNAME, pointer(rdataAt(start)))),
  'a CNAME that points ahead': () => placed((start) => recordOf(CNAME, pointer(rdataAt(start) + 2))),
  'a CNAME that points past the end': () => answer(recordOf(CNAME, pointer(0x3ff0))),
  'a CNAME without its root': () => answer(recordOf(CNAME, [1, 0x61])),
  'a CNAME with octets behind it': () => answer(recordOf(CNAME, [...octetsOf('x.test'), 1])),
  'a CNAME of none': () => answer(recordOf(CNAME, [])),
  'two names that point at each other': () =>
    placed((start) => recordOf(CNAME, [1, 0x61, ...pointer(rdataAt(start))])),
  'an MX of 2 octets': () => answer(recordOf(MX, [0, 10])),
  'an MX that points ahead': () => placed((start) => recordOf(MX, [0, 10, ...pointer(rdataAt(start) + 4)])),
  'an SRV that points at itself': () =>
    placed((start) => recordOf(SRV, [0, 1, 0, 1, 0, 53, ...pointer(rdataAt(start) + 6)])),
  'a TXT string past its RDATA': () => answer(recordOf(TXT, [9, 0x61])),
  'an empty TXT': () => answer(recordOf(TXT, [])),
  'an HTTPS parameter past its RDATA': () => answer(recordOf(HTTPS, [0, 1, 0, 0, 1, 0, 9, 2])),
  'an HTTPS target that is compressed': () => answer(recordOf(HTTPS, [0, 1, ...pointer(12)])),
  'a NAPTR string past its RDATA': () => answer(recordOf(NAPTR, [0, 1, 0, 1, 1, 0x75, 200, 0x61, 0, 0])),
  'an RRSIG whose signer is compressed': () =>
    answer(
      recordOf(1, address),
      recordOf(RRSIG, [0, 1, ...new Array<number>(16).fill(0), ...pointer(12), 1]),
    ),
  'an RRSIG of 10 octets': () => answer(recordOf(1, address), recordOf(RRSIG, new Array<number>(10).fill(0))),
  'an NSEC whose name is cut': () => answer(recordOf(1, address), recordOf(NSEC, [9, 0x61])),
  'a CAA tag past its RDATA': () => answer(recordOf(CAA, [0, 9, 0x69])),
  'an authority SOA cut short': () => ({
    make: (asked) => crafted(asked, [0, 1, 0], recordOf(SOA, [0, 0, ...new Array<number>(19).fill(0)])),
  }),
  'an authority NS that points past the end': () => ({
    make: (asked) => crafted(asked, [1, 1, 0], recordOf(1, address), recordOf(NS, pointer(0x3ff0))),
  }),
  'two OPT records': () => ({
    make: (asked) => crafted(asked, [1, 0, 2], recordOf(1, address), optOctets({}), optOctets({})),
  }),
  'an OPT among the answers': () => ({
    make: (asked) => crafted(asked, [2, 0, 0], recordOf(1, address), optOctets({})),
  }),
  'an OPT with an owner': () => ({
    make: (asked) => crafted(asked, [1, 0, 1], recordOf(1, address), concat([1, 0x61], optOctets({}))),
  }),
  'an option longer than its OPT': () => ({
    make: (asked) =>
      crafted(
        asked,
        [1, 0, 1],
        recordOf(1, address),
        optOctets({}).subarray(0, 9),
        [0, 6, 0, 15, 0, 200, 0, 0],
      ),
  }),
  'half an option': () => ({
    make: (asked) =>
      crafted(asked, [1, 0, 1], recordOf(1, address), optOctets({}).subarray(0, 9), [0, 3, 0, 15, 0]),
  }),
  'names of which each is longer by a pointer': () => ({
    make: (asked) => {
      const records = Array.from({ length: 60 }, (_, i) =>
        recordOf(CNAME, [63, ...new Array<number>(63).fill(0x61 + (i % 26)), ...pointer(12)]),
      );
      return crafted(
        asked,
        [61, 0, 0],
        ...records,
        line(`x.test. 300 CNAME ${`${'y'.repeat(60)}.`.repeat(5)}`),
      );
    },
  }),
};

export const brokenRows: readonly FaultRow[] = Object.entries(BROKEN).flatMap(
  ([title, fault]): FaultRow[] => [
    { name: title, does: (name) => [fault(name)], expect: 'failed' },
    { name: `${title}, and a second upstream`, does: (name) => [fault(name)], second: true, expect: 'good' },
    {
      name: `${title} over UDP alone`,
      does: (name) => [{ ...fault(name), over: 'udp' }, { over: 'tcp' }],
      expect: 'good',
    },
  ],
);
