import fc from 'fast-check';
import t from 'tap';
import { difference, stepsOf } from '../../src/fleet/policy/delta.ts';
import { cheapestPath } from '../../src/fleet/policy/paths.ts';

const octets = (text: string): Uint8Array => new TextEncoder().encode(text);

function applied(before: Uint8Array, steps: Uint8Array): string {
  const parts = [...stepsOf(steps)].flatMap(({ from, length, insert }) => [
    before.subarray(from, from + length),
    insert,
  ]);
  return Buffer.concat(parts).toString();
}

t.test('a difference makes the new text of the old one, whatever the two are', async (t) => {
  const line = fc.constantFrom(
    '',
    'a.test',
    'b.test',
    'c.test',
    '0.0.0.0 d.test',
    '# e',
    '\r',
    'f'.repeat(300),
  );
  const text = fc
    .tuple(fc.array(line, { maxLength: 40 }), fc.boolean())
    .map(([lines, isEnded]) => lines.join('\n') + (isEnded ? '\n' : ''));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const { octets: steps } = difference(octets(before), octets(after));
      return applied(octets(before), steps) === after;
    }),
    { numRuns: 500 },
  );
  t.same(difference(octets('a\nb\n'), octets('a\nb\n')), {
    octets: Buffer.from([0, 4, 0]),
    added: 0,
    removed: 0,
  });
  const { added, removed } = difference(octets('a\nb\nc\n'), octets('a\nd\nc\ne\n'));
  t.same({ added, removed }, { added: 2, removed: 1 });
});

t.test('lines that a stranger made to collide cost room, not hours', async (t) => {
  // The low bits say which place, and come of low bits alone.
  const hashOf = (state: number, text: string): number => {
    let hash = state;
    for (const letter of text) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193) & 0xffff;
    return hash;
  };
  let state = 0x811c9dc5 & 0xffff;
  // Two pieces that lead to one state, then two more from there: twice as many lines each time.
  let lines = [''];
  for (let piece = 0; piece < 12; piece++) {
    const seen = new Map<number, string>();
    for (let i = 0; ; i++) {
      const text = i.toString(36).padStart(6, '0');
      const hash = hashOf(state, text);
      const twin = seen.get(hash);
      seen.set(hash, text);
      if (twin === undefined) continue;
      lines = lines.flatMap((line) => [line + twin, line + text]);
      state = hash;
      break;
    }
  }
  const before = octets(`${lines.join('\n')}\n`);
  const after = lines.toReversed().join('\n');
  const { octets: steps, added } = difference(before, octets(after));
  t.equal(applied(before, steps), after);
  // A search without an end would find all 4,096: beyond its 512 places it gives up.
  t.ok(added >= lines.length - 512, `${added} are sent as new`);
});

t.test('steps that are cut short or nonsense end with an error', async (t) => {
  const { octets: steps } = difference(octets('a\nb\n'), octets('a\nlong-name.test\nb\n'));
  for (let end = 1; end < steps.length; end++) {
    const isWhole = end === 18;
    const read = () => [...stepsOf(steps.subarray(0, end))];
    if (!isWhole) t.throws(read, /cut short/, `${end} octets`);
  }
  t.throws(() => [...stepsOf(new Uint8Array(64).fill(0xff))], /cut short/);
});

t.test('a site takes the packs with the fewest octets', async (t) => {
  const pack = (to: string, from: string | null, octets: number) => ({
    to,
    from,
    octets,
    blob: `${from}-${to}`,
  });
  const packs = [pack('d', null, 100), pack('d', 'c', 10), pack('c', 'b', 80), pack('b', 'a', 5)];
  const cases: [has: string, wanted: string[] | null][] = [
    ['d', []],
    ['c', ['c-d']],
    ['b', ['b-c', 'c-d']],
    ['a', ['a-b', 'b-c', 'c-d']],
    ['', ['null-d']],
  ];
  for (const [has, wanted] of cases) {
    const path = cheapestPath(packs, 'd', (sha256) => has === sha256);
    t.same(path?.map(({ blob }) => blob) ?? null, wanted, `has ${has}`);
  }
  t.equal(
    cheapestPath(packs, 'x', () => false),
    null,
  );
  t.same(
    cheapestPath([pack('a', 'b', 1), pack('b', 'a', 1)], 'a', () => false),
    null,
    'a circle ends',
  );
});
