// A long document in YAML, cut where an item of its list or a document of several begins: what the parser makes of a text takes some hundred
// times its room, and is needed of one part at a time.

/** A text of no more is one part. */
const WHOLE_CHARACTERS = 131_072;
/** Of a part, unless what begins in it is longer: what is made of it is gone before the collector would move it (10 MB: 2.3 s and 185 MB to 1.7 s and 103). */
const PART_CHARACTERS = 4096;
/** What one item names and others repeat stands in the same part. */
const ANCHOR = /(?:^|[\s[{,])&[^\s,[\]{}]/m;
/** In one piece it is more than is parsed. */
const PART_CHARACTERS_MAX = 4_194_304;
/** And of all of them. */
const CHARACTERS_MAX = 16_777_216;

/** Of a list that is all of the document. */
export const ITEM = /^- /gm;
/** Of several, as rules are published together. */
export const DOCUMENT = /^---(?=\s|$)/gm;

/** @returns null where it is more than is read */
export function yamlParts(source: string, beginning: RegExp): string[] | null {
  if (source.length > CHARACTERS_MAX) return null;
  const partCharacters =
    source.length <= WHOLE_CHARACTERS || ANCHOR.test(source) ? WHOLE_CHARACTERS : PART_CHARACTERS;
  const parts: string[] = [];
  for (let from = 0; from < source.length; ) {
    beginning.lastIndex = from + partCharacters;
    const to = beginning.exec(source)?.index ?? source.length;
    if (to - from > PART_CHARACTERS_MAX) return null;
    parts.push(source.slice(from, to));
    from = to;
  }
  return parts;
}
