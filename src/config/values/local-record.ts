// A local record: `NAME [TTL] [IN] TYPE DATA`, as in a zone file.

import { writtenName } from '../../wire/names/presentation.ts';
import { TYPE, textToType } from '../../wire/records/iana.ts';
import { rdataOf } from '../../wire/records/rdata-from-text.ts';
import { wordsOf } from '../../wire/records/words.ts';
import { parseDuration, type Seconds } from './amounts.ts';
import { bad, good, type Parsed, quote } from './parsed.ts';

export interface LocalRecord {
  /** Lower-case wire form. */
  readonly name: Uint8Array;
  readonly type: number;
  readonly ttlSeconds: Seconds;
  readonly rdata: Uint8Array;
}

const TTL_SECONDS = 300;
/** How data of a type are written. */
const FORMS: Readonly<Record<string, string>> = {
  A: 'A 192.0.2.5',
  AAAA: 'AAAA 2001:db8::5',
  CNAME: 'CNAME nas.home.arpa',
  PTR: 'PTR nas.home.arpa',
  TXT: 'TXT "at most 255 octets" "and more of them"',
  SRV: 'SRV 0 5 5060 sip.home.arpa',
  MX: 'MX 10 mail.home.arpa',
  NS: 'NS ns.home.arpa',
  CAA: 'CAA 0 issue "ca.example"',
  SVCB: 'SVCB 1 dns.home.arpa alpn=dot port=853',
  HTTPS: 'HTTPS 1 . alpn=h2,h3 ipv4hint=192.0.2.5',
};
const GENERIC = '\\# 4 c0000205';
const TYPES = `${Object.keys(FORMS).join(', ')}, or any other with its data as \`${GENERIC}\` (RFC 3597)`;
const EXAMPLE = 'write e.g. `nas.home.arpa A 192.0.2.5` or `nas.home.arpa 1h TXT "the big one"`';

function ttlOf(word: string): number | null {
  if (/^\d{1,9}$/.test(word)) return Number(word);
  const parsed = /^\d/.test(word) ? parseDuration(word) : null;
  return parsed?.ok === true ? Math.floor(parsed.value / 1000) : null;
}

/** TTL and class, in either order, before the type (RFC 1035 §5.1). */
function beforeType(words: readonly string[]): { readonly ttl: number | null; readonly count: number } {
  const [first = '', second = ''] = words;
  if (isClass(first)) {
    const ttl = ttlOf(second);
    return { ttl, count: ttl === null ? 1 : 2 };
  }
  const ttl = ttlOf(first);
  if (ttl === null) return { ttl, count: 0 };
  return { ttl, count: isClass(second) ? 2 : 1 };
}

const isClass = (word: string): boolean => word.toUpperCase() === 'IN';

export function parseLocalRecord(text: string): Parsed<LocalRecord> {
  const words = wordsOf(text);
  if (words === null) return bad(`the quotes in ${quote(text)} do not match`, EXAMPLE);
  const [nameText = '', ...rest] = words;
  const name = writtenName(nameText.toLowerCase());
  if (name === null || name.length <= 1) return bad(`${quote(nameText)} is not a name`, EXAMPLE);
  const { ttl, count } = beforeType(rest);
  const [typeText = '', ...data] = rest.slice(count);
  const type = textToType(typeText);
  if (type === null) return bad(`${quote(typeText)} is not a record type`, `one of ${TYPES}`);
  const rdata = rdataOf(type, data);
  if (rdata === null)
    return bad(
      `${quote(data.join(' '))} is not data of a record of type ${typeText.toUpperCase()}`,
      `write ${quote(FORMS[typeText.toUpperCase()] ?? GENERIC)}`,
    );
  if (type === TYPE.CNAME && nameText.startsWith('*'))
    return bad('an alias cannot stand at a wildcard', EXAMPLE);
  // No Buffer: it would be of another kind once it went to another thread.
  return good({ name, type, ttlSeconds: ttl ?? TTL_SECONDS, rdata: Uint8Array.from(rdata) });
}
