// Words of a line in presentation form (RFC 1035 §5.1), and the octets that a word stands for.

const CHARACTER_STRING_OCTETS_MAX = 255;

/**
 * Words as they are written, quotes and escapes with them. A word that begins with `;` begins a comment; one that is a
 * parenthesis only joins lines, which a single line has no need of.
 * @returns null when a quote is left open
 */
export function wordsOf(line: string): string[] | null {
  const words: string[] = [];
  for (const [word] of line.matchAll(/"(?:[^"\\]|\\.)*"|(?:[^\s"\\]|\\.)+|["\\]/gsu)) {
    if (word === '"' || word === '\\') return null;
    if (word.startsWith(';')) break;
    if (word !== '(' && word !== ')') words.push(word);
  }
  return words;
}

export const unquoted = (word: string): string =>
  word.length > 1 && word.startsWith('"') && word.endsWith('"') ? word.slice(1, -1) : word;

/** Octets of a word: `\DDD` is one, `\X` is X, other characters are their UTF-8. Null when an escape is none. */
export function octetsOfWord(word: string): Buffer | null {
  const parts = [...unquoted(word).matchAll(/\\(\d{3}|\D)|[^\\]+|\\/gsu)].map(([part, escaped]) => {
    if (escaped === undefined) return part === '\\' ? null : Buffer.from(part);
    if (escaped.length < 3) return Buffer.from(escaped);
    return Number(escaped) > 255 ? null : Buffer.from([Number(escaped)]);
  });
  return parts.includes(null) ? null : Buffer.concat(parts.flatMap((part) => part ?? []));
}

/** Octets of a word that is a number without a sign, null when it is none or too large. */
export function numberOf(text: string | undefined, octets: 1 | 2): Buffer | null {
  const max = octets === 1 ? 0xff : 0xffff;
  if (text === undefined || !/^\d{1,5}$/.test(text) || Number(text) > max) return null;
  return octets === 1 ? Buffer.from([Number(text)]) : Buffer.from([Number(text) >> 8, Number(text) & 0xff]);
}

/** Its length, then its octets (RFC 1035 §3.3); null when it is too long, or none. */
export function characterString(octets: Buffer | null): Buffer | null {
  if (octets === null || octets.length > CHARACTER_STRING_OCTETS_MAX) return null;
  return Buffer.concat([Buffer.from([octets.length]), octets]);
}

/** Null when one of them is. */
export function together(parts: readonly (Uint8Array | null)[]): Buffer | null {
  return parts.includes(null) ? null : Buffer.concat(parts.flatMap((part) => part ?? []));
}

/** Octets as a quoted word. */
export const quotedWord = (octets: Uint8Array): string => `"${Array.from(octets, octetText).join('')}"`;

function octetText(octet: number): string {
  if (octet < 0x20 || octet > 0x7e) return `\\${String(octet).padStart(3, '0')}`;
  const character = String.fromCharCode(octet);
  return character === '"' || character === '\\' ? `\\${character}` : character;
}
