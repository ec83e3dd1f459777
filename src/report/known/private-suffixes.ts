// Names above a private suffix (`core.windows.net` above `web.core.windows.net`): everything of an operator's customers stands
// below them. tldts answers for one name at a time and does not say what is below it, so its table is walked once here.
import { createRequire } from 'node:module';

/** The public suffix list as tldts keeps it: edges of a node stand side by side, each with the text of its label. */
interface SuffixTable {
  /** Bit 0: a suffix of the ICANN section; bit 1: of the private section. */
  readonly nodeFlags: ArrayLike<number>;
  readonly edgeStart: ArrayLike<number>;
  readonly edgeLength: ArrayLike<number>;
  readonly edgeChild: ArrayLike<number>;
  readonly labelText: string;
  readonly rulesRoot: number;
  readonly exceptionsRoot: number;
}

const PRIVATE = 2;
let above: ReadonlySet<string> | null = null;

const tableOf = (): SuffixTable =>
  createRequire(import.meta.url)('tldts/dist/cjs/src/data/trie.js') as unknown as SuffixTable;

/** @param name lower case, A-labels */
export function isAbovePrivateSuffix(name: string): boolean {
  above ??= namesAbove(tableOf());
  return above.has(name);
}

/** What rules of two labels and more end in: `co.uk`, `windows.net`; `*.ck` where any label may stand. */
export function endsOfRules(): Set<string> {
  const { edgeStart, edgeLength, edgeChild, labelText, rulesRoot, exceptionsRoot } = tableOf();
  const offsets = offsetsOf(edgeLength);
  const labelOf = (edge: number): string =>
    labelText.slice(offsets[edge], offsets[edge]! + edgeLength[edge]!);
  const ends = new Set<string>();
  for (const root of [rulesRoot, exceptionsRoot])
    for (let top = edgeStart[root]!; top < edgeStart[root + 1]!; top += 1)
      for (let edge = edgeStart[edgeChild[top]!]!; edge < edgeStart[edgeChild[top]! + 1]!; edge += 1)
        ends.add(`${labelOf(edge)}.${labelOf(top)}`);
  return ends;
}

function offsetsOf(edgeLength: ArrayLike<number>): Uint32Array {
  const offsets = new Uint32Array(edgeLength.length);
  for (let edge = 1; edge < offsets.length; edge += 1)
    offsets[edge] = offsets[edge - 1]! + edgeLength[edge - 1]!;
  return offsets;
}

function namesAbove(table: SuffixTable): Set<string> {
  const { nodeFlags, edgeStart, edgeLength, edgeChild, labelText } = table;
  const offsets = offsetsOf(edgeLength);
  const found = new Set<string>();
  const walk = (node: number, name: string): boolean => {
    let isAbove = false;
    for (let edge = edgeStart[node]!; edge < edgeStart[node + 1]!; edge += 1) {
      const label = labelText.slice(offsets[edge], offsets[edge]! + edgeLength[edge]!);
      const child = edgeChild[edge]!;
      const isBelow = walk(child, name === '' ? label : `${label}.${name}`);
      if (isBelow || (nodeFlags[child]! & PRIVATE) !== 0) isAbove = true;
    }
    if (isAbove && name.includes('.') && nodeFlags[node] === 0) found.add(name);
    return isAbove;
  };
  walk(table.rulesRoot, '');
  return found;
}
