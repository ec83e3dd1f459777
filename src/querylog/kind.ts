// What a query got, as one number: rows that are alike but for time, machine and name share it, and an office has a few dozen.
//
//   type 16 bits │ source 16 │ result 4 │ RCODE + 1, 0 without a reply: 8 │ answered from 3 │ transport 2 │ class 2
//
// `source` is the number of a list or of an upstream (tables of the log's file), 0 where neither had a part in it.

/** What answered: ANSWERED_FROM of events/query-record.ts, then a list, then nobody, of those who were asked. */
export const FROM = { local: 0, policy: 1, cache: 2, upstream: 3, stale: 4, list: 5, nobody: 6 } as const;

export interface Kind {
  readonly qtype: number;
  readonly source: number;
  /** RESULT of events/result.ts. */
  readonly result: number;
  /** −1: no reply. */
  readonly rcode: number;
  readonly from: number;
  readonly transport: number;
  readonly qclass: number;
}

const CLASSES = [1, 3, 4] as const; // IN, CH, HS; any other class is refused, and kept as "other"
const SOURCE_MAX = 0xffff;

export function kindNumber({ qtype, source, result, rcode, from, transport, qclass }: Kind): number {
  const low = (result << 15) | ((rcode + 1) << 7) | (from << 4) | (transport << 2) | classCode(qclass);
  return (qtype * 0x10000 + Math.min(source, SOURCE_MAX)) * 0x80000 + low;
}

export function kindOf(number: number): Kind {
  const low = number % 0x80000;
  const high = Math.floor(number / 0x80000);
  return {
    qtype: Math.floor(high / 0x10000),
    source: high % 0x10000,
    result: low >>> 15,
    rcode: ((low >>> 7) & 0xff) - 1,
    from: (low >>> 4) & 7,
    transport: (low >>> 2) & 3,
    qclass: CLASSES[low & 3] ?? 0,
  };
}

function classCode(qclass: number): number {
  const code = (CLASSES as readonly number[]).indexOf(qclass);
  return code < 0 ? 3 : code;
}

/** Of a kind's number; of one past 2^32 the low bits are its own. */
const fromOf = (number: number): number => (number >>> 4) & 7;

/** Of a kind's number: whether its rows have how long upstreams took. */
export function hasWait(number: number): boolean {
  const from = fromOf(number);
  return from === FROM.upstream || from === FROM.stale || from === FROM.nobody;
}

/** Of a kind's number: whether its rows have the rule that decided. */
export const hasRule = (number: number): boolean => fromOf(number) === FROM.list;
