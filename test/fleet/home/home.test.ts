import { generateKeyPairSync } from 'node:crypto';
import { rmSync } from 'node:fs';
import t, { type Test } from 'tap';
import { Spool } from '../../../src/fleet/home/spool.ts';
import { writeBatch } from '../../../src/fleet/messages/batch.ts';
import { writeDone } from '../../../src/fleet/messages/done.ts';
import { sealOf } from '../../../src/fleet/seal.ts';
import { signatureOf } from '../../../src/fleet/signing.ts';
import { readHits } from '../../../src/fleet/store/read-hits.ts';
import { doneSubject, hitsSubject } from '../../../src/fleet/subjects.ts';
import { BatchMaker } from '../../support/fleet-batch.ts';
import { HEAD_KEY, HomeRig, STEPS, type Step } from '../../support/fleet-home.ts';
import { missingNats, type Nats, natsPrograms, startNats } from '../../support/nats.ts';
import { missingPostgres, Postgres } from '../../support/postgres.ts';
import { until } from '../../support/tool.ts';

const skip = missingNats() || missingPostgres();

const startRig = async (t: Test, nats: Nats): Promise<HomeRig> => {
  const postgres = new Postgres();
  await postgres.start();
  const rig = new HomeRig(nats, postgres);
  t.teardown(async () => {
    await rig.stop();
    await postgres.stop();
  });
  return rig;
};

const allAreHome = (rig: HomeRig): Promise<boolean> =>
  until('all hits to be home', async () => {
    const { rows } = await rig.counted().catch(() => ({ rows: -1 }));
    return rows >= rig.site.stored;
  });

t.test('hits come home', { skip }, async (t) => {
  const nats = await startNats(t, { program: natsPrograms().at(-1) ?? '' });
  const rig = await startRig(t, nats);
  const { site } = rig;
  const allHome = (): Promise<boolean> => allAreHome(rig);
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
        let killing: Promise<void> | null = null;
        rig.strike = async (at: Step) => {
          if (killing !== null || at !== step) return;
          killing = kill();
          await killing;
        };
        site.hit(700);
        await until(`${victim} to die at ${step}`, () => killing !== null);
        await killing;
        await allHome();
        t.same(await rig.counted(), { rows: site.stored, distinct: site.stored }, step);
      }
      rig.strike = async () => undefined;
    });

  await t.test('under the names that they have at their site', async (t) => {
    const [last] = await readHits({ sinceMs: 0, limit: 1 }, [], rig.database);
    t.match(last, { site: 'site-7', client: { name: 'till-3', mac: 'aa:bb:cc:00:00:07' }, list: 'threats' });
    const own = site.store.read((tables) => tables.hits.find({ limit: 1 }), []);
    t.same({ ...own[0], site: 'site-7' }, last, 'as the same line');
  });

  await t.test('whatever somebody else says who can write to the server', async (t) => {
    const forger = rig.linkOf('forger');
    t.teardown(() => forger.stop());
    await until('the forger to connect', () => forger.connection !== null);
    const spool = new Spool({ path: site.path, now: Date.now, pseudonyms: null });
    t.teardown(() => spool.close());
    const { epoch } = spool;
    const done = { epoch, hits: site.stored + 20, lastId: null, notes: 0, isTaken: true };
    const forgeries = [
      writeDone(site.name, done, (body) => signatureOf(body, HEAD_KEY, 'hunt')),
      writeDone('site-8', done, (body) => signatureOf(body, HEAD_KEY, 'done')),
      writeDone(site.name, done, (body) =>
        signatureOf(body, generateKeyPairSync('ed25519').privateKey, 'done'),
      ),
      Buffer.from(JSON.stringify(done)),
    ];
    await rig.killHead();
    for (const octets of forgeries) forger.tell(doneSubject(site.name), octets);
    await forger.connection?.flush();
    site.hit(20);
    rig.startHead();
    await allHome();
    t.same((await rig.counted()).rows, site.stored);
    const question = spool.question();
    // Who has the site's NATS account, and not its key.
    const invented = new BatchMaker(epoch).next([{ name: 'invented.example', timeMs: Date.now() }]);
    const stranger = sealOf(site.name, generateKeyPairSync('ed25519').privateKey);
    const body = writeBatch({
      ...invented,
      hits: { ...invented.hits, after: site.stored, through: site.stored + 1 },
    });
    for (const octets of [
      body,
      stranger('batch', body),
      site.seal('state', body),
      sealOf('site-8', site.key)('batch', body),
    ])
      await forger.keep(hitsSubject(site.name), octets);
    site.hit(20);
    await allHome();
    t.same(
      await rig.counted(),
      { rows: site.stored, distinct: site.stored },
      'what its key did not sign is not there',
    );
    t.match(rig.siteKeys.strangers, [{ site: site.name }]);
    t.ok(rig.said.some((text) => /came in the name of site-7 at .* its key did not sign/.test(text)));
    // Who has its key, so that the head's mark goes beyond what the site has told.
    const notes = { after: 0, through: 900, rows: [] };
    const at = { after: site.stored, through: site.stored };
    const batch = { ...question, hits: { ...question.hits, ...at }, notes };
    await forger.keep(hitsSubject(site.name), site.seal('batch', writeBatch(batch)));
    site.hit(20);
    await until('the site to notice', () =>
      rig.said.some((text) => /somebody sends under its name/.test(text)),
    );
    await allHome();
    t.same(
      await rig.counted(),
      { rows: site.stored, distinct: site.stored },
      'all of it once more, and once',
    );
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

t.test('hits come home also over a server that takes small messages alone', { skip }, async (t) => {
  const nats = await startNats(t, { program: natsPrograms().at(-1) ?? '', more: 'max_payload: 16384\n' });
  const rig = await startRig(t, nats);
  rig.site.hit(3_000);
  rig.site.start();
  rig.startHead();
  await allAreHome(rig);
  t.same(await rig.counted(), { rows: 3_000, distinct: 3_000 });
});
