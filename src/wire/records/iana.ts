// IANA's DNS registries, as far as a filtering forwarder names them: number ↔ mnemonic.

export const TYPE = {
  A: 1,
  NS: 2,
  MD: 3,
  MF: 4,
  CNAME: 5,
  SOA: 6,
  MB: 7,
  MG: 8,
  MR: 9,
  NULL: 10,
  WKS: 11,
  PTR: 12,
  HINFO: 13,
  MINFO: 14,
  MX: 15,
  TXT: 16,
  RP: 17,
  AFSDB: 18,
  RT: 21,
  SIG: 24,
  KEY: 25,
  PX: 26,
  AAAA: 28,
  LOC: 29,
  NXT: 30,
  SRV: 33,
  NAPTR: 35,
  KX: 36,
  CERT: 37,
  DNAME: 39,
  OPT: 41,
  APL: 42,
  DS: 43,
  SSHFP: 44,
  IPSECKEY: 45,
  RRSIG: 46,
  NSEC: 47,
  DNSKEY: 48,
  DHCID: 49,
  NSEC3: 50,
  NSEC3PARAM: 51,
  TLSA: 52,
  SMIMEA: 53,
  HIP: 55,
  CDS: 59,
  CDNSKEY: 60,
  OPENPGPKEY: 61,
  CSYNC: 62,
  ZONEMD: 63,
  SVCB: 64,
  HTTPS: 65,
  SPF: 99,
  EUI48: 108,
  EUI64: 109,
  TKEY: 249,
  TSIG: 250,
  IXFR: 251,
  AXFR: 252,
  MAILB: 253,
  MAILA: 254,
  ANY: 255,
  URI: 256,
  CAA: 257,
  RESINFO: 261,
  DLV: 32769,
} as const;

/**
 * Types that a validating resolver asks for by itself while somebody looks a name up (RFC 4035 §4, RFC 5155, RFC 7344,
 * RFC 5074): such a question is no machine's asking.
 */
export function isAskedByValidators(type: number): boolean {
  switch (type) {
    case TYPE.DS:
    case TYPE.DNSKEY:
    case TYPE.RRSIG:
    case TYPE.NSEC:
    case TYPE.NSEC3:
    case TYPE.NSEC3PARAM:
    case TYPE.CDS:
    case TYPE.CDNSKEY:
    case TYPE.DLV:
      return true;
    default:
      return false;
  }
}

export const CLASS = { IN: 1, CH: 3, HS: 4, NONE: 254, ANY: 255 } as const;

export const OPCODE = { QUERY: 0, IQUERY: 1, STATUS: 2, NOTIFY: 4, UPDATE: 5, DSO: 6 } as const;

export const RCODE = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  YXDOMAIN: 6,
  YXRRSET: 7,
  NXRRSET: 8,
  NOTAUTH: 9,
  NOTZONE: 10,
  BADVERS: 16,
  BADCOOKIE: 23,
} as const;

/** EDNS option codes (RFC 6891 and successors). */
export const OPTION = {
  LLQ: 1,
  UL: 2,
  NSID: 3,
  ECS: 8,
  EXPIRE: 9,
  COOKIE: 10,
  KEEPALIVE: 11,
  PADDING: 12,
  CHAIN: 13,
  KEY_TAG: 14,
  EDE: 15,
  /** draft-ietf-dnsop-structured-dns-error: a client that reads I-JSON in EXTRA-TEXT. */
  STRUCTURED_ERROR: 26,
  /** For local use, as dnsmasq uses them: a client's MAC in octets, as text or base64, and an id of the site. */
  MAC: 65_001,
  CPE_MAC: 65_073,
  CPE_ID: 65_074,
} as const;

/** Extended DNS Error INFO-CODEs (RFC 8914 §4). */
export const EDE = {
  OTHER: 0,
  STALE_ANSWER: 3,
  FORGED_ANSWER: 4,
  BLOCKED: 15,
  CENSORED: 16,
  FILTERED: 17,
  PROHIBITED: 18,
  STALE_NXDOMAIN: 19,
  NOT_AUTHORITATIVE: 20,
  NOT_SUPPORTED: 21,
  NO_REACHABLE_AUTHORITY: 22,
  NETWORK_ERROR: 23,
  INVALID_DATA: 24,
} as const;

/** SvcParamKeys (RFC 9460 §14.3.2, RFC 9461, RFC 9540). */
export const SERVICE_KEY = {
  mandatory: 0,
  alpn: 1,
  'no-default-alpn': 2,
  port: 3,
  ipv4hint: 4,
  ech: 5,
  ipv6hint: 6,
  dohpath: 7,
  ohttp: 8,
} as const;

function namesByNumber(registry: Readonly<Record<string, number>>): ReadonlyMap<number, string> {
  return new Map(Object.entries(registry).map(([name, number]) => [number, name]));
}

const TYPE_NUMBERS: ReadonlyMap<string, number> = new Map(Object.entries(TYPE));
const TYPE_NAMES = namesByNumber(TYPE);
const CLASS_NAMES = namesByNumber(CLASS);
const RCODE_NAMES = namesByNumber(RCODE);

function generic(text: string, prefix: string): number | null {
  const match = text.startsWith(prefix) ? /^\d{1,5}$/.exec(text.slice(prefix.length)) : null;
  if (match === null) return null;
  const number = Number(match[0]);
  return number <= 65_535 ? number : null;
}

/** Mnemonic of a TYPE, or `TYPEnnn` (RFC 3597 §5). */
export function typeToText(type: number): string {
  return TYPE_NAMES.get(type) ?? `TYPE${type}`;
}

/** Number of a TYPE mnemonic or `TYPEnnn`, in any letter case; null when there is no such type. */
export function textToType(text: string): number | null {
  const upper = text.toUpperCase();
  return TYPE_NUMBERS.get(upper) ?? generic(upper, 'TYPE');
}

/** Mnemonic of a CLASS, or `CLASSnnn` (RFC 3597 §5). */
export function classToText(number: number): string {
  return CLASS_NAMES.get(number) ?? `CLASS${number}`;
}

/** Mnemonic of an RCODE (extended ones included), or `RCODEnnn`. */
export function rcodeToText(rcode: number): string {
  return RCODE_NAMES.get(rcode) ?? `RCODE${rcode}`;
}
