// The lines of the lists that speak of a name, read again from their files: nothing of them is held for the day someone asks.
import type { LineView } from '../../admin/state.ts';
import type { Config, ListConfig } from '../../config/config.ts';
import type { ListBody } from '../../lists/body.ts';
import { explainList } from '../../lists/explain.ts';
import { textToName } from '../../wire/presentation.ts';
import type { Decision } from './decision.ts';

/** Lists that came over a network are left out: their text is not where the user can look it up. */
export async function linesFor(decision: Decision, config: Config): Promise<LineView[]> {
  const name = textToName(decision.name);
  if (name === null) return [];
  const wanted = new Set([...decision.entries.map(({ list }) => list), decision.list]);
  const lines: LineView[] = [];
  for (const list of config.lists) {
    const body = wanted.has(list.name) ? bodyOf(list) : null;
    if (body === null) continue;
    // A file that went since it was compiled still leaves the decision explained.
    const found = await explainList(list, body, name).catch(() => []);
    for (const { line, text } of found) lines.push({ list: list.name, line, text });
  }
  return lines;
}

function bodyOf(list: ListConfig): ListBody | null {
  if (list.names !== null) return { kind: 'names', names: list.names };
  return /^(https?|rpz):/i.test(list.source) ? null : { kind: 'file', path: list.source };
}
