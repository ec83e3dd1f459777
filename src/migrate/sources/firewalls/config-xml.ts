// A firewall's config.xml as a tree: elements by name, each with its text.
import { ReportError } from '../../../report/report.ts';
import { readXmlText, type XmlHandlers } from '../../../report/text/xml-parser.ts';
import { MigrateError } from '../../migrate-error.ts';
import { textOf } from '../../read-files.ts';
import { isTree, type Tree } from '../settings.ts';

export interface Element {
  readonly name: string;
  readonly uuid: string;
  /** Without that of the elements in it. */
  text: string;
  readonly children: Element[];
}

/** @throws MigrateError when its outermost element is another, or it is none of a firewall's */
export function configXml(path: string, root: string, title: string): Element {
  const top: Element = { name: '', uuid: '', text: '', children: [] };
  const open: Element[] = [top];
  const whole = textOf(path);
  const handlers: XmlHandlers = {
    open: (name, { uuid = '' }) => {
      const element: Element = { name, uuid, text: '', children: [] };
      open.at(-1)?.children.push(element);
      open.push(element);
    },
    text: (part) => {
      const element = open.at(-1);
      if (element !== undefined) element.text += part;
    },
    close: () => {
      if (open.length > 1) open.pop();
    },
  };
  try {
    readXmlText(whole, handlers, false);
  } catch (error) {
    if (!(error instanceof ReportError)) throw error;
    // Its remedy is a report's.
    const why = 'its elements stand deeper in each other than a firewall has them';
    throw new MigrateError('MIGRATE_NOT_THEIRS', `not a config.xml of ${title}: ${why} (${path})`, {
      cause: error,
    });
  }
  const found = top.children.find(({ name }) => name === root);
  if (found !== undefined) return found;
  throw new MigrateError(
    'MIGRATE_NOT_THEIRS',
    `not a config.xml of ${title}: it has no element <${root}>${/^---- BEGIN/m.test(whole) ? '; it is encrypted: save the backup without a password' : ''} (${path})`,
  );
}

/** The elements at the end of a path, of each on the way all of that name. */
export function elementsAt(element: Element, ...path: readonly string[]): readonly Element[] {
  return path.reduce<readonly Element[]>(
    (all, name) => all.flatMap(({ children }) => children.filter((child) => child.name === name)),
    [element],
  );
}

/** Trimmed; empty where there is none, or none there. */
export const textIn = (element: Element, ...path: readonly string[]): string =>
  (path.length === 0 ? element : elementsAt(element, ...path)[0])?.text.trim() ?? '';

/** What they write so: values with commas or line ends between. */
export const textsIn = (element: Element, ...path: readonly string[]): string[] =>
  textIn(element, ...path)
    .split(/[,\s]+/)
    .filter((text) => text !== '');

/** As a tree of settings: what is empty or 0 is not set, 1 is on; of elements of one name the first that is. */
export function treeOf({ children }: Element): Tree {
  const tree: Record<string, unknown> = {};
  for (const child of children) {
    const text = child.text.trim();
    const plain = text === '1' ? true : text === '0' ? '' : text;
    const value = child.children.length > 0 ? treeOf(child) : plain;
    if (!isTree(tree[child.name]) && (tree[child.name] ?? '') === '') tree[child.name] = value;
  }
  return tree;
}

/** Text that they keep as base64, line by line, without comments. */
export const linesIn = (element: Element, ...path: readonly string[]): string[] =>
  Buffer.from(textIn(element, ...path), 'base64')
    .toString('utf8')
    .split(/\r?\n/)
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
