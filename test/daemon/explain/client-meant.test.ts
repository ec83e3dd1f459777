// For whom a question is decided: also for a machine that nobody has seen yet, where a group says which it is.
import { join } from 'node:path';
import t from 'tap';
import { MachineTable } from '../../../src/clients/machine-table.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { clientMeant } from '../../../src/daemon/explain/client-meant.ts';
import { decideFor } from '../../../src/daemon/explain/decision.ts';
import { linesFor } from '../../../src/daemon/explain/lines.ts';
import { withOfflineLists } from '../../../src/daemon/explain/offline.ts';
import { mayAsk } from '../../../src/daemon/explain/walked.ts';
import { writeMacStandIn } from '../../../src/wire/names/stand-in.ts';

t.test('a machine or user that a group names is decided for before it has shown itself', async (t) => {
  const dir = t.testdir({
    'games.txt': '||game.test^$client=192.0.2.1\n||game.test^$dnstype=A\n',
    'cenote.yaml': `
listen: { admin: off }
lists: { games: { source: games.txt, format: adblock } }
groups:
  default: { clients: [any], lists: [] }
  kids: { clients: ["aa:bb:cc:dd:ee:ff", "kid*", "user:anna"], lists: [games] }
`,
  });
  const { config } = loadConfig({ file: join(dir, 'cenote.yaml'), environment: {}, workingDirectory: dir });
  if (config === null) throw new Error('the config of this test is bad');
  const table = new MachineTable();
  await withOfflineLists(config, async ({ result, textInForce }) => {
    const decide = (client: string) =>
      decideFor(
        { name: 'game.test', type: 'A', ...clientMeant(client, table, config) },
        config,
        result.ruleSet,
        [],
        new Date(),
      );
    const expected = [
      ['AA-BB-CC-DD-EE-FF', { name: null, mac: 'aa:bb:cc:dd:ee:ff' }],
      ['aabb.ccdd.eeff', { name: null, mac: 'aa:bb:cc:dd:ee:ff' }],
      ['Kid-Tablet', { name: 'kid-tablet', mac: null }],
      [' kid-tablet.home.arpa', { name: 'kid-tablet.home.arpa', mac: null }],
      ['user:anna', { name: 'user:anna', mac: null }],
      ['anna', { name: 'user:anna', mac: null }],
    ] as const;
    for (const [said, client] of expected) {
      const decision = decide(said);
      t.match(decision, { verdict: 'sinkhole', list: 'games', access: 'allowed' }, said);
      t.same(decision.client, { ip: null, group: 'kids', ...client }, said);
      const lines = await linesFor(decision, textInForce);
      t.same(
        lines.map(({ line }) => line),
        [2],
        'a line for another machine says nothing of it',
      );
    }
    for (const said of ['aa:bb:cc:dd:ee:00', 'tablet', 'user:bert'])
      t.throws(() => decide(said), /no address is known for .* or one that a group names/, said);
  });
  const behind = new Uint8Array(16);
  writeMacStandIn(behind, Uint8Array.of(0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff), 0);
  t.ok(mayAsk(behind, config), 'as may one that a trusted neighbour tells of by its MAC alone');
});
