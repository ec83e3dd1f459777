// How much work compiling a body may be, told from a look at it: a short text can cost more than a long one.
import { statSync } from 'node:fs';
import type { ListConfig, ListFormatName } from '../config/config.ts';
import { documentKindOf, HEAD_OCTETS } from '../report/documents/document.ts';
import { headOf, type ListBody, packingOf, sizeOf, wholeOf } from './body.ts';

/** What an octet costs beside one of a list of names. */
const DOCUMENT = 24;
const ZONE = 6;
/** What compiling and grouping an expression costs, in octets of names. */
const EXPRESSION = 4096;

const OF_FORMAT: Readonly<Partial<Record<ListFormatName, number>>> = {
  indicators: DOCUMENT,
  report: DOCUMENT,
  csv: DOCUMENT,
  stix: DOCUMENT,
  misp: DOCUMENT,
  rpz: ZONE,
};

const LF = 0x0a;
const STAR = 0x2a;
const BACKSLASH = 0x5c;
/** `/`, `^` and `(`: what expressions begin with. */
const BEGINNINGS: readonly (number | undefined)[] = [0x2f, 0x5e, 0x28];
const decoder = new TextDecoder();
/** Lines looked at to tell a document from names. */
const LINES = 200;
const OF_DOCUMENT = /["{}<>,;]|^(indicators|entries)\s*:/;

/**
 * @param enough stops looking at this much
 * @returns the work in octets of a list of names; 0 for what cannot be read: compiling says why
 */
export function workOf(
  body: ListBody | null,
  { format, warnings }: Pick<ListConfig, 'format' | 'warnings'>,
  enough: number,
): number {
  return body === null ? 0 : workOfBody(body, format, enough) + workOfWarnings(warnings ?? [], enough);
}

/** Whoever compiles reads the warning lists anew. */
function workOfWarnings(files: readonly string[], enough: number): number {
  let octets = 0;
  for (const file of files)
    try {
      const stats = statSync(file);
      // What is in a folder may be any size.
      octets += stats.isDirectory() ? enough : stats.size;
    } catch {
      // It is as if it were empty.
    }
  return octets;
}

function workOfBody(body: ListBody, format: ListFormatName, enough: number): number {
  if (body.kind === 'folder')
    return body.paths.reduce((sum, path) => sum + workOfBody({ kind: 'file', path }, format, enough), 0);
  try {
    const octets = sizeOf(body);
    // What is packed may be any size.
    if (packingOf(body) !== null) return enough;
    if (body.kind !== 'names' && documentKindOf(headOf(body, HEAD_OCTETS)) !== null) return enough;
    if (octets >= enough) return octets;
    const text = wholeOf(body);
    return octets * factorOf(text, format) + expressionsIn(text) * EXPRESSION;
  } catch {
    return 0;
  }
}

function factorOf(text: Uint8Array, format: ListFormatName): number {
  if (format !== 'auto') return OF_FORMAT[format] ?? 1;
  const lines = decoder.decode(text.subarray(0, 65_536)).split('\n', LINES);
  return lines.some((line) => !/^\s*[#!]/.test(line) && OF_DOCUMENT.test(line)) ? DOCUMENT : 1;
}

/** Lines that may become expressions: `/…/`, a name with a `*` inside, or one of a list in format regex. */
function expressionsIn(text: Uint8Array): number {
  let count = 0;
  for (let start = 0; start < text.length; ) {
    const next = text.indexOf(LF, start);
    const end = next < 0 ? text.length : next;
    const line = text.subarray(start, end);
    if (BEGINNINGS.includes(line[0]) || line.lastIndexOf(STAR) > 2 || line.includes(BACKSLASH)) count += 1;
    start = end + 1;
  }
  return count;
}
