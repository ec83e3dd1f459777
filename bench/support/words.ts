// The words that say what to measure. One that is mistyped is refused: all of it takes half an hour of the whole machine.
import { KINDS } from '../queries/scenarios.ts';

/** Measured where nothing is named. */
const USUAL = [
  'trie',
  'patterns',
  'history',
  'migration',
  'hunt',
  'hits',
  'lists',
  'reload',
  'queries',
] as const;
/** Only where they are named: long, or parts of `cost`. */
const ASKED_FOR = ['cost', 'start', 'idle', 'flood', 'admin'] as const;
const PARTS: readonly string[] = [...USUAL, ...ASKED_FOR, ...KINDS];

const USAGE = `npm run bench -- [PART]… [--quick]
  without a part: ${USUAL.join(', ')}
  only by name:   ${ASKED_FOR.join(', ')} (cost: all that a user pays)
  of queries:     ${KINDS.join(', ')}
  --quick         little of each, to see that it works
`;

/** Ends the process where the words ask for help, or name what is not there. */
export function wordsOf(words: readonly string[]): { isQuick: boolean; wanted: readonly string[] } {
  if (words.includes('--help')) {
    process.stdout.write(USAGE);
    process.exit(0);
  }
  const wanted = words.filter((word) => word !== '--quick');
  const unknown = wanted.filter((word) => !PARTS.includes(word));
  if (unknown.length > 0) {
    process.stderr.write(`there is no ${unknown.map((word) => `"${word}"`).join(', ')} to measure\n${USAGE}`);
    process.exit(2);
  }
  return { isQuick: words.includes('--quick'), wanted };
}
