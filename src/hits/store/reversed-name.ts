// Names with their labels turned round, so that what lies below a name sorts right behind it.
//
// Works on presentation form, where a dot inside a label is "\." and so is no boundary.
import { nameToText } from '../../wire/names/presentation.ts';

const DOT = 0x2e;

/** Letters in lower case, digits, hyphen and underscore: those that stand for themselves in host names. */
const isPlain = (octet: number): boolean =>
  (octet >= 0x61 && octet <= 0x7a) || (octet >= 0x30 && octet <= 0x39) || octet === 0x2d || octet === 0x5f;

/** "www.example.com" ↔ "com.example.www"; its own inverse. */
export function reverseName(name: string): string {
  if (name === '.') return name;
  if (!name.includes('\\')) return name.split('.').reverse().join('.');
  return labelsOf(name).reverse().join('.');
}

const reversedOctets = Buffer.allocUnsafeSlow(255);

/** `reverseName` of a name in wire form: of one that needs no escape, which nearly all are, octet by octet. */
export function reversedOfWire(wire: Uint8Array): string {
  const length = wire.length - 2;
  let begin = length;
  if (length > 0 && length <= reversedOctets.length)
    for (let at = 0; wire[at]! > 0; at += 1 + wire[at]!) {
      const label = wire[at]!;
      if (label > begin) break;
      begin -= label;
      for (let i = 0; i < label; i += 1) {
        const octet = wire[at + 1 + i]!;
        if (!isPlain(octet)) return reverseName(nameToText(wire));
        reversedOctets[begin + i] = octet;
      }
      if (begin === 0) return reversedOctets.toString('latin1', 0, length);
      begin -= 1;
      reversedOctets[begin] = DOT;
    }
  return reverseName(nameToText(wire));
}

/** The name without its first label; null when one label is left. */
export function parentOf(name: string): string | null {
  if (!name.includes('\\')) {
    const dot = name.indexOf('.');
    return dot < 0 || name === '.' ? null : name.slice(dot + 1);
  }
  const labels = labelsOf(name);
  return labels.length < 2 ? null : labels.slice(1).join('.');
}

// A space stands in no presentation form: it makes a label that no name has, for names below one that were not kept.
const BELOW = ' .';

/** What is kept in place of a name below `parent`. */
export const markBelow = (parent: string): string => (parent === '.' ? ' ' : BELOW + parent);
export const isBelowOnly = (name: string): boolean => name.startsWith(' ');
/** The parent that `markBelow` was given. */
export const plainName = (name: string): string => (name === ' ' ? '.' : name.slice(BELOW.length));

/** Bounds of all names below a reversed one: above the first, below the second ('/' follows '.'). */
export function rangeBelow(reversed: string): readonly [string, string] {
  if (reversed === '.') return ['', '\u007f'];
  return [`${reversed}.`, `${reversed}/`];
}

function labelsOf(name: string): string[] {
  const labels: string[] = [];
  let begin = 0;
  for (let i = 0; i < name.length; i += 1) {
    if (name[i] === '\\') i += 1;
    else if (name[i] === '.') {
      labels.push(name.slice(begin, i));
      begin = i + 1;
    }
  }
  labels.push(name.slice(begin));
  return labels;
}
