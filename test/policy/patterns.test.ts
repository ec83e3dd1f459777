// Expressions: what a group finds is what each finds alone, and no list's expressions can make queries slow.
import { deepStrictEqual } from 'node:assert';
import fc from 'fast-check';
import t from 'tap';
import { groupPatterns } from '../../src/policy/pattern-groups.ts';
import { isFound, Patterns, patternProblem } from '../../src/policy/patterns.ts';

const LETTERS = [...'abcdefghijklmnopqrstuvwxyz'];

/** Numbers of the expressions found in a name. */
function foundIn(patterns: Patterns, text: string): number[] {
  return patterns.groups
    .flatMap(({ automaton, members }) => automaton.match(text).map((matched) => members[matched] ?? -1))
    .sort((a, b) => a - b);
}

t.test('a group finds what each of its expressions finds alone', async () => {
  const source = fc.constantFrom(
    '^ads[0-9]+\\.',
    'track.*\\.example$',
    '(?:^|\\.)x\\..*y',
    '[a-c]{2,4}-',
    '^.{5}$',
    '(a|b)*\\.c$',
    'AB',
    '[^.]+\\.b\\.',
    '^$',
  );
  const label = fc.stringMatching(/^[abcxy0-9-]{1,6}$/);
  const text = fc.array(fc.oneof(label, fc.constantFrom('ads7', 'track', 'example')), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(
      fc.array(source, { minLength: 1, maxLength: 12 }),
      fc.array(text),
      fc.nat(2),
      (sources, texts, spread) => {
        const patterns = new Patterns(
          sources.map((each, i) => ({ source: each, rule: i, group: i % (spread + 1) })),
        );
        for (const labels of texts) {
          const name = labels.join('.');
          const alone = sources.flatMap((each, i) => (isFound(each, name) ? [i] : []));
          deepStrictEqual(foundIn(patterns, name), alone, `${sources.join(' ')} ? ${name}`);
        }
      },
    ),
    { numRuns: 100 },
  );
});

t.test('a thousand usual expressions fit into a few groups', async (t) => {
  const sources = Array.from({ length: 1000 }, (_, i) => `^ads${i}x[0-9]+\\.`);
  const groups = groupPatterns(sources);
  t.equal(groups.filter((group) => group < 0).length, 0);
  t.ok(Math.max(...groups) < 8);
});

t.test('expressions that need a state for every octet are refused, those beside them are kept', async (t) => {
  const hostile = Array.from({ length: 20 }, (_, i) => `[a-z].{${i},140}[0-9]x`);
  const usual = Array.from({ length: 20 }, (_, i) => `^ads${i}\\.`);
  const groups = [...groupPatterns(hostile.flatMap((source, i) => [source, usual[i] ?? '']))];
  t.ok(groups.every((group, i) => (i % 2 === 0 ? group < 0 : group >= 0)));
});

t.test(
  'expressions that are harmless alone are refused together when they remember every letter',
  async (t) => {
    const sources = LETTERS.flatMap((a) => LETTERS.slice(0, 13).map((b) => `${a}.*${b}.*q`));
    const groups = groupPatterns(sources);
    t.ok(groups.filter((group) => group < 0).length > sources.length / 3);
    t.ok(new Set(groups).size <= 17, 'at most sixteen walks a name');
  },
);

t.test(
  'of names with a star inside so many are kept as sixteen walks find, and all that remember nothing',
  async (t) => {
    const word = (i: number): string => (Math.imul(i + 1, 0x9e3779b1) >>> 0).toString(36);
    const isPlain = (i: number): boolean => i % 10 === 0;
    const sources = Array.from({ length: 220 }, (_, i) =>
      isPlain(i) ? `^ads${i}\\.` : `(?:^|\\.)${word(i)}.*\\.example$`,
    );
    const groups = [...groupPatterns(sources)];
    t.equal(groups.filter((group, i) => isPlain(i) && group >= 0).length, 22);
    t.ok(
      groups.filter((group) => group >= 0).length > 100,
      `${groups.filter((group) => group >= 0).length} kept`,
    );
    t.ok(new Set(groups).size <= 17);
  },
);

t.test('a program that repeats itself a thousand times is refused by its size', async (t) => {
  t.match(patternProblem('(.?){1,900}x(.?){1,900}'), /steps|not understood/);
  t.match(patternProblem('a'.repeat(1001)), /longer/);
  t.match(patternProblem('(?=look)ahead'), /not understood/);
  t.equal(patternProblem('^[0-9a-f]{32}\\.'), null);
});
