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
const SECTION = /^(indicators|entries):[ \t]*(#.*)?$/;
/** As cenote writes its entries. */
const DASH = '  - ';

/** @returns null for a short list, or one whose entries are not written line by line as cenote does */
export function entriesApart(text: string): EntriesApart | null {
  if (text.length < CHARACTERS_MIN) return null;
  const lines = text.split('\n');
  const key = lines.findIndex((line) => SECTION.test(line));
  const from = key + 1;
  if (key < 0 || !lines[from]!.startsWith(DASH)) return null;
  let to = from;
  while (to < lines.length && /^ {2}/.test(lines[to]!)) to += 1;
  let second = from + 1;
  while (second < to && !lines[second]!.startsWith(DASH)) second += 1;
  const first = lines.slice(from, second);
  const rest = lines.slice(second, to);
  return {
    text: [...lines.slice(0, second), ...lines.slice(to)].join('\n'),
    together: (now, more) => {
      const nowLines = now.split('\n');
      const at = nowLines.findIndex((line) => SECTION.test(line)) + 1;
      if (at === 0 || first.some((line, index) => nowLines[at + index] !== line)) return null;
      const end = at + first.length;
      const added = more === '' ? [] : more.replace(/\n$/, '').split('\n');
      return [...nowLines.slice(0, end), ...rest, ...added, ...nowLines.slice(end)].join('\n');
    },
  };
}
