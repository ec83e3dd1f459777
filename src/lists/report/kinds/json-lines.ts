// On which line of a JSON text each object stands, by the string under one of its keys; JSON.parse does not tell.

const KEYS_MAX = 1_000_000;

/** Line of the first object that has `"key": "value"`, by value. */
export function lineOfKey(source: string, key: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  const pattern = new RegExp(`"${key}"\\s{0,16}:\\s{0,16}"([^"\\\\]{1,128})"`, 'g');
  let line = 1;
  let counted = 0;
  for (let match = pattern.exec(source); match !== null; match = pattern.exec(source)) {
    for (; counted < match.index; counted += 1) if (source.charCodeAt(counted) === 0x0a) line += 1;
    const value = match[1] ?? '';
    if (!lines.has(value)) lines.set(value, line);
    if (lines.size >= KEYS_MAX) break;
  }
  return lines;
}
