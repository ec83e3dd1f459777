// The beginning of a report as a reader sees it: tags, entities and invisible characters gone, one line a paragraph.
import { CELL } from '../characters.ts';
import { FoldedText } from './folded-text.ts';

const VISIBLE_UNITS_MAX = 262_144;

export function visibleText(source: string, isHtml: boolean): string {
  const text = new FoldedText(source, isHtml);
  const parts: string[] = [];
  for (let read = 0; text.count > 0 && read < VISIBLE_UNITS_MAX; read += text.count, text.refill(text.count))
    parts.push(text.textOf(0, text.count));
  return parts.join('').replaceAll(String.fromCharCode(CELL), ' ');
}
