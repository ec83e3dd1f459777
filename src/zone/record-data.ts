// RDATA of a zone's record, from the words it is written with: relative names completed.
import { TYPE, textToType } from '../wire/records/iana.ts';
import { rdataOf } from '../wire/records/rdata-from-text.ts';

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
  const nameAt = words[0] === '\\#' ? undefined : NAME_AT.get(type);
  const rdata = rdataOf(
    type,
    words.map((word, i) => (i === nameAt ? absolute(word) : word)),
  );
  return rdata === null ? null : { type, rdata };
}
