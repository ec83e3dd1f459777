// Imports each package that the sources in ./src name: `cd FOLDER && node --input-type=module - < imports.mjs`. Ends with 1 at the first that
// is not whole.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const names = new Set();
for (const entry of readdirSync('src', { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !entry.name.endsWith('.ts')) continue;
  const text = readFileSync(join(entry.parentPath, entry.name), 'utf8');
  for (const [, name] of text.matchAll(/(?:\bfrom |\bimport\(|^import )'([^'.][^']*)'/gm))
    if (!name.startsWith('node:')) names.add(name);
}
for (const name of names) await import(name);
process.stderr.write(`${names.size} packages are whole\n`);
