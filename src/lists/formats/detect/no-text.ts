// What is no text, by its first octets.
//
// Beside detect.ts, which brings along all that reads reports: 9 MB that need not be loaded where each list says its format.
import { ListError } from '../../errors.ts';

const UNPACKED = 'name a source that is plain, gzip, zstd or zip';

const decoder = new TextDecoder();

/**
 * @param sample the first SAMPLE_OCTETS, or all when there are fewer
 * @throws ListError when it is empty, or no text
 */
export function refuseNoText(sample: Uint8Array): void {
  refuseMagic(sample);
  if (isMostlyNuls(sample))
    throw new ListError(
      'LIST_BINARY',
      'most of its lines hold NUL octets, it is not text; check what the source serves',
    );
  if (decoder.decode(sample).trimStart() === '')
    throw new ListError('LIST_EMPTY', 'the body is empty; check what the source serves');
}

/** Whether it begins as HTML or XML does: a web page, or indicators in XML. */
export function isMarkup(sample: Uint8Array): boolean {
  return /^\s*<[!?a-z]/i.test(decoder.decode(sample));
}

/** Octets a text never begins with, or has at 257 (tar), as ISO 8859-1. */
const MAGIC: readonly (readonly [magic: string, what: string, mend?: string])[] = [
  ['\xfd7zXZ\0', 'xz data', UNPACKED],
  ['BZh', 'bzip2 data', UNPACKED],
  ['7z\xbc\xaf', 'a 7z archive', UNPACKED],
  ['Rar!\x1a\x07', 'a RAR archive', UNPACKED],
  ['\x1f\x8b', 'gzip data'],
  ['PK\x03\x04', 'a zip archive'],
  ['\x28\xb5\x2f\xfd', 'zstd data'],
  ['%PDF', 'a PDF file'],
  ['\x89PNG', 'a picture'],
  ['\xff\xd8\xff', 'a picture'],
  ['GIF8', 'a picture'],
  ['\x7fELF', 'a program'],
  ['MZ', 'a program'],
];
const TAR_AT = 257;

/** @throws ListError */
function refuseMagic(sample: Uint8Array): void {
  const head = Buffer.from(sample.subarray(0, TAR_AT + 5)).toString('latin1');
  const isTar = head.startsWith('ustar', TAR_AT);
  const found = isTar
    ? (['', 'a tar archive', UNPACKED] as const)
    : MAGIC.find(([magic]) => head.startsWith(magic));
  if (found === undefined) return;
  const [, what, mend = 'check what the source serves'] = found;
  throw new ListError('LIST_BINARY', `the body is ${what}, not text; ${mend}`);
}

/** Lines with a NUL are skipped like any bad line; where they are many it is no text. */
function isMostlyNuls(sample: Uint8Array): boolean {
  if (!sample.includes(0)) return false;
  let [lines, withNul] = [0, 0];
  for (let start = 0; start < sample.length; ) {
    const next = sample.indexOf(0x0a, start);
    const end = next < 0 ? sample.length : next;
    lines += 1;
    if (sample.subarray(start, end).includes(0)) withNul += 1;
    start = end + 1;
  }
  return withNul > lines / 2;
}
