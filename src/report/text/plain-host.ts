// A typed value that is a host name and nothing else, as most are: what `extract` makes of it, without folding and looking for marks.
// Twin: `extract` itself, in the tests.
import type { Candidate } from '../report.ts';

const PLAIN = /^[a-z0-9]+(?:-+[a-z0-9]+)*(?:\.[a-z0-9]+(?:-+[a-z0-9]+)*)+$/;
const CHARACTERS_MAX = 253;

/** @returns null where it is anything else, or perhaps is */
export function plainHost(value: string): Candidate | null {
  if (value.length > CHARACTERS_MAX || !PLAIN.test(value)) return null;
  let end = -1;
  return {
    printed: value,
    line: 1,
    column: 1,
    labels: value.split('.').map((text, index) => {
      end += text.length + 1;
      return { text, joined: index === 0 ? 'first' : 'plain', printedLength: end };
    }),
    isTyped: true,
    isField: true,
    standing: null,
    isDefanged: false,
    context: 'host',
    outer: null,
    isSuffixOnly: false,
    hasPath: false,
    hasPort: false,
    doubt: null,
  };
}
