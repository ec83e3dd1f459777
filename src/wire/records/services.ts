// RDATA of SVCB and HTTPS from text and to text (RFC 9460 §2.1): priority, target, parameters.
import ipaddr from 'ipaddr.js';
import { recordAddress } from '../names/address.ts';
import { writtenName } from '../names/presentation.ts';
import { SERVICE_KEY } from './iana.ts';
import { characterString, numberOf, octetsOfWord, quotedWord, together, unquoted } from './words.ts';

const KEYS: ReadonlyMap<string, number> = new Map(Object.entries(SERVICE_KEY));
/** RFC 9460 §14.3.2: reserved as an invalid key. */
const KEY_MAX = 65_534;

interface Parameter {
  readonly key: number;
  readonly value: Buffer;
}

/** @param words as written; `key="a value"` may be one word or two */
export function serviceData(words: readonly string[]): Buffer | null {
  const [priorityText = '', targetText = '', ...rest] = words;
  const priority = numberOf(priorityText, 2);
  const target = writtenName(unquoted(targetText));
  const parameters = joined(rest).map(parameterOf);
  if (priority === null || target === null || parameters.includes(null)) return null;
  const sorted = parameters.flatMap((parameter) => parameter ?? []).sort((a, b) => a.key - b.key);
  if (!agree(sorted)) return null;
  return Buffer.concat([
    priority,
    target,
    ...sorted.flatMap(({ key, value }) => [numbers(key, value.length), value]),
  ]);
}

/** A quoted value stands in a word of its own behind its `key=`. */
function joined(words: readonly string[]): [key: string, value: string | null][] {
  const whole: [string, string | null][] = [];
  for (const word of words) {
    const last = whole.at(-1);
    const [key = ''] = word.split('=', 1);
    if (word.startsWith('"') && last?.[1] === '') last[1] = word;
    else whole.push([key, word.length === key.length ? null : word.slice(key.length + 1)]);
  }
  return whole;
}

function parameterOf([name, word]: [string, string | null]): Parameter | null {
  const known = KEYS.get(name);
  const key = known ?? keyNumber(name);
  const octets = octetsOfWord(word ?? '');
  if (key === null || octets === null) return null;
  // `keyNNNNN` holds the octets themselves, of a key with a name too.
  const value = known === undefined ? octets : octetsOfValue(key, octets.toString('latin1'));
  return value === null ? null : { key, value };
}

function keyNumber(name: string): number | null {
  const digits = /^key(0|[1-9]\d{0,4})$/.exec(name)?.[1];
  return digits === undefined || Number(digits) > KEY_MAX ? null : Number(digits);
}

/** @param text the value's octets as Latin-1, escapes read */
function octetsOfValue(key: number, text: string): Buffer | null {
  switch (key) {
    case SERVICE_KEY.mandatory:
      return together(
        text.split(',').map((name) => {
          const number = KEYS.get(name) ?? keyNumber(name);
          return number === null ? null : numbers(number);
        }),
      );
    case SERVICE_KEY.alpn:
      return together(
        commaSeparated(text).map((id) => (id === '' ? null : characterString(Buffer.from(id, 'latin1')))),
      );
    case SERVICE_KEY.port:
      return numberOf(text, 2);
    case SERVICE_KEY.ipv4hint:
    case SERVICE_KEY.ipv6hint:
      return together(
        text.split(',').map((address) => {
          const octets = recordAddress(address);
          return octets?.length === (key === SERVICE_KEY.ipv4hint ? 4 : 16) ? Buffer.from(octets) : null;
        }),
      );
    case SERVICE_KEY.ech:
      return /^(?:[a-z0-9+/]{4})+$|^(?:[a-z0-9+/]{4})*[a-z0-9+/]{2}(?:==|[a-z0-9+/]=)$/i.test(text)
        ? Buffer.from(text, 'base64')
        : null;
    case SERVICE_KEY.dohpath:
      return text.startsWith('/') ? Buffer.from(text, 'latin1') : null;
    default:
      return text === '' ? Buffer.alloc(0) : null;
  }
}

/** Items of a list in which `\,` is a comma and `\\` a backslash (RFC 9460 appendix A.1). */
function commaSeparated(text: string): string[] {
  const items = [''];
  for (const [part] of text.matchAll(/\\[\\,]|./gs)) {
    if (part === ',') items.push('');
    else items.push(items.pop() + part.slice(-1));
  }
  return items;
}

/** RFC 9460 §8 and §7.1.1: what is mandatory is there, once, and a default is not taken away where nothing stands in its place. */
function agree(sorted: readonly Parameter[]): boolean {
  const keys = sorted.map(({ key }) => key);
  if (new Set(keys).size < keys.length) return false;
  if (keys.includes(SERVICE_KEY['no-default-alpn']) && !keys.includes(SERVICE_KEY.alpn)) return false;
  const mandatory = sorted.find(({ key }) => key === SERVICE_KEY.mandatory)?.value;
  if (mandatory === undefined) return true;
  const wanted = Array.from({ length: mandatory.length / 2 }, (_, i) => mandatory.readUInt16BE(2 * i));
  wanted
    .sort((a, b) => a - b)
    .forEach((key, i) => {
      mandatory.writeUInt16BE(key, 2 * i);
    });
  return (
    new Set(wanted).size === wanted.length &&
    wanted.every((key) => key !== SERVICE_KEY.mandatory && keys.includes(key))
  );
}

/** Two octets each. */
function numbers(...all: number[]): Buffer {
  const octets = Buffer.alloc(2 * all.length);
  all.forEach((number, i) => {
    octets.writeUInt16BE(number, 2 * i);
  });
  return octets;
}

const NAMES: ReadonlyMap<number, string> = new Map([...KEYS].map(([name, key]) => [key, name]));
/** What stands for itself, in a list too. */
const PLAIN = /^[\w/.{}?:+=-]+$/;

/** @param parameters of a sound record, behind its target @returns each with a space before it */
export function parametersText(parameters: Buffer): string {
  let text = '';
  for (let at = 0; at + 4 <= parameters.length; at += 4 + parameters.readUInt16BE(at + 2)) {
    const key = parameters.readUInt16BE(at);
    const value = parameters.subarray(at + 4, at + 4 + parameters.readUInt16BE(at + 2));
    const usual = usualValue(key, value);
    if (usual === null) text += ` key${key}=${quotedWord(value)}`;
    else text += ` ${NAMES.get(key)}${usual === '' ? '' : `=${usual}`}`;
  }
  return text;
}

/** Null where a value has no usual form: then it is given by its octets. */
function usualValue(key: number, value: Buffer): string | null {
  const parts = (octets: number): Buffer[] | null =>
    value.length === 0 || value.length % octets !== 0
      ? null
      : Array.from({ length: value.length / octets }, (_, i) => value.subarray(i * octets, (i + 1) * octets));
  switch (key) {
    case SERVICE_KEY.mandatory:
      return (
        parts(2)
          ?.map((part) => NAMES.get(part.readUInt16BE()) ?? `key${part.readUInt16BE()}`)
          .join() ?? null
      );
    case SERVICE_KEY.alpn:
      return idsText(value);
    case SERVICE_KEY['no-default-alpn']:
    case SERVICE_KEY.ohttp:
      return value.length === 0 ? '' : null;
    case SERVICE_KEY.port:
      return value.length === 2 ? String(value.readUInt16BE()) : null;
    case SERVICE_KEY.ipv4hint:
      return (
        parts(4)
          ?.map((part) => part.join('.'))
          .join() ?? null
      );
    case SERVICE_KEY.ech:
      return value.length === 0 ? null : value.toString('base64');
    case SERVICE_KEY.ipv6hint:
      return (
        parts(16)
          ?.map((part) => ipaddr.fromByteArray([...part]).toString())
          .join() ?? null
      );
    case SERVICE_KEY.dohpath:
      return value[0] === 0x2f && PLAIN.test(value.toString('latin1')) ? value.toString('latin1') : null;
    default:
      return null;
  }
}

function idsText(value: Buffer): string | null {
  const ids: string[] = [];
  let at = 0;
  for (; at < value.length; at += 1 + value[at]!)
    ids.push(value.toString('latin1', at + 1, at + 1 + value[at]!));
  return ids.length > 0 && at === value.length && ids.every((id) => PLAIN.test(id)) ? ids.join() : null;
}
