// The configuration's own lines as somebody may see them: secrets hidden, and which setting stands on which line.
import { createHash } from 'node:crypto';
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { Path } from '../../config/problem.ts';
import { schemaAt, shapeOf } from '../../config/read/shape.ts';
import { configSchema } from '../../config/schema.ts';
import { shownUrl } from '../../config/values/shown-url.ts';
import { EditError } from './edit-error.ts';

export interface ShownLine {
  /** From 1. */
  readonly line: number;
  readonly text: string;
  /** The setting whose value begins and ends on this line, alone on it; null: there is none. */
  readonly path: readonly string[] | null;
  /** Its value as YAML; null where it is hidden. */
  readonly value: string | null;
}

const HIDDEN = '•••';
/** Around what tells two secrets apart in a difference: a character that nobody writes. */
const MARK = '\ue000';

interface Value {
  readonly path: readonly string[];
  readonly from: number;
  readonly to: number;
  readonly shown: string;
  /** Nothing of it was hidden. */
  readonly isWhole: boolean;
}

/** @throws EditError when the text is no YAML: then nobody knows where its secrets stand */
export function shownLines(text: string): ShownLine[] {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter });
  if (document.errors.length > 0)
    throw new EditError('EDIT_BROKEN', 'the configuration is no YAML, so its secrets cannot be told apart');
  const values: Value[] = [];
  const hidden: { from: number; to: number; shown: string }[] = [];
  collect(document.contents, [], [], text, values, hidden);
  const lines = text.split('\n');
  const settingOf = new Map<number, Value | null>();
  for (const value of values) {
    const { line } = counter.linePos(value.from);
    // Several settings of one line: the line as a whole is not one of them.
    settingOf.set(line, settingOf.has(line) ? null : value);
  }
  const masked = maskedText(text, hidden).split('\n');
  return lines.map((_, index) => {
    const setting = settingOf.get(index + 1) ?? null;
    return {
      line: index + 1,
      text: masked[index] ?? '',
      path: setting?.path ?? null,
      value: setting?.isWhole === true ? setting.shown : null,
    };
  });
}

/** A text without its secrets, each marked, so that a difference shows that one changed; `unmarked` takes the marks out of a line. */
export function withoutSecrets(text: string): string {
  const hidden: { from: number; to: number; shown: string }[] = [];
  collect(parseDocument(text).contents, [], [], text, [], hidden);
  const marked = hidden.map(({ from, to, shown }) => {
    const digest = createHash('sha256').update(text.slice(from, to)).digest('hex');
    return { from, to, shown: `${shown}${MARK}${digest}${MARK}` };
  });
  return maskedText(text, marked);
}

export const unmarked = (line: string): string =>
  line.replaceAll(new RegExp(`${MARK}[^${MARK}]*${MARK}`, 'g'), '');

function maskedText(text: string, hidden: readonly { from: number; to: number; shown: string }[]): string {
  return [...hidden]
    .sort((a, b) => b.from - a.from)
    .reduce((whole, { from, to, shown }) => whole.slice(0, from) + shown + whole.slice(to), text);
}

/** @param names the keys alone, without places in lists; undefined inside a list, where no setting has a name of its own */
function collect(
  node: unknown,
  path: Path,
  names: readonly string[] | undefined,
  text: string,
  values: Value[],
  hidden: { from: number; to: number; shown: string }[],
): void {
  if (isMap(node)) {
    const own =
      node.flow === true && isOneLine(node, text) && names !== undefined && names.length > 0 ? node : null;
    const before = hidden.length;
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? String(key.value) : '';
      collect(
        value,
        [...path, name],
        own === null && names !== undefined ? [...names, name] : undefined,
        text,
        values,
        hidden,
      );
    }
    if (own !== null) values.push(settingAt(own, names ?? [], text, hidden.length === before));
    return;
  }
  if (isSeq(node)) {
    const before = hidden.length;
    node.items.forEach((item, index) => {
      collect(item, [...path, index], undefined, text, values, hidden);
    });
    if (names !== undefined && node.flow === true && isOneLine(node, text))
      values.push(settingAt(node, names, text, hidden.length === before));
    return;
  }
  if (!isScalar(node) || node.range == null) return;
  const [from, to] = node.range;
  const shown = shownScalar(node.value, path);
  if (shown !== null) hidden.push({ from, to, shown });
  if (names !== undefined && names.length > 0 && isOneLine(node, text))
    values.push(settingAt(node, names, text, shown === null));
}

function settingAt(node: Node, path: readonly string[], text: string, isWhole: boolean): Value {
  const [from, to] = node.range ?? [0, 0];
  return { path, from, to, shown: text.slice(from, to), isWhole };
}

function isOneLine(node: Node, text: string): boolean {
  const [from, to] = node.range ?? [0, 0];
  return to > from && !text.slice(from, to).trimEnd().includes('\n');
}

/** What stands for a secret; null: it is none. */
function shownScalar(value: unknown, path: Path): string | null {
  if (value === null || (typeof value === 'string' && value.startsWith('file:'))) return null;
  const schema = schemaAt(configSchema, path);
  const shape = schema === null ? null : shapeOf(schema);
  // A number too: a setting takes it as text.
  if (shape?.is === 'setting' && shape.kind.secret) return HIDDEN;
  if (typeof value !== 'string' || !/^\s*[a-z][a-z0-9+.-]*:\/\//i.test(value)) return null;
  const url = path[0] === 'alerts' ? shownReceiver(value) : shownUrl(value);
  return url === value ? null : JSON.stringify(url);
}

/** A receiver's address without its user and its path, which is its secret as often as not; what is no URL may hold either anywhere. */
function shownReceiver(text: string): string {
  const url = URL.parse(text);
  if (url === null || url.host === '') return HIDDEN;
  const user = url.username === '' && url.password === '' ? '' : `${HIDDEN}@`;
  const path = url.pathname.length > 1 || url.search !== '' || url.hash !== '' ? `/${HIDDEN}` : '';
  return user === '' && path === '' ? text : `${url.protocol}//${user}${url.host}${path}`;
}
