// Policy over what came back: every alias on the way and every service target is a name the client is led to.
import type { Policy } from '../../policy/decide.ts';
import { VERDICT, type Verdict } from '../../policy/verdict.ts';
import { OFFSET, readU16 } from '../../wire/header.ts';
import { TYPE } from '../../wire/iana.ts';
import { expandName, lowerName } from '../../wire/name.ts';
import type { Query } from '../../wire/query.ts';
import { nextRecord, RecordView } from '../../wire/records.ts';
import type { Chain } from './chain.ts';

const record = new RecordView();
/** The name that matched, lower-case wire form, after inspectAnswer has found one. */
export const via: Uint8Array = new Uint8Array(256);

/**
 * Decides the names of a response's chain and the targets of its SVCB and HTTPS records, nearest to QNAME first.
 * @returns true when one is blocked or monitored: `verdict` says how, `via` which
 */
export function inspectAnswer(
  query: Query,
  response: Uint8Array,
  length: number,
  chain: Chain,
  policy: Policy,
  verdict: Verdict,
): boolean {
  for (let i = 1; i < chain.count; i += 1) {
    if (!isListed(query, chain.names[i]!, chain.lengths[i]!, policy, verdict)) continue;
    via.set(chain.names[i]!.subarray(0, chain.lengths[i]!));
    return true;
  }
  if (query.qtype !== TYPE.HTTPS && query.qtype !== TYPE.SVCB) return false;
  let at = chain.lengths[0]! + 16;
  for (let left = readU16(response, OFFSET.ancount); left > 0; left -= 1) {
    at = nextRecord(response, at, length, record);
    if (at < 0) return false;
    if (record.type !== TYPE.HTTPS && record.type !== TYPE.SVCB) continue;
    const octets = expandName(response, record.rdata + 2, length, via);
    if (octets <= 1) continue; // "." is the owner itself
    lowerName(via, 0, octets, via);
    if (isListed(query, via, octets, policy, verdict)) return true;
  }
  return false;
}

function isListed(query: Query, name: Uint8Array, length: number, policy: Policy, verdict: Verdict): boolean {
  return policy.decide(name, length, query.qtype, query.clientGroup, query.address, verdict) !== VERDICT.pass;
}
