// Makes dist/ of src/ for a package that npm installs: Node takes no types out of files below node_modules. `npm pack` runs it before.
import { cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import * as modules from 'node:module';
import { join } from 'node:path';

const { stripTypeScriptTypes } = modules;
if (stripTypeScriptTypes === undefined) {
  console.error(`Node ${process.version} cannot take types out; run \`npm ci\` first, which installs the Node that does (docs/install.md)`);
  process.exit(1);
}
const root = join(import.meta.dirname, '../..');
const dist = join(root, 'dist');
rmSync(dist, { recursive: true, force: true });
cpSync(join(root, 'src'), dist, { recursive: true });
for (const file of readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))) {
  const path = join(dist, file);
  // Of imports, and of the entries of threads and processes.
  const text = stripTypeScriptTypes(readFileSync(path, 'utf8')).replace(/\.ts(['"`])/g, '.js$1');
  writeFileSync(path, text);
  renameSync(path, path.replace(/\.ts$/, '.js'));
}
