// A signed tree, a validating Unbound, cenote in front of it: a thousand names of everyday use come out octet for octet, with
// their signatures, proofs, AD and errors. Ten times as many: `npm run faults -- transparency`.
import { join } from 'node:path';
import t from 'tap';
import { compare } from '../../faults/transparency.ts';
import { blockingConfig } from '../../support/configs.ts';
import { startDaemon } from '../../support/daemon.ts';
import { daemonFolder } from '../../support/daemon-folder.ts';
import { everydayNames } from '../../support/everyday-names.ts';
import { signedTreeMissing, startSignedTree } from '../../support/signed-tree.ts';

const list = join(import.meta.dirname, '../../../blocklists/3cx-2023.yaml');

t.test(
  'nothing differs but ID, TTL countdown and letter case',
  { skip: signedTreeMissing, timeout: 110_000 },
  async (t) => {
    const names = everydayNames(1000);
    const tree = await startSignedTree(names);
    t.teardown(() => tree.stop());
    const daemon = await startDaemon({
      directory: daemonFolder(),
      config: blockingConfig(tree.address, list),
    });
    t.teardown(() => daemon.stop());

    for (const [some, types] of [
      [names, ['A']],
      [names.slice(0, 100), ['AAAA', 'MX', 'TXT', 'HTTPS', 'SOA', 'DS']],
    ] as const) {
      const { differences, ...counts } = await compare(daemon.server, tree.server, some, types);
      t.comment(counts);
      t.same(differences, [], `${counts.asked} questions for ${types.join()}`);
      t.equal(counts.authenticated, counts.asked, 'AD passes through');
    }
    t.equal(daemon.hitCount(), 0, 'none blocked');
  },
);
