// Text of others (names asked for, host names of clients, campaign titles of lists) made harmless for where it is shown.
//
// DNS names come here escaped by wire/presentation.ts (printing ASCII only); what clients and lists call themselves does not.

/** Control characters, line and paragraph separators, and those that turn the direction of text. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** One line of printing characters, at most so many. */
export function plain(text: string, charactersMax = 300): string {
  return cut(text.replace(UNPRINTABLE, '\uFFFD'), charactersMax);
}

/** At most so many UTF-16 units, which is how receivers count; never half a character. */
export function cut(text: string, charactersMax: number): string {
  if (text.length <= charactersMax) return text;
  const kept = text.slice(0, charactersMax - 1);
  return `${kept.isWellFormed() ? kept : kept.slice(0, -1)}…`;
}

/** Whole sentences in one line, as many of the first as there is room for: half a one may say something else. */
export function sentences(all: readonly string[], charactersMax: number): string {
  const whole = all.map((sentence) => plain(sentence, charactersMax));
  let said = whole[0] ?? '';
  for (const next of whole.slice(1)) {
    if (said.length + next.length + 3 > charactersMax) return `${said} …`;
    said += ` ${next}`;
  }
  return said;
}

/** At most so many octets of UTF-8; never half a character. */
export function cutOctets(text: string, octetsMax: number): string {
  const octets = Buffer.from(text);
  if (octets.length <= octetsMax) return text;
  let end = octetsMax - 3; // the mark of what is left out
  while (end > 0 && ((octets[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return `${octets.toString('utf8', 0, end)}…`;
}

/** A name that nobody clicks by accident: `evil[.]example`. */
export function defanged(name: string): string {
  return plain(name).replaceAll('.', '[.]');
}

/** Slack's three (api.slack.com/reference/surfaces/formatting#escaping). */
export function forSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Every character that Markdown may read as more than itself. */
export function forMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()<>#+\-.!|~:@]/g, (character) => `\\${character}`);
}

/** CEF header fields: backslash and pipe. */
export function forCefHeader(text: string): string {
  return plain(text).replace(/[\\|]/g, (character) => `\\${character}`);
}

/** CEF extension values: backslash and equals sign. */
export function forCefValue(text: string): string {
  return plain(text, 1023).replace(/[\\=]/g, (character) => `\\${character}`);
}

/** RFC 5424 §6.3.3: quote, backslash and closing bracket. */
export function forStructuredData(text: string): string {
  return plain(text).replace(/["\\\]]/g, (character) => `\\${character}`);
}
