// A long document in YAML, cut where an item of its list or a document of several begins: what the parser makes of a text takes some hundred
// times its room, and is needed of one part at a time.

/** Of a part, unless what begins in it is longer. */
const PART_CHARACTERS = 131_072;
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
  const parts: string[] = [];
  for (let from = 0; from < source.length; ) {
    beginning.lastIndex = from + PART_CHARACTERS;
    const to = beginning.exec(source)?.index ?? source.length;
    if (to - from > PART_CHARACTERS_MAX) return null;
    parts.push(source.slice(from, to));
    from = to;
  }
  return parts;
}
