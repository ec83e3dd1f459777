// An IPv6 address as it stands in prose and lists, its colons perhaps in brackets: `2a00:1450::5`, `2a00[:]1450[::]5`, `::ffff:192.0.2.7`.
import { isIPv6 } from 'node:net';
import { CLASS, classOf } from '../characters.ts';
import type { FoldedText } from './folded-text.ts';
import { readMark } from './refang.ts';

/** Eight groups, each colon in brackets. */
const UNITS_MAX = 64;
const COLON = 0x3a;

export interface Ipv6Run {
  /** Refanged, with the length of its prefix where one follows. */
  readonly text: string;
  readonly isDefanged: boolean;
  /** Just past it. */
  readonly end: number;
}

/**
 * Global unicast addresses alone (2000::/3, RFC 4291 §2.4), and IPv4 in their form: `dead::beef` is a namespace as well.
 *
 * @param at where a group or two colons may begin
 */
export function readIpv6(text: FoldedText, at: number): Ipv6Run | null {
  const first = text.codeAt(at);
  if (first !== COLON && first !== 0x32 && first !== 0x33) return null;
  const before = text.codeAt(at - 1);
  if (classOf(before) !== CLASS.none || before === COLON || before === 0x2e) return null;
  let written = '';
  let isDefanged = false;
  let end = at;
  while (end - at < UNITS_MAX) {
    const code = text.codeAt(end);
    const mark = code === COLON || isHex(code) || code === 0x2e ? null : readMark(text, end);
    if (mark !== null && /^:+$/.test(mark.text)) {
      written += mark.text;
      end = mark.end;
      isDefanged = true;
    } else if (mark?.kind === 'dot' && written.startsWith('::')) {
      written += '.';
      end = mark.end;
      isDefanged = true;
    } else if (code === COLON || isHex(code) || (code === 0x2e && isHex(text.codeAt(end + 1)))) {
      written += String.fromCharCode(code);
      end += 1;
    } else break;
  }
  // A colon behind it is the sentence's.
  if (/[^:]:$/.test(written)) {
    written = written.slice(0, -1);
    end -= 1;
  }
  if (!/^([23][0-9a-f]{3}:|::ffff:\d+\.)/i.test(written) || !isIPv6(written)) return null;
  if (classOf(text.codeAt(end)) !== CLASS.none) return null;
  const prefix = /^\/\d{1,3}(?![\d./a-z])/i.exec(text.textOf(end, Math.min(text.count, end + 6)))?.[0] ?? '';
  return { text: written + prefix, isDefanged, end: end + prefix.length };
}

const isHex = (code: number): boolean =>
  (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x46) || (code >= 0x61 && code <= 0x66);
