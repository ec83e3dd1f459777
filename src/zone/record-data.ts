// RDATA of a zone's record, from the words it is written with: relative names completed, strings with their escapes, RFC 3597.
import { TYPE, textToType } from '../wire/records/iana.ts';
import { rdataOf } from '../wire/records/rdata-from-text.ts';

const STRING_OCTETS_MAX = 255;
const RDATA_OCTETS_MAX = 4096;

/** Types whose data hold a name, and at which word it stands. */
const NAME_AT = new Map<number, number>([
  [TYPE.NS, 0],
  [TYPE.CNAME, 0],
  [TYPE.PTR, 0],
  [TYPE.MX, 1],
  [TYPE.SRV, 3],
  [TYPE.SVCB, 1],
  [TYPE.HTTPS, 1],
]);

/**
 * @param words as they are written, strings with their quotes
 * @param absolute completes a relative name
 * @returns null when the type is unknown or the data are none of it
 */
export function recordData(
  typeText: string,
  words: readonly string[],
  absolute: (name: string) => string,
): { readonly type: number; readonly rdata: Uint8Array } | null {
  const type = textToType(typeText);
  if (type === null) return null;
  const rdata = rdataFrom(type, words, absolute);
  return rdata === null || rdata.length > RDATA_OCTETS_MAX ? null : { type, rdata };
}

function rdataFrom(
  type: number,
  words: readonly string[],
  absolute: (name: string) => string,
): Uint8Array | null {
  if (words[0] === '\\#') return genericData(words.slice(1));
  if (type === TYPE.TXT) return stringsOf(words);
  const nameAt = NAME_AT.get(type);
  return rdataOf(
    type,
    words.map((word, i) => (i === nameAt ? absolute(word) : unquoted(word))),
  );
}

/** `\# LENGTH HEX…` (RFC 3597 §5). */
function genericData([length = '', ...hex]: readonly string[]): Uint8Array | null {
  const text = hex.join('');
  if (!/^\d{1,5}$/.test(length) || !/^([0-9a-f]{2})*$/i.test(text)) return null;
  return text.length === 2 * Number(length) ? Uint8Array.from(Buffer.from(text, 'hex')) : null;
}

function stringsOf(words: readonly string[]): Uint8Array | null {
  if (words.length === 0) return null;
  const parts = words.map((word) => Buffer.from(octetsOf(unquoted(word))));
  if (parts.some((part) => part.length > STRING_OCTETS_MAX)) return null;
  return Uint8Array.from(Buffer.concat(parts.flatMap((part) => [Buffer.from([part.length]), part])));
}

const unquoted = (word: string): string =>
  word.length > 1 && word.startsWith('"') && word.endsWith('"') ? word.slice(1, -1) : word;

/** `\DDD` and `\X` (RFC 1035 §5.1). */
function octetsOf(text: string): Uint8Array {
  const octets: number[] = [];
  for (const [part] of text.matchAll(/\\\d{3}|\\.|[^\\]+/gsu)) {
    if (/^\\\d{3}$/.test(part)) octets.push(Number(part.slice(1)) & 0xff);
    else octets.push(...Buffer.from(part.startsWith('\\') ? part.slice(1) : part));
  }
  return Uint8Array.from(octets);
}
