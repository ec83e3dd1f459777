// Brackets upon brackets are refused before a parser sees them: as a count, character by character, would have it.
import fc from 'fast-check';
import t from 'tap';
import { piecesOf } from '../../../src/lists/formats/indicators/indicator-pieces.ts';

const DEPTH_MAX = 64;

function isTooDeep(text: string): boolean {
  let depth = 0;
  for (const sign of text) {
    if ('[{'.includes(sign)) depth += 1;
    else if (']}'.includes(sign)) depth = Math.max(0, depth - 1);
    if (depth > DEPTH_MAX) return true;
  }
  return false;
}

function isRefused(text: string): boolean {
  try {
    piecesOf(text);
    return false;
  } catch {
    return true;
  }
}

t.test('a text is refused when more than 64 brackets are open at once', async (t) => {
  const sign = fc.constantFrom('[', ']', '{', '}', 'a', '\n', '[[[[[[[[', '{[{[', ']]]]');
  let refused = 0;
  fc.assert(
    fc.property(fc.array(sign, { maxLength: 120, size: 'max' }), (signs) => {
      const text = signs.join('');
      if (isTooDeep(text)) refused += 1;
      return isRefused(text) === isTooDeep(text);
    }),
    { numRuns: 1000 },
  );
  t.ok(refused > 50, `${refused} of 1000`);
  for (const opened of ['['.repeat(64), '{'.repeat(64), '[{'.repeat(32), `]}]${'['.repeat(64)}`]) {
    t.notOk(isRefused(opened));
    t.ok(isRefused(`${opened}[`));
  }
});
