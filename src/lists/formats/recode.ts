// Lists in UTF-16, as Windows' shell writes them, turned into UTF-8 on their way to a parser.

/** @returns what turns each chunk in order into UTF-8; null when the text's first octets are no mark of UTF-16 */
export function recoderOf(first: Uint8Array): ((chunk: Uint8Array) => Uint8Array) | null {
  const label =
    first[0] === 0xff && first[1] === 0xfe
      ? 'utf-16le'
      : first[0] === 0xfe && first[1] === 0xff
        ? 'utf-16be'
        : null;
  if (label === null) return null;
  const decoder = new TextDecoder(label);
  const encoder = new TextEncoder();
  return (chunk) => encoder.encode(decoder.decode(chunk, { stream: true }));
}
