// A name as people paste it where a name is asked for: from a report, a chat, a browser's address line.
//
// `evil[.]example`, `hxxps://evil.example/x`, `Evil.example.`, `bücher.example`, ` "evil.example",`. What is none of these is
// refused with the reason: a question that nobody can ask must not be answered with "allowed".
import { domainToUnicode } from 'node:url';
import { addressOctets } from './address.ts';
import { hostToName, nameToText, textToName } from './presentation.ts';

export type PastedName =
  /** Lower case. */
  { readonly name: Uint8Array; readonly text: string } | { readonly problem: string };

const CHARACTERS_MAX = 4096;
/** `[.]`, `(.)`, `{.}`, `[dot]`, `(dot)` and the same of a colon. */
const MASKED = /\s*[[({<](\.|:|dot|punkt)[\])}>]\s*/gi;
const SCHEME =
  /^(?:h[tx*]{2}ps?|ftp|fxp|wss?|tcp|udp|tls|https?|dns|quic)(?:\[:\/\/\]|\[?:\]?\/\/)(?:[^/?#@\s]*@)?/i;
const WRAPPED = /^[\s"'`<«‹“”‘’(]+|[\s"'`>»›“”‘’),;]+$/gu;
/** `[2001:db8::1]:80/x`. */
const BRACKETED = /^\[([^\]]*)\](?::\d*)?(?:[/?#].*)?$/;
/** What a name in presentation form may consist of, escapes aside. */
const PLAIN = /^[\x21-\x7e]+$/;
/** A label as `0/25.2.0.192.in-addr.arpa` has it (RFC 2317): behind its `/` is no path. An address and the length of its prefix is none. */
const CLASSLESS = /^(?!\d+(?:\.\d+){3}\/)(?:[^/]*\.)?\d{1,3}\/\d{1,2}(?:\.|$)/;
const FOREIGN = /[\s"'`<>()[\]{},;:/?#@|^=&%$!+~]/u;

/** @param pasted a host name, defanged or not, a URL, or a name with the escapes of RFC 1035 §5.1 */
export function readPastedName(pasted: string): PastedName {
  const shown = JSON.stringify(pasted.length > 80 ? `${pasted.slice(0, 79)}…` : pasted);
  if (pasted.length > CHARACTERS_MAX) return { problem: `not a domain name: ${shown} is too long` };
  // Escapes are written by who knows what he asks for: exactly that.
  if (pasted.includes('\\')) return readExact(pasted.trim(), shown);
  const text = hostIn(refanged(pasted));
  if (text === '') return { problem: `not a domain name: ${shown}; nothing is left of it` };
  if (FOREIGN.test(CLASSLESS.test(text) ? text.replace('/', '') : text))
    return { problem: `not a domain name: ${shown}; write one name, as in example.org` };
  const name = PLAIN.test(text) ? textToName(text.toLowerCase()) : hostToName(text);
  if (name === null) return { problem: `not a domain name: ${shown}; ${reasonOf(text)}` };
  return { name, text: nameToText(name) };
}

/** An address as people paste it: defanged, in brackets, in a URL. @returns 4 or 16 octets; null: it is none */
export function readPastedAddress(pasted: string): Uint8Array | null {
  if (pasted.length > CHARACTERS_MAX) return null;
  const text = refanged(pasted);
  const bracketed = BRACKETED.exec(text.replace(SCHEME, ''))?.[1];
  return addressOctets(bracketed ?? text) ?? addressOctets(hostIn(text));
}

/** Without what stands around it, its dots and colons as they are written. */
export const refanged = (pasted: string): string =>
  pasted.replace(WRAPPED, '').replaceAll(MASKED, (_, mark: string) => (mark === ':' ? ':' : '.'));

/**
 * Part of a name, or a pattern of it with `*` and `?`: lower case, without a last dot. Of a URL its host. Other letters than ASCII stay
 * what they are, since part of a label has no form as an A-label: they are looked for in what names spell (`spelledName`).
 * @param pasted as above
 */
export function readNamePart(pasted: string): string {
  const isExact = pasted.includes('\\');
  const text = isExact ? pasted.trim() : refanged(pasted);
  const part = (isExact ? text : SCHEME.test(text) ? hostIn(text) : withoutPath(text))
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll('。', '.')
    .replace(/(?<=.)\.$/, '');
  // Of quotes alone nothing is left, which every name would have in it.
  return part === '' ? pasted.trim() : part;
}

const withoutPath = (text: string): string => (CLASSLESS.test(text) ? text : text.replace(/(?<=.)\/.*$/, ''));

/** Whether a part has letters that no A-label has: it is looked for in what names spell. */
export const isForeign = (part: string): boolean => /\P{ASCII}/u.test(part);

/** A name with its A-labels as the letters that they stand for. */
export function spelledName(name: string): string {
  if (!name.includes('xn--')) return name;
  return name
    .split('.')
    .map((label) => (label.startsWith('xn--') ? domainToUnicode(label) || label : label))
    .join('.');
}

/** Without scheme, user, port and path. */
function hostIn(text: string): string {
  const behind = text.replace(SCHEME, '');
  const isUrl = behind.length < text.length;
  if (!isUrl && CLASSLESS.test(text)) return text;
  const host = /^[^/?#]*/.exec(behind)?.[0] ?? '';
  return (isUrl || /^[^:]+:\d{1,5}$/.test(host) ? host.replace(/:\d*$/, '') : host).trim();
}

function readExact(text: string, shown: string): PastedName {
  const name = PLAIN.test(text) ? textToName(text.toLowerCase()) : null;
  if (name === null) return { problem: `not a domain name: ${shown}; write it as in dig` };
  return { name, text: nameToText(name) };
}

function reasonOf(text: string): string {
  const labels = text.replace(/\.$/, '').split('.');
  if (labels.includes('')) return 'there is nothing between two of its dots';
  if (labels.some((label) => label.length > 63)) return 'a part between dots has at most 63 octets';
  return text.length > 253 ? 'a name has at most 253 characters' : 'its letters make no name of the DNS';
}
