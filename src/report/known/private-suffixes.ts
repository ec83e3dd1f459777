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
}

const PRIVATE = 2;
let above: ReadonlySet<string> | null = null;

/** @param name lower case, A-labels */
export function isAbovePrivateSuffix(name: string): boolean {
  above ??= namesAbove(
    createRequire(import.meta.url)('tldts/dist/cjs/src/data/trie.js') as unknown as SuffixTable,
  );
  return above.has(name);
}

function namesAbove(table: SuffixTable): Set<string> {
  const { nodeFlags, edgeStart, edgeLength, edgeChild, labelText } = table;
  const offsets = new Uint32Array(edgeLength.length);
  for (let edge = 1; edge < offsets.length; edge += 1)
    offsets[edge] = offsets[edge - 1]! + edgeLength[edge - 1]!;
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
