// The entries of a long indicator list, taken out of its text and put back: a tree of YAML for each costs some kilobytes.

export interface EntriesApart {
  /** The list with its first entry alone. */
  readonly text: string;
  /**
   * @param text the same list as it is now, its first entry unchanged
   * @param more lines of further entries, indented by two
   * @returns null when the entry cannot be found again
   */
  together(text: string, more: string): string | null;
}

/** Shorter lists are merged entry by entry. */
const CHARACTERS_MIN = 131_072;
/** As cenote writes its entries, up to the first. */
const SECTION = /^(?:indicators|entries):[ \t]*(?:#.*)?\n(?= {2}- )/m;
const DASH = '\n  - ';
/** Where a line begins that is no part of an entry. */
const BEHIND = /\n(?! {2})/g;

/** @returns null for a short list, or one whose entries are not written line by line as cenote does */
export function entriesApart(text: string): EntriesApart | null {
  if (text.length < CHARACTERS_MIN) return null;
  const section = SECTION.exec(text);
  if (section === null) return null;
  const from = section.index + section[0].length;
  BEHIND.lastIndex = from;
  const end = BEHIND.exec(text)?.index ?? text.length;
  const dash = text.indexOf(DASH, from);
  const second = dash < 0 || dash > end ? end : dash;
  const first = text.slice(section.index, second);
  const rest = text.slice(second, end);
  return {
    text: text.slice(0, second) + text.slice(end),
    together: (now, more) => {
      const at = now.indexOf(`${first}\n`) + first.length;
      if (at < first.length) return null;
      return `${now.slice(0, at)}${rest}\n${more}${now.slice(at + 1)}`;
    },
  };
}
