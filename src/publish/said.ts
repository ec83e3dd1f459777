// What a rule of ours is in the words of a policy zone (draft-vixie-dnsop-dns-rpz §3), and what such a record set means.
import { addressesOf, type Rule } from '../policy/rule.ts';
import { recordAddress } from '../wire/names/address.ts';
import { textToName } from '../wire/names/presentation.ts';
import { TYPE } from '../wire/records/iana.ts';
import type { RecordSet } from '../zone/outgoing/content.ts';

const TARGETS = {
  nxdomain: '.',
  nodata: '*',
  passthru: 'rpz-passthru',
  drop: 'rpz-drop',
  tcpOnly: 'rpz-tcp-only',
} as const;

const alias = (target: string): RecordSet => ({
  records: [{ type: TYPE.CNAME, rdata: textToName(target)! }],
});

const SAID = {
  nxdomain: alias(TARGETS.nxdomain),
  nodata: alias(TARGETS.nodata),
  passthru: alias(TARGETS.passthru),
  drop: alias(TARGETS.drop),
  tcpOnly: alias(TARGETS.tcpOnly),
} as const satisfies Record<string, RecordSet>;

/** A policy zone has no word for REFUSED: such a name does not exist. @returns null for what no zone can say */
export function saidOf(rule: Rule): RecordSet | null {
  if (rule.action === 'allow') return SAID.passthru;
  const { rewrite } = rule;
  if (rewrite === null) {
    if (rule.action === 'nodata') return SAID.nodata;
    if (rule.action === 'drop') return SAID.drop;
    return rule.action === 'tcp-only' ? SAID.tcpOnly : SAID.nxdomain;
  }
  if (rewrite.kind === 'rcode') return rewrite.rcode === 'nodata' ? SAID.nodata : SAID.nxdomain;
  if (rewrite.kind === 'cname') {
    // `rpz-…` is a word of policy zones, and would be read as one.
    const target = /(^|\.)rpz-[a-z-]+$/.test(rewrite.target) ? null : textToName(rewrite.target);
    return target === null || target.length <= 1 ? null : { records: [{ type: TYPE.CNAME, rdata: target }] };
  }
  const addresses = addressesOf(rewrite).flatMap((address) => {
    const rdata = recordAddress(address);
    return rdata === null ? [] : [{ type: rdata.length === 4 ? TYPE.A : TYPE.AAAA, rdata }];
  });
  const others = rewrite.kind === 'records' ? rewrite.records : [];
  const records = [
    ...addresses,
    ...others.map(({ type, rdata }) => ({ type, rdata: Uint8Array.from(Buffer.from(rdata, 'hex')) })),
  ];
  return records.length === 0 ? null : { records };
}

export type Meaning = 'block' | 'pass' | 'addresses' | 'other';

const BLOCKS = [SAID.nxdomain, SAID.nodata, SAID.drop].map(({ records }) => records[0]!.rdata);

/** What formats that know less than a policy zone need of it. */
export function meaningOf({ records }: RecordSet): Meaning {
  const [first] = records;
  if (first === undefined) return 'other';
  if (first.type === TYPE.CNAME) {
    if (BLOCKS.some((rdata) => Buffer.compare(rdata, first.rdata) === 0)) return 'block';
    return Buffer.compare(SAID.passthru.records[0]!.rdata, first.rdata) === 0 ? 'pass' : 'other';
  }
  return records.every(({ type }) => type === TYPE.A || type === TYPE.AAAA) ? 'addresses' : 'other';
}
