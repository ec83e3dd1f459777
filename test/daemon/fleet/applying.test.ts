// What a site does with a policy when its own file, or the machine, is in trouble.
import { join } from 'node:path';
import t from 'tap';
import type { Loaded } from '../../../src/config/load.ts';
import { Applying, type ApplyingParts } from '../../../src/daemon/fleet/applying.ts';

t.test('a text that could not be looked at holds no later policy up', async (t) => {
  const file = join(t.testdir({ 'c.yaml': 'good' }), 'c.yaml');
  const good = { config: {}, problems: [], warnings: [] } as unknown as Loaded;
  let cannot = true;
  const parts = {
    supervisor: { config: { file }, lastReload: { error: null }, reload: async () => undefined },
    loadText: async () => {
      if (cannot) throw new Error('EMFILE: too many open files');
      return good;
    },
  };
  const applying = new Applying(parts as unknown as ApplyingParts);
  applying.committed();
  t.equal(await applying.apply(), null);
  cannot = false;
  applying.committed();
  t.equal(await applying.apply(), null);
});
