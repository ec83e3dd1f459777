// Hot: the plainest YAML, which nearly all published lists of records are, read without a parser that keeps each space (a tenth of the time).
//
// Invariant: what is read here is what the parser makes of it, every value a text; test/report/yaml-records.test.ts reads both.

/** `- key: value` or `  key: value`; the value is words of which none begins or ends something, or quoted and without escapes. */
const LINE =
  /(- | {2})([a-z][\w-]{0,60}): (?:([a-z0-9]\S*(?<!:)(?: [^\s#]\S*(?<!:))*)|"([^"\\\r\n]*)"|'([^'\r\n]*)')(?:(?:\r?\n)+|$)/iy;

/** @returns null where a line is anything else */
export function plainRecords(source: string): Record<string, string>[] | null {
  const records: Record<string, string>[] = [];
  LINE.lastIndex = 0;
  for (let at = 0; at < source.length; at = LINE.lastIndex) {
    const line = LINE.exec(source);
    if (line === null) return null;
    const [, begin, key, plain, double, single] = line;
    if (begin === '- ') records.push({});
    const record = records.at(-1);
    if (record === undefined) return null;
    record[key!] = plain ?? double ?? single!;
  }
  return records.length > 0 ? records : null;
}
