// The lines of the lists that speak of a name, read again from the texts in force: nothing of them is held for the day someone asks.
import type { LineView } from '../../admin/state.ts';
import { explainList } from '../../lists/explain.ts';
import type { ListText } from '../../lists/library/held-list.ts';
import { holdsFor } from '../../policy/conditions.ts';
import { textToAddress } from '../../wire/names/address.ts';
import { textToName } from '../../wire/names/presentation.ts';
import { textToType } from '../../wire/records/iana.ts';
import type { Decision } from './decision.ts';

/** Of a machine that has none yet. */
const NO_ADDRESS = new Uint8Array(16);

/**
 * The list that decided comes first.
 * @param textOf a list's text in force; of one that came over a network, the copy on disk
 */
export async function linesFor(
  decision: Pick<Decision, 'name' | 'type' | 'client' | 'list' | 'entries'>,
  textOf: (list: string) => ListText | null,
): Promise<LineView[]> {
  const name = textToName(decision.name);
  const qtype = textToType(decision.type);
  const { ip } = decision.client;
  const address = ip === null ? NO_ADDRESS : textToAddress(ip);
  if (name === null || qtype === null || address === null) return [];
  const decided = decision.list === null ? [] : [decision.list];
  const lines: LineView[] = [];
  for (const list of new Set([...decided, ...decision.entries.map((entry) => entry.list)])) {
    const text = textOf(list);
    if (text === null) continue;
    // A file that went since it was compiled still leaves the decision explained.
    const found = await explainList(text.config, text.body, name).catch(() => []);
    // A line for other clients or types says nothing of this question.
    for (const { line, text, rule } of found)
      if (holdsFor(rule, name, qtype, address)) lines.push({ list, line, text });
  }
  return lines;
}
