// One setting of the configuration's text changed, added or removed in its own place: every other octet stays.
import { type Document, isMap, isScalar, type Node, type Pair, parseDocument, type YAMLMap } from 'yaml';
import { EditError } from './edit-error.ts';
import { documentOf, textOf } from './lists-section.ts';

/** Keys from the root: `['cache', 'entries']`. */
export type SettingPath = readonly string[];

/**
 * @param value YAML, on one line as a rule; null removes the setting
 * @throws EditError when the value is no YAML, or the setting stands where it cannot be changed alone
 */
export function withSetting(text: string, path: SettingPath, value: string | null): string {
  const document = documentOf(text);
  const at = find(document, path);
  if (value === null) {
    if (at === null) throw new EditError('EDIT_NO_SETTING', `there is no ${path.join('.')} in the file`);
    document.deleteIn(path);
    return textOf(text, document);
  }
  const parsed = parseDocument(value);
  if (parsed.errors.length > 0 || value.trim() === '')
    throw new EditError('EDIT_BAD_VALUE', `${JSON.stringify(value)} is no value that YAML can hold`);
  const range = at?.range;
  // What holds several lines, or is another's (`*alias`), is written anew by the library; a value on a line of its own is replaced there.
  if (
    range !== undefined &&
    range !== null &&
    !text.slice(range[0], range[1]).includes('\n') &&
    !value.includes('\n')
  )
    return `${text.slice(0, range[0])}${value.trim()}${text.slice(range[1])}`;
  document.setIn(path, parsed.contents);
  return textOf(text, document);
}

/** The value that stands there; null: none does. */
function find(document: Document, path: SettingPath): Node | null {
  let node: unknown = document.contents;
  for (const key of path) {
    const pair = isMap(node) ? pairOf(node, key) : undefined;
    if (pair === undefined) return null;
    node = pair.value;
  }
  return node as Node | null;
}

const pairOf = (map: YAMLMap, key: string): Pair | undefined =>
  map.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === key);
