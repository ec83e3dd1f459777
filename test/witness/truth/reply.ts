// What a client reads in a reply, octet by octet, without cenote's own readers.
import { addressToText } from '../../../src/wire/names/address.ts';

/** In the words that cenote uses of it. */
export type Got =
  | 'data'
  | 'nodata'
  | 'nxdomain'
  | 'failed'
  | 'refused'
  | 'withheld'
  | 'blocked'
  | 'rewritten'
  | 'truncated';

export interface Read {
  readonly got: Got;
  readonly rcode: number;
  /** The list that the reply says decided it (EDE). */
  readonly list: string | null;
  /** Of A and AAAA records that answer. */
  readonly addresses: readonly string[];
}

/** Blocked, Censored, Filtered (RFC 8914); Forged Answer may stand beside one of them. */
const DENIED: readonly (number | null)[] = [15, 16, 17];
const FORGED = 4;
const MAPPED = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff] as const;

export function readReply(reply: Uint8Array, qtype: number): Read {
  const octets = Buffer.from(reply);
  const flags = octets.readUInt16BE(2);
  const rcode = flags & 15;
  const counts = [6, 8, 10].map((at) => octets.readUInt16BE(at));
  let at = skipName(octets, 12) + 4;
  let hasType = false;
  let code: number | null = null;
  let text = '';
  const addresses: string[] = [];
  counts.forEach((count, section) => {
    for (let i = 0; i < count; i += 1) {
      at = skipName(octets, at);
      const type = octets.readUInt16BE(at);
      const length = octets.readUInt16BE(at + 8);
      const rdata = at + 10;
      if (section === 0 && type === qtype) hasType = true;
      if (section === 0 && (type === 1 || type === 28)) {
        const address = new Uint8Array(16);
        address.set(type === 28 ? octets.subarray(rdata, rdata + 16) : MAPPED);
        if (type === 1) address.set(octets.subarray(rdata, rdata + 4), 12);
        addresses.push(addressToText(address));
      }
      if (type === 41)
        for (let option = rdata; option < rdata + length; option += 4 + octets.readUInt16BE(option + 2))
          if (octets.readUInt16BE(option) === 15) {
            const own = octets.readUInt16BE(option + 4);
            if (DENIED.includes(code) && !DENIED.includes(own)) continue;
            code = own;
            text = octets.toString('utf8', option + 6, option + 4 + octets.readUInt16BE(option + 2));
          }
      at = rdata + length;
    }
  });
  const list = /list=(\S+)/.exec(text)?.[1] ?? null;
  return { got: gotOf({ rcode, isCut: (flags & 0x200) !== 0, hasType, code, list }), rcode, list, addresses };
}

interface Facts {
  readonly rcode: number;
  readonly isCut: boolean;
  readonly hasType: boolean;
  readonly code: number | null;
  readonly list: string | null;
}

function gotOf({ rcode, isCut, hasType, code, list }: Facts): Got {
  if (DENIED.includes(code)) return list === null ? 'withheld' : 'blocked';
  if (code === FORGED) return 'rewritten';
  if (rcode === 3) return 'nxdomain';
  if (rcode !== 0) return 'failed';
  if (isCut) return 'truncated';
  return hasType ? 'data' : 'nodata';
}

function skipName(octets: Buffer, from: number): number {
  let at = from;
  for (;;) {
    const length = octets[at] ?? 0;
    if (length === 0) return at + 1;
    if (length >= 0xc0) return at + 2;
    at += length + 1;
  }
}
