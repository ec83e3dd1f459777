// Items of an indicator list as cenote writes them, and most people: read without the YAML library, which takes forty times as long.
// Twin: the library itself, in the tests.
import type { Indicator } from '../../../policy/rule.ts';
import type { IndicatorEntry } from './indicator-list.ts';

/** What YAML takes as itself: words, and signs that mean nothing between them. */
const PLAIN = /^[A-Za-z0-9](?:[A-Za-z0-9 .,/+_-]*[A-Za-z0-9.])?$/;
const QUOTED = /^'((?:[^'\\]|'')*)'$/;
const ITEM = /^( *)- (?:(name): )?(\S.*)$/;
const FIELD = /^( +)([A-Za-z]+): (\S.*)$/;

/** `- { name: evil.example, note: "why" }` */
const FLOW = /^( *)- \{ ?(\S.*?) ?\}$/;
/** A field of it: in double quotes without an escape, in single ones without a quote, or plain without a comma. */
const FLOW_FIELD =
  /([A-Za-z]+): (?:"([^"\\\p{C}]+)"|'([^'\\\p{C}]+)'|([A-Za-z0-9][A-Za-z0-9 ./+_-]*))(?:, |$)/uy;

/** The fields of an item that is written in one line; null when a part of it is built otherwise. */
function flowFields(text: string): Map<string, string> | null {
  const fields = new Map<string, string>();
  for (FLOW_FIELD.lastIndex = 0; FLOW_FIELD.lastIndex < text.length; ) {
    const found = FLOW_FIELD.exec(text);
    if (found === null) return null;
    const [, key = '', double, single, plain] = found;
    const value = double ?? single ?? (plain !== undefined && PLAIN.test(plain) ? plain : null);
    if (value === null || fields.has(key)) return null;
    fields.set(key, value);
  }
  return text.endsWith(', ') ? null : fields;
}

/** What a text means, plain or in single quotes; null for anything else that YAML has. */
function scalarOf(written: string): string | null {
  if (PLAIN.test(written)) return written;
  // An empty text says nothing, and what that means is the library's to tell.
  return QUOTED.exec(written)?.[1]?.replaceAll("''", "'") || null;
}

/** What most items say besides their name: one object for all. */
const NOTHING: Partial<Indicator> = {};

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
  let open: { name: string; fields: Record<string, string>; line: number } | null = null;
  const put = (key: string, value: string): boolean => {
    if (open === null || !isRight(key, value)) return false;
    // Unlike in the library, the last `subdomains` counts.
    if (key !== 'subdomains' && Object.hasOwn(open.fields, key)) return false;
    open.fields[key] = value;
    return true;
  };
  const close = (): void => {
    if (open === null) return;
    const { name, fields, line } = open;
    const { subdomains, ...said } = fields;
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
    const flow = FLOW.exec(line);
    if (flow !== null) {
      close();
      const fields = flowFields(flow[2]!);
      const name = fields?.get('name');
      if (fields === null || name === undefined || (entries.length > 0 && flow[1] !== indent)) return null;
      indent = flow[1]!;
      open = { name, fields: {}, line: firstLine + index };
      for (const [key, value] of fields) if (key !== 'name' && !put(key, value)) return null;
      close();
      continue;
    }
    const item = ITEM.exec(line);
    if (item !== null) {
      close();
      const name = scalarOf(item[3]!);
      if (name === null || (entries.length > 0 && item[1] !== indent)) return null;
      indent = item[1]!;
      if (item[2] === undefined)
        entries.push({ name, isExact: false, said: NOTHING, line: firstLine + index });
      else open = { name, fields: {}, line: firstLine + index };
      continue;
    }
    const field = FIELD.exec(line);
    const key = field?.[2] ?? '';
    const value = field === null ? null : scalarOf(field[3]!);
    const isOfItem = field !== null && field[1]!.length === indent.length + 2;
    if (!isOfItem || value === null || !put(key, value)) return null;
  }
  close();
  return entries;
}
