// What is read of a usual rule from its octets is what reading it as text gives.
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import { Cancels } from '../../../src/lists/entry/cancels.ts';
import { EntrySink } from '../../../src/lists/entry/entry.ts';
import { AdblockRules } from '../../../src/lists/formats/adblock.ts';
import { usualNameEnd } from '../../../src/lists/formats/adblock-usual.ts';
import { nameToText } from '../../../src/wire/names/presentation.ts';

const pieces = (...texts: string[]) => fc.constantFrom(...texts);

const line = fc
  .tuple(
    pieces('||', '||', '||', '@@||', '@@||', '@@', '|', '||*.', ''),
    pieces('a.example', 'B.Example', 'x-y_z.test', '_a.test', '-a.test', 'a-.test', '192.0.2.7', '192.0.2', 'be.ef', 'a..b', 'com', 'w*.test', 'bücher.test', 'a.test.', '.a.test', `${'l'.repeat(64)}.test`, '1.2.3.4.x'),
    pieces('^', '^', '^', '^', '', '^|', '/', '^*', '^^', '^#x', '$$x'),
    fc.array(
      pieces('important', 'client=192.0.2.7', 'client=198.51.100.0/24|~192.0.2.7', "client='192.0.2.7'", 'client=name', 'client=192.0.2.07', 'client=a\\|b', 'dnstype=A|AAAA', 'dnstype=~A', 'dnstype=AAAA|A', 'dnstype=none', 'denyallow=ok.example', 'denyallow=*.B.example|ok.example', 'dnsrewrite=192.0.2.1', 'dnsrewrite=NOERROR;CNAME;g.example', 'dnsrewrite', 'ctag=~tv', 'ctag=tv', 'badfilter', 'third-party', 'nothing', '_', '#', 'é', ''),
      { maxLength: 3 },
    ),
  )
  .map(([start, name, end, modifiers]) => `${start}${name}${end}${modifiers.length > 0 ? `$${modifiers.join()}` : ''}`); // biome-ignore format: a row each

/** All that a list of these lines becomes. @param isUsual whether lines are read from their octets first */
function resultOf(lines: readonly string[], isUsual: boolean, cancels: Cancels): unknown {
  const found: string[] = [];
  const sink = new EntrySink(
    {
      add: (name, shape, at) => {
        found.push(`${at} ${nameToText(name)} ${JSON.stringify(shape)}`);
        return null;
      },
      addNetwork: (network, shape, at) => {
        found.push(`${at} ${network.octets} ${JSON.stringify(shape)}`);
        return null;
      },
      addPattern: (source, shape, at) => {
        found.push(`${at} ${source} ${JSON.stringify(shape)}`);
        return null;
      },
      cancels,
    },
    { allowPublicSuffixes: false, addresses: true },
  );
  const rules = new AdblockRules(sink);
  lines.forEach((text, at) => {
    const bytes = Buffer.from(text);
    if (!isUsual || !rules.readUsual(bytes, 0, bytes.length, at)) rules.read(text, at);
  });
  return [found, sink.problems.report(), sink.entries, sink.cancelling, cancels.size];
}

t.test('a rule read from its octets is the rule that its text is, on a first and a second pass', (t) => {
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 12 }), (lines) => {
      const [quick, slow] = [new Cancels(), new Cancels()];
      const isSame = (): boolean =>
        isDeepStrictEqual(resultOf(lines, true, quick), resultOf(lines, false, slow));
      return isSame() && isSame();
    }),
    { seed: 14, numRuns: 100 },
  );
  t.pass('of 100 lists');
  t.end();
});

t.test('rules with modifiers are usual ones: only what may be more is read as text', (t) => {
  const isUsual = (text: string): boolean => usualNameEnd(Buffer.from(text), 0, Buffer.byteLength(text)) > 0;
  for (const text of ['||a.example^', '||a.example^$important', '||A-b_c.example^$client=192.0.2.7'])
    t.ok(isUsual(text), text);
  for (const text of [
    '||192.0.2.7^',
    '||a.example',
    '|a.example^',
    '||a*.example^',
    '||-a.example^',
    '||a.^',
  ])
    t.notOk(isUsual(text), text);
  t.end();
});
