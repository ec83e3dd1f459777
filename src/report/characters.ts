// What each character of a report is to somebody looking for names: part of a label, invisible, a space, a kind of dot.

/** Classes of characters in a label. Between `latin` and `attached` a word ends: prose in such scripts touches the name. */
export const CLASS = { none: 0, ascii: 1, letter: 2, attached: 3 } as const;

/** Folded forms that stand for several characters. */
export const SPACE = 0x20;
export const NEWLINE = 0x0a;
/** End of a table cell. */
export const CELL = 0x1f;
export const INVISIBLE = -1;
export const EN_DASH = 0x2013;
export const FULL_WIDTH_DOT = 0xff0e;

/** Scripts written without spaces, or with particles joined to a foreign word. No label mixes them with ASCII letters. */
const ATTACHED =
  /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}\p{scx=Bopo}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}\p{scx=Tibt}\p{scx=Hebr}\p{scx=Arab}\p{scx=Deva}\p{scx=Beng}\p{scx=Taml}]/u;
const LETTER = /[\p{L}\p{M}\p{N}]/u;

/** Class + 1 of each character of the basic plane, filled as characters are met; 0 is not met yet. */
const met = new Uint8Array(0x10000);
for (let code = 0; code < 0x80; code += 1)
  met[code] = (/[a-z0-9_-]/i.test(String.fromCharCode(code)) ? CLASS.ascii : CLASS.none) + 1;

export function classOf(code: number): number {
  if (code >= 0x10000) return classify(code);
  const known = met[code]!;
  if (known > 0) return known - 1;
  const found = classify(code);
  met[code] = found + 1;
  return found;
}

function classify(code: number): number {
  const character = String.fromCodePoint(code);
  if (!LETTER.test(character)) return CLASS.none;
  return ATTACHED.test(character) ? CLASS.attached : CLASS.letter;
}

export function isAsciiAlphanumeric(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
}

export function isAsciiLetter(code: number): boolean {
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a && code < 0x80;
}

/** Characters that are dots to the eye: one leader, middle dots, ideographic and full-width full stops. */
const DOT_LIKE = new Set([
  0x2e, 0xb7, 0x2022, 0x2024, 0x2027, 0x2219, 0x22c5, 0x3002, 0x30fb, 0xfe52, 0xff0e, 0xff61, 0xff65,
]);

export function isDotLike(code: number): boolean {
  return code === 0x2e || (code >= 0xb7 && DOT_LIKE.has(code));
}

/**
 * One character in its folded form: full-width forms as ASCII, every space as SPACE, every line end as NEWLINE, odd
 * brackets, hyphens and slashes as their ASCII twins. INVISIBLE is dropped: zero-width and direction marks, soft hyphens.
 */
export function fold(code: number): number {
  if (code < 0x80) return code < 0x20 ? foldControl(code) : code;
  if (code >= 0xff01 && code <= 0xff5e) return code === FULL_WIDTH_DOT ? code : code - 0xfee0;
  return ODD.get(code) ?? code;
}

function foldControl(code: number): number {
  if (code === 0x09 || code === 0x1f) return CELL;
  // A new page stands behind the end of a line: a line end of its own would be an empty line, which ends a table.
  if (code === 0x0c) return SPACE;
  return code >= 0x0a && code <= 0x0d ? NEWLINE : code;
}

const ODD = new Map<number, number>();
const setAll = (codes: readonly number[], folded: number): void => {
  for (const code of codes) ODD.set(code, folded);
};
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);
setAll([0xad, 0x34f, 0x61c, 0x180e, 0xfeff], INVISIBLE);
setAll(
  [range(0x200b, 0x200f), range(0x202a, 0x202e), range(0x2060, 0x206f), range(0xfe00, 0xfe0f)].flat(),
  INVISIBLE,
);
setAll([0xa0, 0x1680, ...range(0x2000, 0x200a), 0x202f, 0x205f, 0x3000], SPACE);
setAll([0x85, 0x2028, 0x2029], NEWLINE);
setAll([0x2010, 0x2011, 0xfe63], 0x2d);
setAll([0x2044, 0x2215], 0x2f);
setAll([0x2236, 0xa789, 0xfe55], 0x3a);
setAll([0x3010, 0x3014, 0x3016, 0x2045, 0xfe5d, 0x2772, 0x27e6, 0x2997], 0x5b);
setAll([0x3011, 0x3015, 0x3017, 0x2046, 0xfe5e, 0x2773, 0x27e7, 0x2998], 0x5d);
setAll([0x27e8, 0x2329, 0x3008], 0x3c);
setAll([0x27e9, 0x232a, 0x3009], 0x3e);
setAll([0xfe59], 0x28);
setAll([0xfe5a], 0x29);
setAll([0xfe6b], 0x40);
