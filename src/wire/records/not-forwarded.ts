// Questions that no data are an answer to (RFC 6895 §3.1): classes other than IN, zone transfers, and types that stand for no record.
//
// HOT.
import { CLASS, TYPE } from './iana.ts';

export function isNotForwarded(qtype: number, qclass: number): boolean {
  if (qclass !== CLASS.IN) return true;
  switch (qtype) {
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
