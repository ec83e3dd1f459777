// Signs that a word processor, a chat or a web page puts where YAML has quotes and blanks: YAML takes them for letters of the value.
//
// Only text without quotes is looked at: who writes such a sign between quotes means it.

/** A quotation mark at either end. An apostrophe within a word is none. */
const QUOTED = /^[\p{Pi}\p{Pf}‚„]|[\p{Pi}\p{Pf}]$/u;
/** Nobody sees these: no-break and other blanks at an end of the text or behind a colon, and signs without width anywhere. */
const UNSEEN =
  /^[^\S \t\r\n]|[^\S \t\r\n]$|(?<=:)[^\S \t\r\n]|[\u00ad\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]/u;

/** @returns what is wrong with a value or key that stands without quotes, and what would be right; null: nothing is */
export function lookAlike(text: string): readonly [wrong: string, right: string] | null {
  if (QUOTED.test(text)) return ['typographic quotes are part of the text', 'write `"` in their place'];
  const unseen = UNSEEN.exec(text);
  if (unseen === null) return null;
  const code = unseen[0].codePointAt(0) ?? 0;
  const sign = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  return [`a sign that nobody sees (${sign}) is part of the text`, 'type it anew, with the usual blanks'];
}
