// Questions that are answered here and never leave the machine.
//
// HOT.
import { appendAnswer, beginReply } from '../wire/compose.ts';
import { appendOpt } from '../wire/edns.ts';
import { CLASS, RCODE, TYPE } from '../wire/iana.ts';
import type { Query } from '../wire/query.ts';

/** TTL of the answer to ANY (RFC 8482 §4.2 leaves it to us; a day spares the next one). */
const ANY_TTL_SECONDS = 86_400;
/** HINFO RDATA: CPU "RFC8482", OS "" (RFC 8482 §4.2). */
const ANY_RDATA = Uint8Array.of(7, 0x52, 0x46, 0x43, 0x38, 0x34, 0x38, 0x32, 0);

/** Classes other than IN, zone transfers, and types that are no data: REFUSED, 0 octets to any upstream. */
export function isRefused(query: Query): boolean {
  if (query.qclass !== CLASS.IN) return true;
  switch (query.qtype) {
    case 0:
    case TYPE.OPT:
    case TYPE.TKEY:
    case TYPE.TSIG:
    case TYPE.IXFR:
    case TYPE.AXFR:
    case TYPE.MAILB:
    case TYPE.MAILA:
      return true;
    default:
      return false;
  }
}

/** @returns the reply's length, 0 when the question is not ours to answer */
export function localAnswer(query: Query): number {
  if (query.qtype !== TYPE.ANY) return 0;
  const question = beginReply(query, RCODE.NOERROR);
  const end = appendAnswer(query.reply, question, TYPE.HINFO, ANY_TTL_SECONDS, ANY_RDATA);
  return query.optOffset === 0 ? end : appendOpt(query.reply, end, query.dnssecOk, 0);
}
