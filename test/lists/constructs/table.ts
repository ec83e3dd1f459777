// Tables of docs/lists.md: what a construct of a format does in its own engine and here, from rows that tests hold to both.
import type { ListConfig } from '../../../src/config/config.ts';

/** `name: theirs`, or `name: theirs / ours` where they differ; a type other than A stands behind the name. */
export type Asked = `${string}: ${string}`;

export interface Row {
  /** As it is shown; Markdown but for `|`. */
  readonly construct: string;
  /** The list, one text a zone; the construct itself where it is not said. */
  readonly list?: readonly string[];
  /** Beside the table's. */
  readonly settings?: Partial<ListConfig>;
  readonly asked: readonly Asked[];
  readonly note?: string;
}

export interface FormatTable {
  /** Of the place in docs/lists.md. */
  readonly id: string;
  readonly engine: string;
  readonly settings: Partial<ListConfig>;
  readonly rows: readonly Row[];
}

export interface AskedParts {
  readonly name: string;
  readonly type: string;
  readonly theirs: string;
  readonly ours: string;
}

export function partsOf(asked: Asked): AskedParts {
  const colon = asked.indexOf(': ');
  const question = asked.slice(0, colon);
  const outcomes = asked.slice(colon + 2);
  const [name = '', type = 'A'] = question.split(' ');
  const [theirs = '', ours = theirs] = outcomes.split(' / ');
  return { name, type, theirs, ours };
}

export const listOf = ({ construct, list }: Row): readonly string[] =>
  list ?? [construct.replaceAll('`', '')];

const WORDS: Readonly<Record<string, string>> = {
  pass: 'passes',
  block: 'blocked',
  nxdomain: 'NXDOMAIN',
  nodata: 'NODATA',
  refused: 'REFUSED',
  drop: 'no answer',
  tcp: 'TC over UDP',
};

const shown = (outcome: string): string =>
  WORDS[outcome] ?? outcome.replace(/^data /, '').replace(/^alias (.*)$/, 'alias `$1`');

function cellOf(asked: readonly AskedParts[], outcomeOf: (parts: AskedParts) => string): string {
  return asked
    .map(
      (parts) => `\`${parts.name}\`${parts.type === 'A' ? '' : ` ${parts.type}`} ${shown(outcomeOf(parts))}`,
    )
    .join(', ');
}

/** As Markdown. */
export function textOf({ engine, rows }: FormatTable): string {
  const lines = rows.map((row) => {
    const asked = row.asked.map(partsOf);
    const theirs = cellOf(asked, (parts) => parts.theirs);
    const differing = asked.filter(({ theirs: their, ours }) => their !== ours);
    const note = row.note === undefined ? '' : ` (${row.note})`;
    const ours =
      differing.length === 0 ? `the same${note}` : `${cellOf(differing, (parts) => parts.ours)}${note}`;
    return [row.construct, theirs, ours].map((cell) => cell.replaceAll('|', '\\|')).join(' | ');
  });
  return [
    `| construct | ${engine} | cenote |`,
    '| --- | --- | --- |',
    ...lines.map((line) => `| ${line} |`),
  ].join('\n');
}

/** The document with every table in its place. @throws when a place is missing */
export function withTables(document: string, tables: readonly FormatTable[]): string {
  return tables.reduce((text, table) => {
    const begin = `<!-- table ${table.id} -->\n`;
    const end = `\n<!-- end of ${table.id} -->`;
    const from = text.indexOf(begin);
    const to = text.indexOf(end, from);
    if (from < 0 || to < 0) throw new Error(`docs/lists.md has no place for the table ${table.id}`);
    return text.slice(0, from + begin.length) + textOf(table) + text.slice(to);
  }, document);
}
