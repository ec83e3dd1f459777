// Text of others (names asked for, host names of clients, campaign titles of lists) made harmless for where it is shown.
//
// DNS names come here escaped by wire/presentation.ts (printing ASCII only); what clients and lists call themselves does not.

/** Control characters, line and paragraph separators, and those that turn the direction of text. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** One line of printing characters, at most so many. */
export function plain(text: string, charactersMax = 300): string {
  const clean = text.replace(UNPRINTABLE, '\uFFFD');
  return clean.length <= charactersMax ? clean : `${clean.slice(0, charactersMax - 1)}…`;
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
