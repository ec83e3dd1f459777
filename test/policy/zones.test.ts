// Policy zones among themselves and among a group's other lists, from their texts to the verdict.
import t from 'tap';
import type { ListConfig } from '../../src/config/config.ts';
import { compileRuleSet } from '../../src/lists/compile.ts';
import { askerOf, listConfig } from '../support/lists-compile.ts';

const HEAD = '$TTL 60\n@ SOA a. b. 1 2 3 4 5\n';

interface Zone extends Partial<ListConfig> {
  readonly text: string;
}

async function ask(...zones: Zone[]) {
  const result = await compileRuleSet({
    revision: 1,
    seed: 1,
    lists: zones.map(({ text, ...said }, i) => ({
      config: listConfig({ name: `list-${i}`, format: 'rpz', action: 'zone', ...said }),
      body: {
        kind: 'bytes',
        bytes: new TextEncoder().encode(said.format === undefined ? HEAD + text : text),
      },
      fallback: null,
      previousEntries: null,
    })),
  });
  return askerOf(result);
}

t.test('the first zone with a match decides, whatever its action', async (t) => {
  const block = { text: 'nx.z.test CNAME .\n' };
  const pass = { text: 'nx.z.test CNAME rpz-passthru.\n' };
  t.equal((await ask(block, pass))('nx.z.test'), 'nxdomain');
  t.equal((await ask(pass, block))('nx.z.test'), 'allow');
  t.equal(
    (await ask({ text: '*.z.test CNAME rpz-passthru.\n' }, block))('nx.z.test'),
    'allow',
    'a wildcard too',
  );
  t.equal((await ask({ text: 'other.test CNAME .\n' }, pass))('nx.z.test'), 'allow');
  t.equal(
    (await ask({ text: '*.z.test CNAME *.\n' }, block))('nx.z.test'),
    'nodata',
    'its action, not the hardest one',
  );
});

t.test('inside a zone the longest name decides', async (t) => {
  const decide = await ask({
    text: '*.a.test CNAME .\nb.a.test CNAME rpz-passthru.\n*.b.a.test CNAME rpz-drop.\nx.c.test CNAME .\n*.c.test CNAME rpz-passthru.\n',
  });
  t.equal(decide('z.a.test'), 'nxdomain');
  t.equal(decide('a.test'), 'none', 'a wildcard covers what is below it');
  t.equal(decide('b.a.test'), 'allow');
  t.equal(decide('z.b.a.test'), 'drop');
  t.equal(decide('x.c.test'), 'nxdomain');
  t.equal(decide('y.c.test'), 'allow');
});

t.test('among the other lists a zone’s exception is an allow and its block a block', async (t) => {
  const block = { text: '||evil.test^\n', format: 'adblock', action: 'sinkhole' } as const;
  const allow = { text: '||fine.test^\n', format: 'adblock', action: 'allow' } as const;
  const zone = { text: 'evil.test CNAME rpz-passthru.\nfine.test CNAME .\nboth.test CNAME .\n' };
  for (const lists of [
    [block, allow, zone],
    [zone, allow, block],
  ]) {
    const decide = await ask(...lists);
    t.equal(decide('evil.test'), 'allow');
    t.equal(decide('fine.test'), 'allow');
    t.equal(decide('both.test'), 'nxdomain');
  }
});

t.test('a zone on trial decides nothing and stands in no other’s way', async (t) => {
  const trial = { text: 'nx.z.test CNAME rpz-passthru.\nseen.test CNAME .\n', mode: 'monitor' } as const;
  const decide = await ask(trial, { text: 'nx.z.test CNAME .\n' });
  t.equal(decide('nx.z.test'), 'nxdomain');
  t.equal(decide('seen.test'), 'monitor');
});
