// Items of an indicator list as cenote writes them, and most people: read without the YAML library, which takes forty times as long.
// Twin: the library itself, in the tests.
import type { Indicator } from '../../../policy/rule.ts';
import type { IndicatorEntry } from './indicator-list.ts';

/** What YAML takes as itself: words, and signs that mean nothing between them. */
const PLAIN = /^[A-Za-z0-9](?:[A-Za-z0-9 .,/+_-]*[A-Za-z0-9.])?$/;
const QUOTED = /^'((?:[^'\\]|'')*)'$/;
const ITEM = /^( *)- (?:(name): )?(\S.*)$/;
const FIELD = /^( +)([A-Za-z]+): (\S.*)$/;

/** What a text means, plain or in single quotes; null for anything else that YAML has. */
function scalarOf(written: string): string | null {
  if (PLAIN.test(written)) return written;
  // An empty text says nothing, and what that means is the library's to tell.
  return QUOTED.exec(written)?.[1]?.replaceAll("''", "'") || null;
}

/** The keys of an item that may be read so, and whether a value is right. */
export type FieldCheck = (key: string, value: string) => boolean;

/**
 * @param firstLine number of the first line, from 1
 * @returns null when a line is built otherwise: the library has to read them all
 */
export function readPlainItems(
  lines: readonly string[],
  firstLine: number,
  isRight: FieldCheck,
): IndicatorEntry[] | null {
  const entries: IndicatorEntry[] = [];
  let indent = '';
  let open: { name: string; said: Record<string, string>; subdomains: string; line: number } | null = null;
  const close = (): void => {
    if (open === null) return;
    const { name, said, subdomains, line } = open;
    const isBelow = subdomains === 'only';
    entries.push({
      name,
      isExact: subdomains === 'false',
      ...(isBelow && { isBelow }),
      said: said as Partial<Indicator>,
      line,
    });
    open = null;
  };
  for (const [index, line] of lines.entries()) {
    const item = ITEM.exec(line);
    if (item !== null) {
      close();
      const name = scalarOf(item[3]!);
      if (name === null || (entries.length > 0 && item[1] !== indent)) return null;
      indent = item[1]!;
      if (item[2] === undefined) entries.push({ name, isExact: false, said: {}, line: firstLine + index });
      else open = { name, said: {}, subdomains: '', line: firstLine + index };
      continue;
    }
    const field = FIELD.exec(line);
    const key = field?.[2] ?? '';
    const value = field === null ? null : scalarOf(field[3]!);
    const isOfItem = open !== null && field !== null && field[1]!.length === indent.length + 2;
    if (!isOfItem || value === null || open === null || !isRight(key, value)) return null;
    if (key === 'subdomains') open.subdomains = value;
    else if (Object.hasOwn(open.said, key)) return null;
    else open.said[key] = value;
  }
  close();
  return entries;
}
