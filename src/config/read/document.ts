// YAML text → plain values, and for every path in them the place where it is written.
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml';
import type { Path, Problem } from '../problem.ts';
import { quote } from '../values/parsed.ts';
import { lookAlike } from './look-alikes.ts';

export const CONFIG_OCTETS_MAX: number = 1024 * 1024;
/** Aliases may multiply a small file into a huge tree: how often all of them together may be expanded. */
const ALIASES_MAX = 100;
const SYNTAX_PROBLEMS_MAX = 5;
const DEPTH_MAX = 32;

export interface Place {
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

export interface YamlText {
  /** The file's content as plain values; null when it cannot be understood. */
  readonly tree: unknown;
  readonly problems: readonly Problem[];
  /** Where a path is written; of a path that is not written, its nearest ancestor. */
  readonly placeOf: (path: Path, at: 'key' | 'value') => Place;
}

/** @param file how the user named it */
export function readYaml(text: string, file: string): YamlText {
  const lines = new LineCounter();
  const problem = (offset: number, end: number, message: string, right: string | null): Problem => {
    const { line, col } = lines.linePos(offset);
    const offending = oneLine(text.slice(offset, Math.max(end, offset + 1)));
    return { file, line, column: col, text: offending, message, right, variable: null };
  };
  const nowhere = () => ({ line: 0, column: 0, text: '' });
  const wrong = (message: string, right: string): YamlText => ({
    tree: null,
    problems: [{ file, line: 1, column: 1, text: '', message, right, variable: null }],
    placeOf: nowhere,
  });
  if (nesting(text) > DEPTH_MAX * 8)
    return wrong('the file nests too deeply', 'a configuration has four levels at most');

  let document: Document.Parsed;
  let tree: unknown;
  let problems: readonly Problem[] = [];
  try {
    document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      stringKeys: true,
      version: '1.2',
    });
    problems = syntaxProblems(document, text, problem);
    const isUnclear = [...document.errors, ...document.warnings].some(({ code }) => code !== 'DUPLICATE_KEY');
    const signs = lookAlikes(document, problem);
    if (isUnclear || signs.length > 0)
      return { tree: null, problems: oneALine([...signs, ...problems]), placeOf: nowhere };
    tree = document.toJS({ maxAliasCount: ALIASES_MAX });
    return { tree: tree ?? {}, problems, placeOf: (path, at) => locate({ document, text, lines }, path, at) };
  } catch (error) {
    if (error instanceof ReferenceError && problems.length > 0)
      return { tree: null, problems, placeOf: nowhere };
    if (error instanceof ReferenceError)
      return wrong('aliases multiply the file beyond bounds', 'write the values out');
    return wrong(
      `the file cannot be read as YAML: ${error instanceof Error ? error.message : error}`,
      'see yaml.org',
    );
  }
}

/** An upper bound of how deep brackets and indentation nest, so that no recursion below can be driven too far. */
function nesting(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 0x5b || code === 0x7b) depth += 1;
    if ((code === 0x5d || code === 0x7d) && depth > 0) depth -= 1;
    if (depth > deepest) deepest = depth;
  }
  for (const line of text.split('\n')) {
    const indent = /^[ ?:-]*/.exec(line)?.[0].length ?? 0;
    if (indent > deepest) deepest = indent;
  }
  return deepest;
}

type ProblemAt = (offset: number, end: number, message: string, right: string | null) => Problem;

function syntaxProblems(document: Document.Parsed, text: string, problem: ProblemAt): Problem[] {
  const found: Problem[] = [];
  for (const { code, message, pos } of [...document.errors, ...document.warnings]) {
    const [from, to] = pos;
    if (code === 'DUPLICATE_KEY') {
      const key = oneLine(/^.*?(?=\s*:(?:\s|$))/m.exec(text.slice(from))?.[0] ?? '');
      found.push(
        problem(from, from + key.length, `the key ${quote(key)} is there twice`, 'keep one of them'),
      );
    } else {
      const known = /^Flow (map|sequence)/.test(message) ? MISSING : SYNTAX[code];
      found.push(problem(from, to, known?.[0] ?? sentence(message), known?.[1] ?? null));
    }
  }
  if (document.errors.length > 0) return oneALine(found).slice(0, SYNTAX_PROBLEMS_MAX);
  const anchors = new Set<string>();
  visit(document, {
    Value: (_, { anchor }) => {
      if (anchor !== undefined) anchors.add(anchor);
    },
    // YAML reads a wildcard without quotes as a mention of what nobody wrote.
    Alias: (_, { source, range }) => {
      if (anchors.has(source) || !range) return;
      const [wrong, right] = UNQUOTED;
      found.push(problem(range[0], range[1], wrong, `${right}: ${quote(JSON.stringify(`*${source}`))}`));
    },
    Pair: (_, pair) => {
      if (isScalar(pair.key) && pair.key.value === '__proto__' && pair.key.range)
        found.push(
          problem(pair.key.range[0], pair.key.range[1], '`__proto__` cannot be a name', 'choose another'),
        );
    },
  });
  return found;
}

/** What such a sign makes of a value is told as many mistakes, or as none. */
function lookAlikes(document: Document.Parsed, problem: ProblemAt): Problem[] {
  const found: Problem[] = [];
  visit(document, {
    Scalar: (_, { type, source, range }) => {
      if (type !== 'PLAIN' || !range) return;
      const said = lookAlike(source ?? '');
      if (said !== null) found.push(problem(range[0], range[1], ...said));
    },
  });
  return found.slice(0, SYNTAX_PROBLEMS_MAX);
}

/** One slip makes the parser stumble several times in its line: the first says enough. */
function oneALine(problems: readonly Problem[]): Problem[] {
  return problems.filter((problem) => problem === problems.find(({ line }) => line === problem.line));
}

const UNQUOTED = ['a value that begins with a sign of YAML’s own', 'put it in quotes'] as const;
const MISSING = ['a closing quote, bracket or comma is missing', 'close it before the line ends'] as const;
const SYNTAX: Readonly<Record<string, readonly [wrong: string, right: string]>> = {
  TAB_AS_INDENT: ['a tab in the indentation', 'indent with spaces'],
  MULTIPLE_DOCS: ['a second document begins', 'remove the `---` line'],
  NON_STRING_KEY: [
    'a key that is not text',
    'a key is a word before a colon, in quotes where it begins with a sign such as `*`',
  ],
  BAD_INDENT: ['the indentation does not fit', 'give lines of one section the same indentation'],
  MISSING_CHAR: MISSING,
  BLOCK_IN_FLOW: MISSING,
  BAD_SCALAR_START: UNQUOTED,
  BAD_ALIAS: UNQUOTED,
  BAD_DQ_ESCAPE: ['a backslash in double quotes', 'put the value in single quotes'],
  UNEXPECTED_TOKEN: [
    'something that does not belong here',
    'look for a comma, colon, quote or bracket that is missing before it',
  ],
  MULTILINE_IMPLICIT_KEY: [
    'a line that is neither `key: value` nor a comment',
    'add a colon, or a `#` before it',
  ],
  BLOCK_AS_IMPLICIT_KEY: [
    'a section begins inside a value',
    'put the key on its own line, or the value in quotes',
  ],
  TAG_RESOLVE_FAILED: ['a tag (`!…`) that means nothing here', 'remove it, or put the value in quotes'],
};

function sentence(message: string): string {
  const line = oneLine(message);
  return line.charAt(0).toLowerCase() + line.slice(1);
}

function oneLine(text: string): string {
  const line = text.trimStart().split(/[\r\n]/, 1)[0] ?? '';
  return line.length > 80 ? `${line.slice(0, 77)}...` : line.trimEnd();
}

interface Located {
  readonly document: Document.Parsed;
  readonly text: string;
  readonly lines: LineCounter;
}

function locate({ document, text, lines }: Located, path: Path, at: 'key' | 'value'): Place {
  let key: Node | null = null;
  let value = resolved(document.contents, document);
  let reached = 0;
  for (const part of path) {
    const next = step(value, part);
    if (next === null) break;
    key = next.key;
    value = resolved(next.value, document);
    reached += 1;
  }
  const whole = reached === path.length;
  const isOneForList = !whole && isScalar(value);
  const isPointable = value !== null && (isScalar(value) ? value.value !== null : key === null);
  const node = at === 'value' && (whole || isOneForList) && isPointable ? value : (key ?? value);
  const [from, to] = node?.range ?? [0, 0];
  const { line, col } = lines.linePos(from);
  const end = node === key && whole && value?.range ? value.range[1] : to;
  return { line, column: col, text: oneLine(text.slice(from, at === 'key' ? to : end)) };
}

function step(node: Node | null, part: string | number): { key: Node | null; value: Node | null } | null {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
    return pair === undefined ? null : { key: pair.key as Node, value: pair.value as Node | null };
  }
  if (isSeq(node) && typeof part === 'number') {
    const item = node.items[part];
    return item === undefined ? null : { key: null, value: item as Node };
  }
  return null;
}

function resolved(node: Node | null, document: Document.Parsed): Node | null {
  return isAlias(node) ? (node.resolve(document) ?? null) : node;
}
