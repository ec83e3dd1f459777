// Domain names as people read and write them (RFC 1035 §5.1) ↔ wire form. Not for the hot path.
import { domainToASCII } from 'node:url';
import { LABEL_OCTETS_MAX, NAME_OCTETS_MAX } from './name.ts';

const DOT = 0x2e;
const BACKSLASH = 0x5c;
const encoder = new TextEncoder();
/** What is read at the moment: at most three octets a character. */
const source = new Uint8Array(3 * 4 * NAME_OCTETS_MAX);
/** What is made of it: an array of this size is asked of the system, one of a name's size is not. */
const made = new Uint8Array(NAME_OCTETS_MAX + 1);

/**
 * Wire form of a name in presentation form, with `\DDD` and `\X` escapes; the trailing dot is optional, case is kept.
 * Characters outside ASCII stand for their UTF-8 octets.
 * @returns null when it is not a name: empty label, label over 63 or name over 255 octets, bad escape
 */
export function textToName(text: string): Uint8Array | null {
  if (text === '.') return new Uint8Array(1);
  if (text.length === 0 || text.length > 4 * NAME_OCTETS_MAX) return null;
  const { written } = encoder.encodeInto(text, source);
  const name = made;
  let labelAt = 0;
  let at = 1;
  for (let i = 0; i < written; i += 1) {
    let octet = source[i]!;
    if (octet === DOT) {
      if (!closeLabel(name, labelAt, at)) return null;
      labelAt = at;
      at += 1;
      if (at > NAME_OCTETS_MAX) return null;
      continue;
    }
    if (octet === BACKSLASH) {
      const escaped = readEscape(i + 1, written);
      if (escaped < 0) return null;
      octet = escaped & 0xff;
      i += escaped >> 8;
    }
    if (at >= NAME_OCTETS_MAX) return null;
    name[at] = octet;
    at += 1;
  }
  const isRooted = at === labelAt + 1; // ended in a dot: the open label is the root
  if (!isRooted && !closeLabel(name, labelAt, at)) return null;
  const end = isRooted ? labelAt : at;
  name[end] = 0;
  return name.slice(0, end + 1);
}

function closeLabel(name: Uint8Array, labelAt: number, at: number): boolean {
  const length = at - labelAt - 1;
  if (length === 0 || length > LABEL_OCTETS_MAX) return false;
  name[labelAt] = length;
  return true;
}

/** What follows a backslash: octet | characters consumed << 8, −1 when malformed. */
function readEscape(at: number, end: number): number {
  if (at >= end) return -1;
  const first = source[at]! - 0x30;
  if (first < 0 || first > 9) return source[at]! | (1 << 8);
  if (at + 2 >= end) return -1;
  const second = source[at + 1]! - 0x30;
  const third = source[at + 2]! - 0x30;
  if (second < 0 || second > 9 || third < 0 || third > 9) return -1;
  const octet = first * 100 + second * 10 + third;
  return octet > 255 ? -1 : octet | (3 << 8);
}

/**
 * Presentation form of an uncompressed wire name: lower case, no trailing dot (the root is "."), and every octet that is
 * not a printing ASCII character other than space, dot, quote, backslash, `(`, `)`, `;`, `@`, `$` escaped.
 */
export function nameToText(name: Uint8Array, offset = 0): string {
  if (name[offset] === 0 || offset >= name.length) return '.';
  const plain = plainText(name, offset);
  if (plain !== null) return plain;
  let text = '';
  let at = offset;
  for (let labels = 0; labels < 128 && at < name.length; labels += 1) {
    const length = name[at]!;
    if (length === 0) break;
    if (labels > 0) text += '.';
    const end = Math.min(at + 1 + length, name.length);
    for (let i = at + 1; i < end; i += 1) text += OCTET_TEXT[name[i]!]!;
    at += length + 1;
  }
  return text;
}

const PLAIN_MAX = 255;
const plainOctets = Buffer.allocUnsafeSlow(PLAIN_MAX);

/** Presentation form of a whole name that needs no escape, put together at once; null for others. */
function plainText(name: Uint8Array, offset: number): string | null {
  const first = offset + 1;
  if (name.length - offset > PLAIN_MAX) return null;
  let dot = offset;
  for (let at = offset; at < name.length; at += 1) {
    const octet = name[at]!;
    if (at === dot) {
      if (octet === 0) return plainOctets.toString('latin1', 0, at - first);
      dot = at + octet + 1;
      if (at > offset) plainOctets[at - first] = DOT;
    } else if (IS_PLAIN[octet] === 1) plainOctets[at - first] = octet;
    else return null;
  }
  return null;
}

const OCTET_TEXT: readonly string[] = Array.from({ length: 256 }, (_, octet) => octetText(octet));

/** Octets that stand for themselves. */
const IS_PLAIN = Uint8Array.from(OCTET_TEXT, (text, octet) =>
  text.length === 1 && text.charCodeAt(0) === octet ? 1 : 0,
);

function octetText(octet: number): string {
  const character = String.fromCharCode(octet);
  if ('."\\();@$'.includes(character)) return `\\${character}`;
  if (octet <= 0x20 || octet >= 0x7f) return `\\${String(octet).padStart(3, '0')}`;
  return character.toLowerCase();
}

/** Letters, digits, hyphen and underscore: what a host name in a list or report may consist of. */
const HOST_LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

/**
 * Wire form of a host name written in a list or report: lower-cased, IDN turned into A-labels (UTS 46), trailing dot dropped.
 * @returns null when it is not usable as a host name
 */
export function hostToName(text: string): Uint8Array | null {
  const bare = text.endsWith('.') ? text.slice(0, -1) : text;
  if (bare.length === 0 || bare.length > 1024) return null;
  let ascii = bare.toLowerCase();
  if (!/^[a-z0-9._-]+$/.test(ascii)) {
    // domainToASCII strips tab and newline and ends at URL delimiters, and takes typographic quotes for letters: those must not pass.
    if (/[\s%/\\?#@:[\]<>^|\p{Pi}\p{Pf}‚„]/u.test(ascii)) return null;
    ascii = domainToASCII(ascii);
    if (ascii === '' || /^\d+(\.\d+){3}$/.test(ascii)) return null;
  }
  for (const label of ascii.split('.')) if (!HOST_LABEL.test(label)) return null;
  return textToName(ascii);
}

/** Wire form of a name that a person writes for DNS to hold: with escapes and a star as in a zone file, or with U-labels. */
export function writtenName(text: string): Uint8Array | null {
  if (/^\p{ASCII}*$/u.test(text)) return textToName(text);
  const [star] = /^(?:\*\.)?/.exec(text)!;
  const host = hostToName(text.slice(star.length));
  return host === null ? null : textToName(star + nameToText(host));
}

const USUAL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*$/;
/** A name of 253 characters has 255 octets in wire form (RFC 1035 §2.3.4). */
const USUAL_CHARACTERS_MAX = NAME_OCTETS_MAX - 2;

/**
 * The text of a host name in its one usual form, lower case, A-labels, no trailing dot; without a trip through wire form where it
 * has that form already.
 * @returns null when it is no host name
 */
export function usualText(written: string): string | null {
  if (written.length <= USUAL_CHARACTERS_MAX && USUAL.test(written)) return written;
  const wire = hostToName(written);
  return wire === null ? null : nameToText(wire);
}

/** Where an address's PTR stands: `7.2.0.192.in-addr.arpa`, or nibbles under ip6.arpa (RFC 1035 §3.5, RFC 3596 §2.5). @param octets 4 or 16 */
export function pointerName(octets: Uint8Array): string {
  if (octets.length === 4) return `${[...octets].reverse().join('.')}.in-addr.arpa`;
  const nibbles = [...octets].flatMap((octet) => [octet >> 4, octet & 15]).reverse();
  return `${nibbles.map((nibble) => nibble.toString(16)).join('.')}.ip6.arpa`;
}
