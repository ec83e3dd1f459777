import { rmSync } from 'node:fs';
import t from 'tap';
import { readHits } from '../../../src/fleet/store/read-hits.ts';
import { HomeRig, STEPS, type Step } from '../../support/fleet-home.ts';
import { missingNats, natsPrograms, startNats } from '../../support/nats.ts';
import { missingPostgres, Postgres } from '../../support/postgres.ts';
import { until } from '../../support/tool.ts';

const skip = missingNats() || missingPostgres();

t.test('hits come home', { skip }, async (t) => {
  const nats = await startNats(t, { program: natsPrograms().at(-1) ?? '' });
  const postgres = new Postgres();
  await postgres.start();
  const rig = new HomeRig(nats, postgres);
  t.teardown(async () => {
    await rig.stop();
    await postgres.stop();
  });
  const { site } = rig;
  const allHome = (): Promise<boolean> =>
    until('all hits to be home', async () => {
      const { rows } = await rig.counted().catch(() => ({ rows: -1 }));
      return rows >= site.stored;
    });
  site.hit(3);
  site.start();
  rig.startHead();
  await allHome();

  const victims = {
    site: async () => {
      await site.kill();
      site.start();
    },
    server: async () => {
      await nats.kill();
      await nats.start();
    },
    head: async () => {
      await rig.killHead();
      rig.startHead();
    },
    database: () => rig.restartDatabase(),
  };

  for (const [victim, kill] of Object.entries(victims))
    await t.test(`once, whenever the ${victim} dies`, async (t) => {
      for (const step of STEPS) {
        let isStruck = false;
        rig.strike = async (at: Step) => {
          if (isStruck || at !== step) return;
          isStruck = true;
          await kill();
        };
        site.hit(700);
        await until(`${victim} to die at ${step}`, () => isStruck);
        await allHome();
        t.same(await rig.counted(), { rows: site.stored, distinct: site.stored }, step);
      }
      rig.strike = async () => undefined;
    });

  await t.test('under the names that they have at their site', async (t) => {
    const [last] = await readHits({ sinceMs: 0, limit: 1 }, rig.database);
    t.match(last, { site: 'site-7', client: { name: 'till-3', mac: 'aa:bb:cc:00:00:07' }, list: 'threats' });
    const own = site.store.read((tables) => tables.hits.find({ limit: 1 }), []);
    t.same({ ...own[0], site: 'site-7' }, last, 'as the same line');
  });

  await t.test('also of a store that was set back, or was begun anew', async (t) => {
    const before = await rig.counted();
    await site.kill();
    site.closeStore();
    for (const end of ['', '-wal', '-shm']) rmSync(`${site.path}${end}`, { force: true });
    site.hit(30);
    site.start();
    await until('the new hits', async () => (await rig.counted()).rows >= before.rows + 30);
    t.same((await rig.counted()).rows, before.rows + 30);
  });
});
