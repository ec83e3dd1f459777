// RDATA of a record from the words it is written with (RFC 1035 §5, RFC 3597 §5): own records, policy zones, rewrites.

import { recordAddress } from '../names/address.ts';
import { skipUncompressedName } from '../names/name.ts';
import { writtenName } from '../names/presentation.ts';
import { CLASS, TYPE } from './iana.ts';
import { rdataIsSound } from './rdata.ts';
import { namesInRdata, RecordView } from './records.ts';
import { serviceData } from './services.ts';
import { characterString, numberOf, octetsOfWord, together, unquoted } from './words.ts';

const RDATA_OCTETS_MAX = 4096;
const record = new RecordView();

function address(words: readonly string[], length: number): Buffer | null {
  const octets = words.length === 1 ? recordAddress(words[0]!) : null;
  return octets?.length === length ? Buffer.from(octets) : null;
}

/** Numbers, then one name. */
function numbersAndName(words: readonly string[], count: number): Buffer | null {
  if (words.length !== count + 1) return null;
  const target = writtenName(unquoted(words[count]!));
  return together([...words.slice(0, count).map((word) => numberOf(word, 2)), target]);
}

function characterStrings(words: readonly string[]): Buffer | null {
  return together(words.map((word) => characterString(octetsOfWord(word))));
}

function certificationAuthority(words: readonly string[]): Buffer | null {
  const [flags, tag = '', value] = words;
  if (value === undefined || words.length !== 3 || !/^[a-z0-9]{1,15}$/i.test(tag)) return null;
  return together([numberOf(flags, 1), characterString(Buffer.from(tag)), octetsOfWord(value)]);
}

/** `\# LENGTH HEX…` (RFC 3597 §5). */
function genericData([length = '', ...hex]: readonly string[]): Buffer | null {
  const text = hex.join('');
  if (!/^\d{1,5}$/.test(length) || !/^([0-9a-f]{2})*$/i.test(text)) return null;
  return text.length === 2 * Number(length) ? Buffer.from(text, 'hex') : null;
}

/** OPT, and what is asked for and never stands anywhere (RFC 6895 §3.1). */
const isNoData = (type: number): boolean => type === 0 || type === TYPE.OPT || (type >= 128 && type <= 255);

/** As other servers check what they are told, and no name points elsewhere: the octets go out as they stand. */
function isSound(type: number, rdata: Uint8Array): boolean {
  record.type = type;
  record.class = CLASS.IN;
  record.rdata = 0;
  record.rdataLength = rdata.length;
  const layout = namesInRdata(type);
  let at = layout?.before ?? 0;
  for (let i = 0; i < (layout?.count ?? 0) && at >= 0; i += 1)
    at = skipUncompressedName(rdata, at, rdata.length);
  return at >= 0 && rdataIsSound(rdata, record, rdata.length, rdata.length);
}

/**
 * @param words the data's words as they are written, with quotes and escapes
 * @returns null when they are not data of this type, or the type can only be written as `\# LENGTH HEX`
 */
export function rdataOf(type: number, words: readonly string[]): Uint8Array | null {
  if (isNoData(type)) return null;
  const octets = words[0] === '\\#' ? genericData(words.slice(1)) : octetsOf(type, words);
  return octets === null || octets.length > RDATA_OCTETS_MAX || !isSound(type, octets) ? null : octets;
}

function octetsOf(type: number, words: readonly string[]): Buffer | null {
  switch (type) {
    case TYPE.A:
      return address(words, 4);
    case TYPE.AAAA:
      return address(words, 16);
    case TYPE.CNAME:
    case TYPE.PTR:
    case TYPE.NS:
      return numbersAndName(words, 0);
    case TYPE.MX:
      return numbersAndName(words, 1);
    case TYPE.SRV:
      return numbersAndName(words, 3);
    case TYPE.TXT:
      return characterStrings(words);
    case TYPE.CAA:
      return certificationAuthority(words);
    case TYPE.SVCB:
    case TYPE.HTTPS:
      return serviceData(words);
    default:
      return null;
  }
}
