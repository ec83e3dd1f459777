// Every line format against mutated and random bytes: no throw but a ListError, no name out of bounds, bounded memory.
import fc from 'fast-check';
import t from 'tap';
import { Cancels } from '../../src/lists/entry/cancels.ts';
import { EntrySink } from '../../src/lists/entry/entry.ts';
import { ListError } from '../../src/lists/errors.ts';
import { FORMATS } from '../../src/lists/format-registry.ts';
import { detect } from '../../src/lists/formats/detect/detect.ts';
import { nameLength } from '../../src/wire/names/name.ts';
import { networkText } from '../../src/wire/names/network.ts';
import type { Network } from '../../src/wire/names/plain-network.ts';
import { cut } from '../support/lists-sink.ts';

const SEEDS = [
  '0.0.0.0 a.example b.example # c\n::1 localhost\n',
  'a.example\n*.b.example\n.c.example\n',
  "||a.example^$important,dnstype=A|AAAA,client='x\\,y'\n@@||b.*^\n/x[0-9]/$badfilter\n##.x\n",
  '^ad[sx]?[0-9]*[_.-]\n(\\.|^)a\\.b$;querytype=!A;reply=192.0.2.1\nx.y\n',
  'address=/a.example/b.example/192.0.2.1\nserver=/c/#\n',
  'server:\nlocal-zone: "a.example" redirect\nlocal-data: "a.example IN A 192.0.2.1"\n',
  '$ORIGIN x.\n@ SOA a. b. ( 1 ; c\n 2 3 4 5 )\na CNAME .\n  A 192.0.2.1\n*.b CNAME "x y"\n',
  'campaign: x\nindicators:\n  - a.example\n  - { name: b.example }\n',
  'They used evil[.]example[.]com and hxxps://bad[.]example[.]org/x, we saw (evil(dot)example(dot)net).\n',
  '## Domains\n- a.com (x)\n| Type | Value |\n|---|---|\n| Domain | evil.com |\nLegit:\n* b.com\n1.2 C2: c.com, d.com\n',
  '0.0.0.0 a.example\nlocal-zone: "b" redirect\nlocal-data: "b CNAME c.d"\n||e.f^$client=~192.0.2.1|::/32,denyallow=g.h\n',
  'first_seen,ioc_type,ioc_value\n2023-03-29,domain,evil.example.com\n',
  '{"type":"bundle","objects":[{"type":"indicator","pattern_type":"stix","pattern":"[domain-name:value = \'evil.example.com\']"}]}',
  '{"Event":{"info":"x","Attribute":[{"type":"domain","value":"evil.example.com","to_ids":true}]}}',
];

const mutated = fc
  .tuple(
    fc.constantFrom(...SEEDS),
    fc.array(fc.tuple(fc.nat(200), fc.integer({ min: 0, max: 255 })), { maxLength: 8 }),
    fc.nat(3),
  )
  .map(([seed, edits, repeats]) => {
    const bytes = Buffer.from(seed.repeat(repeats + 1));
    for (const [at, octet] of edits) bytes[at % bytes.length] = octet;
    return new Uint8Array(bytes);
  });

const inputs = fc.oneof(
  { weight: 4, arbitrary: mutated },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 400 }) },
  { weight: 1, arbitrary: fc.constantFrom(...SEEDS).map((seed) => new TextEncoder().encode(seed)) },
);

for (const load of Object.values(FORMATS)) {
  const format = await load();
  t.test(`${format.name} reads anything without harm`, async (t) => {
    let names = 0;
    const target = {
      add: (name: Uint8Array) => {
        if (nameLength(name, 0) !== name.length || name.length > 255) throw new Error('a name out of bounds');
        names += 1;
        return null;
      },
      addNetwork: () => null,
      addPattern: () => {
        names += 1;
        return null;
      },
      cancels: new Cancels(),
    };
    fc.assert(
      fc.property(inputs, fc.integer({ min: 1, max: 64 }), (bytes, size) => {
        const sink = new EntrySink(target, { allowPublicSuffixes: true, addresses: true });
        const parser = format.open(sink);
        try {
          for (const chunk of cut(bytes, size)) parser.write(chunk);
          parser.end();
        } catch (error) {
          if (!(error instanceof ListError)) throw error;
        }
        return true;
      }),
      { numRuns: 400, seed: 20_230_329 },
    );
    t.ok(names > 0, `${names} names came out`);
  });
}

t.test('detection says a format or a ListError of anything', async () => {
  fc.assert(
    fc.property(inputs, (bytes) => {
      try {
        return detect(bytes).format in FORMATS || detect(bytes).reason !== '';
      } catch (error) {
        return error instanceof ListError;
      }
    }),
    { numRuns: 1000, seed: 3 },
  );
});

t.test('chunks of any size give the same entries', async (t) => {
  const adblock = await FORMATS.adblock();
  const text = new TextEncoder().encode(SEEDS.slice(0, 3).join('\n').repeat(20));
  const read = (size: number): string[] => {
    const found: string[] = [];
    const target = {
      add: (name: Uint8Array) => {
        found.push(Buffer.from(name).toString('hex'));
        return null;
      },
      addNetwork: (network: Network) => {
        found.push(networkText(network));
        return null;
      },
      addPattern: (source: string) => {
        found.push(source);
        return null;
      },
      cancels: new (class extends Cancels {
        override add(key: string): void {
          found.push(key);
        }
      })(),
    };
    const parser = adblock.open(new EntrySink(target, { allowPublicSuffixes: false, addresses: null }));
    for (const chunk of cut(text, size)) parser.write(chunk);
    parser.end();
    return found;
  };
  const whole = read(text.length);
  t.ok(whole.length > 100);
  for (const size of [1, 2, 3, 5, 17, 100, 1000]) t.same(read(size), whole, `chunks of ${size}`);
});
