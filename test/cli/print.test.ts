// What commands print for people.
import fc from 'fast-check';
import t from 'tap';
import { jsonPieces } from '../../src/cli/json-pieces.ts';
import { columns, paragraph, tableRows } from '../../src/cli/lines/table.ts';

const LONG = `${'a'.repeat(63)}.${'b'.repeat(63)}.example`;

t.test('one long name moves its own row only, and is whole', (t) => {
  t.same(
    columns(
      [
        ['NAME', 'QUERIES', 'LIST'],
        ['ads.example', 7, 'ads'],
        [LONG, 12, 'gate'],
        ['x.example', 3, ''],
      ],
      null,
    ),
    [
      'NAME         QUERIES  LIST',
      'ads.example        7  ads',
      `${LONG}       12  gate`,
      'x.example          3',
    ],
  );
  t.end();
});

t.test('on a narrow terminal columns go on below their row, and no name or time is broken', (t) => {
  const rows = [
    ['TIME (UTC)', 'COUNT', 'CLIENT', 'QUESTION', 'LIST'],
    ['2026-11-30 12:15:47', 3, '192.0.2.7 (till-3, aa:bb:cc:dd:ee:ff)', 'in.gate.example A', 'gate'],
    ['2026-11-30 12:15:48', 12, '192.0.2.8', 'x.gate.example AAAA', 'gate'],
  ];
  t.same(columns(rows, 200), columns(rows, null), 'where there is room, as ever');
  t.same(columns(rows, 66), [
    'TIME (UTC)           COUNT  CLIENT',
    '    QUESTION             LIST',
    '2026-11-30 12:15:47      3  192.0.2.7 (till-3, aa:bb:cc:dd:ee:ff)',
    '    in.gate.example A    gate',
    '2026-11-30 12:15:48     12  192.0.2.8',
    '    x.gate.example AAAA  gate',
  ]);
  t.same(
    tableRows(
      [
        ['NAME', 'LIST'],
        [LONG, 'gate'],
        ['x.example', 'ads'],
      ],
      80,
    ).at(1),
    [`    ${'a'.repeat(63)}.`, `    ${'b'.repeat(63)}.example`, '    gate'],
    'a name that is longer than a line is broken between labels',
  );
  t.end();
});

t.test('sentences are folded in their column, behind words', (t) => {
  const rows = [
    ['  threads', '1 of 1 answer'],
    ['  upstream', '192.0.2.53 (udp) no answer in time to its last 4 queries'],
  ];
  t.same(columns(rows, 40), [
    '  threads   1 of 1 answer',
    '  upstream  192.0.2.53 (udp) no answer',
    '            in time to its last 4',
    '            queries',
  ]);
  t.same(paragraph('! the disk is full; make room on it', '  ', 20), [
    '! the disk is full;',
    '  make room on it',
  ]);
  t.same(paragraph('! the disk is full; make room on it', '  ', null), [
    '! the disk is full; make room on it',
  ]);
  t.end();
});

t.test('nothing is lost and no line is wider than the terminal, whatever the cells are', (t) => {
  const cell = fc.oneof(
    fc.constantFrom('', '2026-11-30 12:15:47', LONG, 'till-3', 'list gate (gate.example)'),
    fc.stringMatching(/^[a-z.: -]{0,60}$/),
    fc.nat(1e6),
  );
  const table = fc
    .integer({ min: 1, max: 8 })
    .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1 }));
  const letters = (text: string): string => [...text.replace(/\s/g, '')].sort().join('');
  fc.assert(
    fc.property(table, fc.integer({ min: 48, max: 200 }), (rows, within) => {
      const shown = tableRows(rows, within);
      if (shown.length !== rows.length) throw new Error('rows were lost');
      for (const [i, lines] of shown.entries()) {
        if (letters(lines.join('')) !== letters((rows[i] ?? []).join('')))
          throw new Error('letters were lost');
        if (lines.some(({ length }) => length > within)) throw new Error(`wider: ${lines.join('|')}`);
      }
    }),
    { numRuns: 300 },
  );
  t.end();
});

t.test('a table of a quarter of a million words is folded as any', (t) => {
  const rows = Array.from({ length: 50_000 }, (_, at) => [
    'a b c d e',
    `${at} asked for it as often as it could`,
  ]);
  const lines = columns(rows, 30);
  t.ok(lines.length >= rows.length);
  t.ok(lines.every(({ length }) => length <= 30));
  t.end();
});

const inPieces = (value: unknown): string => [...jsonPieces(value)].join('');

t.test('JSON in pieces is what JSON.stringify prints', (t) => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 7 }), (value) => inPieces(value) === JSON.stringify(value, null, 2)),
  );
  const missing = { a: undefined, b: [undefined, 1], c: { d: undefined }, e: [] };
  t.equal(inPieces(missing), JSON.stringify(missing, null, 2));
  t.end();
});

t.test('JSON of a long list is never one piece', (t) => {
  const taken = Array.from({ length: 10_500 }, (_, number) => ({
    name: `n${number}.test`,
    said: { a: [1] },
  }));
  const value = { name: 'x', sources: [{ kind: 'csv', taken, leftOut: [] }], written: null };
  t.equal(inPieces(value), JSON.stringify(value, null, 2));
  t.ok([...jsonPieces(value)].every((piece) => piece.length < 20_000));
  function* each(): Generator<unknown> {
    yield* taken;
  }
  const once = { name: 'x', sources: [{ kind: 'csv', taken: each(), leftOut: [] }], written: null };
  t.equal(inPieces(once), JSON.stringify(value, null, 2), 'what can only be gone through is an array');
  t.equal(inPieces({ none: new Set() }), JSON.stringify({ none: [] }, null, 2));
  t.end();
});
