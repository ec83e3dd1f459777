// Paths that a configuration names: which of them a backup leaves where they are, and what they are called where it is restored elsewhere.
import { existsSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { isPair, isScalar, parseDocument, type Scalar, visit } from 'yaml';

/** Their values are paths of certificates, keys and the like. */
const PRIVATE_KEYS = new Set(['cert', 'key', 'credentials', 'signingKey', 'ca']);
const SECRET = /^file:/;
const PREFIX = /^(?:folder:)?/;

/**
 * Certificates, keys and files of secrets, as far as they are there.
 * @param folder of the configuration
 */
export function privateFilesIn(text: string, folder: string): string[] {
  const found = new Set<string>();
  for (const { key, scalar } of scalarsIn(text)) {
    const value = String(scalar.value);
    if (!SECRET.test(value) && !PRIVATE_KEYS.has(key)) continue;
    const path = value.replace(SECRET, '');
    const there = [normalize(path), join(folder, path)].find((one) => existsSync(one));
    if (there !== undefined) found.add(there);
  }
  return [...found];
}

/** The configuration with each absolute path of `moves` in place of the one it was, all else as it was written. */
export function withMoved(text: string, moves: ReadonlyMap<string, string>): string {
  const changes = scalarsIn(text).flatMap(({ scalar }) => {
    const value = String(scalar.value);
    const [prefix = ''] = PREFIX.exec(value) ?? [];
    const to = moves.get(normalize(value.slice(prefix.length)));
    const [from, end] = scalar.range ?? [0, 0];
    if (to === undefined || end <= from) return [];
    const isPlain = text.slice(from, end) === value && /^[\w./:-]+$/.test(to);
    return [{ from, end, to: isPlain ? `${prefix}${to}` : JSON.stringify(`${prefix}${to}`) }];
  });
  let moved = text;
  for (const { from, end, to } of changes.sort((a, b) => b.from - a.from))
    moved = `${moved.slice(0, from)}${to}${moved.slice(end)}`;
  return moved;
}

function scalarsIn(text: string): { key: string; scalar: Scalar }[] {
  const found: { key: string; scalar: Scalar }[] = [];
  visit(parseDocument(text), {
    Scalar: (place, scalar, path) => {
      if (place === 'key' || typeof scalar.value !== 'string') return;
      const pair = path.findLast((one) => isPair(one));
      found.push({ key: isScalar(pair?.key) ? String(pair.key.value) : '', scalar });
    },
  });
  return found;
}
