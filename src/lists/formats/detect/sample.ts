// The part of a text that says what format it is of: its beginning, or from where its first entry is when a long comment comes first.

/** How much of a text is looked at. */
export const SAMPLE_OCTETS = 65_536;
/** Comments above the first entry that are passed over. */
export const COMMENTS_OCTETS_MAX = 4_194_304;
/** Of the beginning, where the comments' headers are: `[Adblock Plus]`. */
const HEAD_OCTETS = 4096;

const LF = 0x0a;
const decoder = new TextDecoder();

export interface Sample {
  readonly octets: Uint8Array;
  /** Whether it is the whole text; else its last line may be cut. */
  readonly isWhole: boolean;
}

/** @param isWhole whether `text` is all of it */
export function sampleOf(text: Uint8Array, isWhole: boolean): Sample {
  const first = firstEntry(text, 0);
  if (first < SAMPLE_OCTETS - HEAD_OCTETS)
    return { octets: text.subarray(0, SAMPLE_OCTETS), isWhole: isWhole && text.length <= SAMPLE_OCTETS };
  const head = text.subarray(0, text.lastIndexOf(LF, HEAD_OCTETS) + 1);
  const end = first + SAMPLE_OCTETS - HEAD_OCTETS;
  const octets = Buffer.concat([head, text.subarray(first, end)]);
  return { octets, isWhole: isWhole && text.length <= end };
}

/**
 * @param from where a line begins
 * @returns where the first line begins that is neither blank nor a comment, or the last line where there is none
 */
export function firstEntry(text: Uint8Array, from: number): number {
  for (let start = from; ; ) {
    const end = text.indexOf(LF, start);
    if (end < 0 || !isCommentLine(decoder.decode(text.subarray(start, end)).trim())) return start;
    start = end + 1;
  }
}

/** Whether nothing of a trimmed line is an entry: it is empty, a comment or a header. */
export function isCommentLine(line: string): boolean {
  if (line === '' || line.startsWith('!') || line.startsWith(';') || line.startsWith('//')) return true;
  if (line.startsWith('[')) return true;
  return /^#($|[^#@?$%]|#+($|\s|#))/.test(line);
}
