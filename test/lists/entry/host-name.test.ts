import { deepStrictEqual } from 'node:assert';
import fc from 'fast-check';
import t from 'tap';
import { HOST, readHost } from '../../../src/lists/entry/host-name.ts';
import { hostToName } from '../../../src/wire/names/presentation.ts';

function read(text: string): Uint8Array | number {
  const target = new Uint8Array(256);
  const bytes = new TextEncoder().encode(`<<${text}>>`);
  const length = readHost(bytes, 2, bytes.length - 2, target);
  return length > 0 ? target.slice(0, length) : length;
}

t.test('reads what hostToName reads', async (t) => {
  const label = fc.stringMatching(/^[A-Za-z0-9_]([A-Za-z0-9_-]{0,20}[A-Za-z0-9_])?$/);
  fc.assert(
    fc.property(fc.array(label, { minLength: 1, maxLength: 6 }), fc.boolean(), (labels, dot) => {
      fc.pre(!/^[0-9]+$/.test(labels.at(-1) ?? ''));
      const text = labels.join('.') + (dot ? '.' : '');
      deepStrictEqual(read(text), hostToName(text));
    }),
    { numRuns: 300, seed: 11 },
  );
  t.same(read('Пример.РФ'), hostToName('xn--e1afmkfd.xn--p1ai'));
  t.same(read('bücher.example'), hostToName('xn--bcher-kva.example'));
});

t.test('never throws and never reads past its end', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      const target = new Uint8Array(256);
      const length = readHost(bytes, 0, bytes.length, target);
      return length <= 255 && length >= HOST.root;
    }),
    { numRuns: 2000, seed: 12 },
  );
});

t.test('knows addresses, the root and nonsense', async (t) => {
  t.equal(read('.'), HOST.root);
  t.equal(read('192.0.2.1'), HOST.address);
  t.equal(read('192.0.2.1.'), HOST.address);
  for (const text of [
    '',
    '..',
    'a..b',
    '.a',
    '1.2.3',
    'a.123',
    'a b',
    'a/b',
    `${'x'.repeat(64)}.a`,
    'a\u0000b',
    'a@b',
    '“a.example”',
    '‘a.example’',
    '„a.example“',
    '«a.example»',
    'a.example’',
  ])
    t.equal(read(text), HOST.notAName, JSON.stringify(text));
});
