// Puts a table into a document, between the two marks that name it, so that documents carry what was last measured.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** Does nothing where the document or its marks `<!-- bench:NAME -->` and `<!-- bench:end -->` are not there. */
export function putIntoDocument(path: string, name: string, text: string): void {
  if (!existsSync(path)) return;
  const begin = `<!-- bench:${name} -->`;
  const document = readFileSync(path, 'utf8');
  const from = document.indexOf(begin);
  const to = document.indexOf('<!-- bench:end -->', from);
  if (from < 0 || to < 0) return;
  writeFileSync(path, `${document.slice(0, from + begin.length)}\n${text.trim()}\n${document.slice(to)}`);
}
