// OpenWrt's configuration files (UCI): sections of a type, with options and lists, words that may be quoted.
import { linesOf, type SettingsFile } from '../read-files.ts';

export interface UciSection {
  readonly type: string;
  readonly where: string;
  /** Each option's values: one of `option`, several of `list`. */
  readonly values: ReadonlyMap<string, readonly string[]>;
}

export function uciSections(file: SettingsFile): UciSection[] {
  const sections: { type: string; where: string; values: Map<string, string[]> }[] = [];
  for (const { text, where } of linesOf(file)) {
    const [word, name = '', value = ''] = uciWords(text);
    if (word === 'config') sections.push({ type: name, where, values: new Map() });
    const values = sections.at(-1)?.values;
    if (word === 'option') values?.set(name, [value]);
    else if (word === 'list') values?.set(name, [...(values.get(name) ?? []), value]);
  }
  return sections;
}

/** Up to a comment; parts of one word may be quoted each in its way. */
function uciWords(line: string): string[] {
  const words: string[] = [];
  for (const [word] of line.matchAll(/(?:'[^']*'|"(?:[^"\\]|\\.)*"|[^\s'"])+/g)) {
    if (word.startsWith('#')) break;
    words.push(
      word.replace(
        /'([^']*)'|"((?:[^"\\]|\\.)*)"/g,
        (_, plain?: string, escaped?: string) => plain ?? escaped?.replace(/\\(.)/g, '$1') ?? '',
      ),
    );
  }
  return words;
}

/** The first value; null where there is none or it is empty. */
export const uciText = ({ values }: UciSection, key: string): string | null => values.get(key)?.[0] || null;

/** What `list` gives, and an `option` with several words. */
export const uciTexts = ({ values }: UciSection, key: string): string[] =>
  (values.get(key) ?? []).flatMap((value) => value.split(/\s+/)).filter((word) => word !== '');

export const isUciOn = (section: UciSection, key: string, isUsual = false): boolean => {
  const value = uciText(section, key);
  return value === null ? isUsual : /^(1|on|true|yes|enabled)$/.test(value);
};
