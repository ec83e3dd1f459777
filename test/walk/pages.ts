// The documents as data: their fenced blocks, and what stands in backticks.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT: string = join(import.meta.dirname, '../..');

/** Between two fences. */
export interface Block {
  readonly file: string;
  /** Of the opening fence, from 1. */
  readonly line: number;
  /** The word behind the opening fence; empty where there is none. */
  readonly language: string;
  readonly text: string;
}

/** Words in backticks outside of blocks, or where a link leads. */
export interface Span {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

export interface Page {
  readonly file: string;
  readonly blocks: readonly Block[];
  readonly spans: readonly Span[];
  /** Those that stay in the project. */
  readonly links: readonly Span[];
  /** As a reader sees them: of a link its words. */
  readonly sentences: readonly Span[];
}

/** What people read. Not the change log and the decisions, which tell of their day. */
export function pages(): Page[] {
  const inFolder = (folder: string): string[] =>
    readdirSync(join(ROOT, folder))
      .filter((name) => name.endsWith('.md') && name !== 'CHANGELOG.md')
      .map((name) => join(folder, name));
  return ['.', 'docs', 'docs/concepts', 'findings', 'packaging/wazuh']
    .flatMap(inFolder)
    .map((file) => pageOf(file, readFileSync(join(ROOT, file), 'utf8')));
}

export function pageOf(file: string, text: string): Page {
  const blocks: Block[] = [];
  const prose: string[] = [];
  let open: { line: number; language: string; lines: string[] } | null = null;
  for (const [index, line] of text.split('\n').entries()) {
    const fence = /^\s*```(\S*)\s*$/.exec(line);
    // Lines of blocks are empty lines of the prose, so that numbers stay.
    prose.push(open === null && fence === null ? line : '');
    if (open === null) {
      if (fence !== null) open = { line: index + 1, language: fence[1] ?? '', lines: [] };
    } else if (fence === null) open.lines.push(line);
    else {
      blocks.push({ file, line: open.line, language: open.language, text: open.lines.join('\n') });
      open = null;
    }
  }
  if (open !== null) throw new Error(`${file}:${open.line}: a block that does not end`);
  return { file, blocks, ...inProse(file, prose) };
}

/** Backticks may begin on one line and end on the next, but not in another row, item or paragraph. */
function inProse(file: string, lines: readonly string[]): Pick<Page, 'spans' | 'links' | 'sentences'> {
  const spans: Span[] = [];
  const links: Span[] = [];
  const sentences: Span[] = [];
  for (let start = 0; start < lines.length; ) {
    let end = start + 1;
    while (end < lines.length && !/^\s*($|[|#]|[-*] |\d+\. )/.test(lines[end] ?? '')) end++;
    const paragraph = lines.slice(start, end).join('\n');
    const add = (to: Span[], index: number, text: string): void => {
      const line = start + 1 + (paragraph.slice(0, index).match(/\n/g)?.length ?? 0);
      to.push({ file, line, text: text.replace(/\s+/g, ' ').replaceAll('\\|', '|').trim() });
    };
    for (const match of paragraph.matchAll(/(`+)([^`]|[^`].*?[^`])\1(?!`)/gs))
      add(spans, match.index, match[2] ?? '');
    for (const match of paragraph.matchAll(/\]\(([^)\s]+)\)/g))
      if (!/^[a-z]+:/.test(match[1] ?? '')) add(links, match.index, match[1] ?? '');
    const seen = paragraph.replace(/\]\([^)]*\)/g, ']').replace(/^\s*[-*] /, '');
    for (const sentence of seen.split(/(?<=[.!?])\s+(?=[A-Z`*[(“])|\s\|\s/))
      sentences.push({ file, line: start + 1, text: sentence.replace(/\s+/g, ' ').trim() });
    start = end;
  }
  return { spans, links, sentences };
}
