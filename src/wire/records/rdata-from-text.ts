// RDATA of a local record as people write it (RFC 1035 §5, RFC 9460 §2.1), for the types a home or office needs.

import { addressOctets } from '../names/address.ts';
import { textToName } from '../names/presentation.ts';
import { TYPE } from './iana.ts';

const CHARACTER_STRING_OCTETS_MAX = 255;
/** SvcParamKeys by name (RFC 9460 §14.3.2). */
const SERVICE_KEYS: Readonly<Record<string, number>> = {
  mandatory: 0,
  alpn: 1,
  'no-default-alpn': 2,
  port: 3,
  ipv4hint: 4,
  ech: 5,
  ipv6hint: 6,
  dohpath: 7,
};

const u16 = (value: number): readonly number[] => [value >>> 8, value & 0xff];

function number(text: string | undefined, max = 65_535): number | null {
  if (text === undefined || !/^\d{1,5}$/.test(text) || Number(text) > max) return null;
  return Number(text);
}

function name(text: string | undefined): readonly number[] | null {
  const octets = text === undefined ? null : textToName(text);
  return octets === null ? null : [...octets];
}

function address(text: string | undefined, length: number): readonly number[] | null {
  const octets = text === undefined ? null : addressOctets(text);
  return octets?.length === length ? [...octets] : null;
}

/** Numbers, then one name. */
function numbersAndName(words: readonly string[], count: number): readonly number[] | null {
  if (words.length !== count + 1) return null;
  const numbers = words.slice(0, count).map((word) => number(word));
  const target = name(words[count]);
  return target === null || numbers.includes(null)
    ? null
    : [...numbers.flatMap((n) => u16(n ?? 0)), ...target];
}

function characterStrings(words: readonly string[]): readonly number[] | null {
  if (words.length === 0) return null;
  const octets = words.map((word) => Buffer.from(word));
  if (octets.some((own) => own.length > CHARACTER_STRING_OCTETS_MAX)) return null;
  return octets.flatMap((own) => [own.length, ...own]);
}

function serviceValue(key: number, value: string): readonly number[] | null {
  const parts = value.split(',');
  switch (key) {
    case 1: {
      const ids = parts.map((part) => Buffer.from(part));
      return ids.some((id) => id.length === 0 || id.length > 255)
        ? null
        : ids.flatMap((id) => [id.length, ...id]);
    }
    case 2:
      return value === '' ? [] : null;
    case 3: {
      const port = number(value);
      return port === null ? null : u16(port);
    }
    case 4:
    case 6: {
      const hints = parts.map((part) => address(part, key === 4 ? 4 : 16));
      return hints.includes(null) ? null : hints.flatMap((hint) => [...(hint ?? [])]);
    }
    case 5:
      return [...Buffer.from(value, 'base64')];
    case 0: {
      const keys = parts.map((part) => SERVICE_KEYS[part]);
      return keys.includes(undefined) ? null : keys.flatMap((k) => u16(k ?? 0));
    }
    default:
      return [...Buffer.from(value)];
  }
}

function service(words: readonly string[]): readonly number[] | null {
  const start = numbersAndName(words.slice(0, 2), 1);
  if (start === null) return null;
  const parameters = words.slice(2).map((word) => {
    const [keyText = '', ...rest] = word.split('=');
    const key = SERVICE_KEYS[keyText] ?? number(/^key(\d+)$/.exec(keyText)?.[1]);
    const value = key === null || key === undefined ? null : serviceValue(key, rest.join('='));
    return value === null || key === null || key === undefined ? null : { key, value };
  });
  const sound = parameters.flatMap((parameter) => parameter ?? []).sort((a, b) => a.key - b.key);
  if (sound.length !== parameters.length) return null;
  return [...start, ...sound.flatMap(({ key, value }) => [...u16(key), ...u16(value.length), ...value])];
}

function certificationAuthority(words: readonly string[]): readonly number[] | null {
  const flags = number(words[0], 255);
  const [, tag, value] = words;
  if (flags === null || tag === undefined || value === undefined || words.length !== 3) return null;
  if (!/^[a-z0-9]{1,15}$/i.test(tag)) return null;
  return [flags, tag.length, ...Buffer.from(tag), ...Buffer.from(value)];
}

/**
 * @param words the data's words, quotes already taken off
 * @returns null when they are not data of this type, or the type cannot be written here
 */
export function rdataOf(type: number, words: readonly string[]): Uint8Array | null {
  const octets = octetsOf(type, words);
  return octets === null || octets.length > 4096 ? null : Uint8Array.from(octets);
}

function octetsOf(type: number, words: readonly string[]): readonly number[] | null {
  switch (type) {
    case TYPE.A:
      return words.length === 1 ? address(words[0], 4) : null;
    case TYPE.AAAA:
      return words.length === 1 ? address(words[0], 16) : null;
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
      return service(words);
    default:
      return null;
  }
}
