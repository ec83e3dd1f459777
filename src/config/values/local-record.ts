// A local record: `NAME [TTL] TYPE DATA`, as in a zone file.

import { textToName } from '../../wire/names/presentation.ts';
import { TYPE, textToType } from '../../wire/records/iana.ts';
import { rdataOf } from '../../wire/records/rdata-from-text.ts';
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
const TYPES = 'A, AAAA, CNAME, PTR, TXT, SRV, MX, NS, CAA, SVCB, HTTPS';
const EXAMPLE = 'write e.g. `nas.home.arpa A 192.0.2.5` or `nas.home.arpa 1h TXT "the big one"`';

/** Words of a line; a quoted one may hold spaces, and `\"` a quote. */
function wordsOf(text: string): string[] | null {
  const words: string[] = [];
  const word = /\s*(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))(?=\s|$)/gy;
  let at = 0;
  while (at < text.trimEnd().length) {
    word.lastIndex = at;
    const match = word.exec(text);
    if (match === null) return null;
    words.push(match[1] === undefined ? (match[2] ?? '') : match[1].replace(/\\(.)/g, '$1'));
    at = word.lastIndex;
  }
  return words;
}

function ttlOf(word: string): number | null {
  if (/^\d{1,9}$/.test(word)) return Number(word);
  const parsed = /^\d/.test(word) ? parseDuration(word) : null;
  return parsed?.ok === true ? Math.floor(parsed.value / 1000) : null;
}

export function parseLocalRecord(text: string): Parsed<LocalRecord> {
  const words = wordsOf(text);
  if (words === null) return bad(`the quotes in ${quote(text)} do not match`, EXAMPLE);
  const [nameText = '', ...rest] = words;
  const name = textToName(nameText.toLowerCase());
  if (name === null || name.length <= 1) return bad(`${quote(nameText)} is not a name`, EXAMPLE);
  const ttl = rest[0] === undefined ? null : ttlOf(rest[0]);
  const [, typeText = '', ...data] =
    ttl === null ? ['', ...rest.filter((word, i) => i > 0 || word !== 'IN')] : rest;
  const [klass, ...afterClass] = data;
  const inClass = typeText.toUpperCase() === 'IN' && klass !== undefined;
  const type = textToType(inClass ? klass : typeText);
  const dataWords = inClass ? afterClass : data;
  if (type === null)
    return bad(`${quote(inClass ? klass : typeText)} is not a record type`, `one of ${TYPES}`);
  const rdata = rdataOf(type, dataWords);
  if (rdata === null)
    return bad(
      `${quote(dataWords.join(' '))} is not data of a record of this type`,
      `types that can be written here: ${TYPES}`,
    );
  if (type === TYPE.CNAME && nameText.startsWith('*'))
    return bad('an alias cannot stand at a wildcard', EXAMPLE);
  return good({ name, type, ttlSeconds: ttl ?? TTL_SECONDS, rdata });
}
