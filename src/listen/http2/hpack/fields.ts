// What the fields of a request mean to a DoH server: a few are read, a few may not be there, all others are passed over.
//
// HOT for names and values that are written out; what is in a table is known by its numbers.

/** Kinds of names. */
export const FIELD = {
  other: 0,
  method: 1,
  path: 2,
  scheme: 3,
  authority: 4,
  /** Any other name that begins with a colon: none that a request has. */
  strangePseudo: 5,
  contentType: 6,
  contentLength: 7,
  forwarded: 8,
  xForwardedFor: 9,
  xRealIp: 10,
  te: 11,
  /** Means nothing in HTTP/2 but mischief (RFC 9113 §8.2.2). */
  ofConnection: 12,
  /** No name at all. */
  broken: 13,
} as const;

/** Meanings of a value, by the kind of its name; `open` is for those that are read when they are wanted. */
export const METHOD = { get: 1, post: 2, head: 3, connect: 4, other: 5 } as const;
export const PATH = { dnsQuery: 1, open: 2 } as const;
/** Of `content-type` and `te`. */
export const VALUE = { wrong: 0, right: 1 } as const;
/** Of a `content-length` that is no number. */
export const NO_LENGTH = -1;

const octetsOf = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

const NAMES: readonly (readonly [Uint8Array, number])[] = (
  [
    [':method', FIELD.method],
    [':path', FIELD.path],
    [':scheme', FIELD.scheme],
    [':authority', FIELD.authority],
    ['content-type', FIELD.contentType],
    ['content-length', FIELD.contentLength],
    ['forwarded', FIELD.forwarded],
    ['x-forwarded-for', FIELD.xForwardedFor],
    ['x-real-ip', FIELD.xRealIp],
    ['te', FIELD.te],
    ['connection', FIELD.ofConnection],
    ['keep-alive', FIELD.ofConnection],
    ['proxy-connection', FIELD.ofConnection],
    ['transfer-encoding', FIELD.ofConnection],
    ['upgrade', FIELD.ofConnection],
  ] as const
).map(([text, kind]) => [octetsOf(text), kind]);

const METHODS: readonly (readonly [Uint8Array, number])[] = (
  [
    ['GET', METHOD.get],
    ['POST', METHOD.post],
    ['HEAD', METHOD.head],
    ['CONNECT', METHOD.connect],
  ] as const
).map(([text, method]) => [octetsOf(text), method]);

const DNS_QUERY = octetsOf('/dns-query');
const DNS_MESSAGE = octetsOf('application/dns-message');
const TRAILERS = octetsOf('trailers');

function isText(text: Uint8Array, octets: Uint8Array, start: number, length: number): boolean {
  if (length !== text.length) return false;
  for (let i = 0; i < length; i += 1) if (octets[start + i] !== text[i]) return false;
  return true;
}

/** As `isText`, capitals or not; `text` is without. */
function isTextOfAnyCase(text: Uint8Array, octets: Uint8Array, start: number, length: number): boolean {
  if (length !== text.length) return false;
  for (let i = 0; i < length; i += 1) {
    const octet = octets[start + i]!;
    const small = octet >= 65 && octet <= 90 ? octet | 0x20 : octet;
    if (small !== text[i]) return false;
  }
  return true;
}

/** Octets that names of fields may have, capitals apart: those of a token (RFC 9110 §5.6.2). */
const inName = new Uint8Array(256);
for (const letter of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz") inName[letter.charCodeAt(0)] = 1;

const COLON = 58;
const SPACE = 32;
const TAB = 9;

/** The kind of a name that is written out. */
export function kindOfName(octets: Uint8Array, start: number, length: number): number {
  if (length === 0) return FIELD.broken;
  for (let i = 0; i < NAMES.length; i += 1) {
    const [text, kind] = NAMES[i]!;
    if (isText(text, octets, start, length)) return kind;
  }
  const isPseudo = octets[start] === COLON;
  for (let i = isPseudo ? 1 : 0; i < length; i += 1)
    if (inName[octets[start + i]!] === 0) return FIELD.broken;
  return isPseudo ? FIELD.strangePseudo : FIELD.other;
}

/** Whether a value may be one (RFC 9113 §8.2.1). */
export function isValue(octets: Uint8Array, start: number, length: number): boolean {
  for (let i = 0; i < length; i += 1) {
    const octet = octets[start + i]!;
    if (octet === 0 || octet === 10 || octet === 13) return false;
  }
  return length === 0 || !(isBlank(octets[start]!) || isBlank(octets[start + length - 1]!));
}

const isBlank = (octet: number): boolean => octet === SPACE || octet === TAB;

/** What a value means where its name is of this kind; 0 where nothing is made of it. */
export function meaningOf(kind: number, octets: Uint8Array, start: number, length: number): number {
  switch (kind) {
    case FIELD.method:
      for (let i = 0; i < METHODS.length; i += 1) {
        const [text, method] = METHODS[i]!;
        if (isText(text, octets, start, length)) return method;
      }
      return METHOD.other;
    case FIELD.path:
      return isText(DNS_QUERY, octets, start, length) ? PATH.dnsQuery : PATH.open;
    case FIELD.contentType:
      return isDnsMessage(octets, start, length) ? VALUE.right : VALUE.wrong;
    case FIELD.contentLength:
      return decimalOf(octets, start, length);
    case FIELD.te:
      return isTextOfAnyCase(TRAILERS, octets, start, length) ? VALUE.right : VALUE.wrong;
    default:
      return 0;
  }
}

/** Parameters behind a `;` do not matter. */
function isDnsMessage(octets: Uint8Array, start: number, length: number): boolean {
  let end = start;
  while (end < start + length && octets[end] !== 59) end += 1;
  while (end > start && isBlank(octets[end - 1]!)) end -= 1;
  return isTextOfAnyCase(DNS_MESSAGE, octets, start, end - start);
}

/** More than nine digits are as good as nine nines. */
function decimalOf(octets: Uint8Array, start: number, length: number): number {
  if (length === 0) return NO_LENGTH;
  let value = 0;
  for (let i = 0; i < length; i += 1) {
    const digit = octets[start + i]! - 48;
    if (digit < 0 || digit > 9) return NO_LENGTH;
    value = Math.min(999_999_999, value * 10 + digit);
  }
  return value;
}

/** Whether a table keeps the octets of the value, since its meaning alone does not say it. */
export const isKept = (kind: number, meaning: number): boolean =>
  (kind === FIELD.path && meaning === PATH.open) || (kind >= FIELD.forwarded && kind <= FIELD.xRealIp);
