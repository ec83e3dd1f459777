// Questions that are answered here and never leave the machine.
//
// HOT.

import { STAGE } from '../../policy/rule-table.ts';
import { FLAG, HEADER_OCTETS, OFFSET, readU16, writeU16 } from '../../wire/header.ts';
import { appendAnswer, appendSoa, beginReply, replyLimit } from '../../wire/message/compose.ts';
import { appendOpt, OPT_OCTETS } from '../../wire/message/edns.ts';
import type { LeadAlias, Query } from '../../wire/message/query.ts';
import { PARSE, type Parse } from '../../wire/message/question.ts';
import { CLASS, RCODE, TYPE } from '../../wire/records/iana.ts';
import { isNotForwarded } from '../../wire/records/not-forwarded.ts';
import { type AccessAnswer, mayBeTold } from '../access.ts';
import type { LocalEntry } from './local-names.ts';

/** TTL of the answer to ANY (RFC 8482 §4.2 leaves it to us; a day spares the next one). */
const ANY_TTL_SECONDS = 86_400;
/** HINFO RDATA: CPU "RFC8482", OS "" (RFC 8482 §4.2). */
const ANY_RDATA = Uint8Array.of(7, 0x52, 0x46, 0x43, 0x38, 0x34, 0x38, 0x32, 0);
const NEGATIVE_TTL_SECONDS = 300;
/** RDATA of an empty zone's NS: the zone itself (RFC 6303 §3). */
const QNAME_POINTER = Uint8Array.of(0xc0, HEADER_OCTETS);
/** Name, fixed part and RDATA of the largest record that is written here, less its RDATA. */
const RECORD_FIXED_OCTETS = 12;

/** Whether it may be for those who serve zones or fetch them: a NOTIFY, or a question that a secondary asks. @param parse of `query` */
export function mayBeOfZone({ qtype, qclass }: Query, parse: Parse, access: AccessAnswer): boolean {
  if (parse !== PARSE.ok) return parse === PARSE.notimp && mayBeTold(access);
  return (
    mayBeTold(access) &&
    (qtype === TYPE.SOA || qtype === TYPE.AXFR || qtype === TYPE.IXFR) &&
    qclass === CLASS.IN
  );
}

/** Classes other than IN, zone transfers, and types that are no data: REFUSED, 0 octets to any upstream. */
export const isRefused = ({ qtype, qclass }: Query): boolean => isNotForwarded(qtype, qclass);

/** Answers ANY with HINFO. @returns the reply's length */
export function answerAny(query: Query): number {
  const question = beginReply(query, RCODE.NOERROR);
  const end = appendAnswer(query.reply, question, TYPE.HINFO, ANY_TTL_SECONDS, ANY_RDATA);
  return query.optOffset === 0 ? end : appendOpt(query.reply, end, query.dnssecOk, 0);
}

/**
 * Answers from what is known here: the records of QTYPE, an alias, NODATA, or NXDOMAIN.
 * @param offset octet of QNAME where the entry's own name begins
 * @returns the reply's length
 */
export function answerLocally(query: Query, entry: LocalEntry, offset: number): number {
  const { reply, qtype } = query;
  if (qtype === TYPE.ANY && entry.kind === 'records') return answerAny(query);
  const limit = replyLimit(query) - (query.optOffset === 0 ? 0 : OPT_OCTETS);
  const isApex = entry.kind === 'emptyZone' && offset === 0;
  const exists = isApex || entry.kind === 'records' || entry.kind === 'nodata';
  const question = beginReply(query, exists ? RCODE.NOERROR : RCODE.NXDOMAIN);
  let end = question;
  if (isApex && qtype === TYPE.SOA)
    end = appendSoa(reply, end, HEADER_OCTETS, NEGATIVE_TTL_SECONDS, OFFSET.ancount);
  if (isApex && qtype === TYPE.NS)
    end = appendAnswer(reply, end, TYPE.NS, NEGATIVE_TTL_SECONDS, QNAME_POINTER);
  if (entry.kind === 'records') {
    for (const { type, ttlSeconds, rdata } of entry.records) {
      if (type !== qtype && type !== TYPE.CNAME) continue;
      if (end + RECORD_FIXED_OCTETS + rdata.length > limit) {
        end = question;
        writeU16(reply, OFFSET.ancount, 0);
        writeU16(reply, OFFSET.flags, readU16(reply, OFFSET.flags) | FLAG.tc);
        break;
      }
      end = appendAnswer(reply, end, type, ttlSeconds, rdata);
    }
  }
  const truncated = (readU16(reply, OFFSET.flags) & FLAG.tc) !== 0;
  if (end === question && !truncated)
    end = appendSoa(reply, end, HEADER_OCTETS + offset, NEGATIVE_TTL_SECONDS);
  return query.optOffset === 0 ? end : appendOpt(reply, end, query.dnssecOk, 0);
}

/** The alias a local name has, null when it has none or the alias itself is asked for. */
export function aliasOf(query: Query, entry: LocalEntry): LeadAlias | null {
  if (entry.kind !== 'records' || query.qtype === TYPE.CNAME || query.qtype === TYPE.ANY) return null;
  for (const { type, ttlSeconds, rdata } of entry.records)
    if (type === TYPE.CNAME) return { target: rdata, ttlSeconds, stage: STAGE.asked, reason: null };
  return null;
}
