// What happens to the fleet of the box: each makes a fault, lets the box live with it, mends it, and says by its end what must be so again.
import { closeSync, openSync, rmSync, statfsSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, nkeyAuthenticator } from '@nats-io/transport-node';
import { hitsStream, STREAMS } from '../../../src/fleet/subjects.ts';
import { natsKey } from '../../support/nats.ts';
import { until } from '../../support/tool.ts';
import { COPIES } from './copies.ts';
import {
  anyOf,
  type Box,
  excused,
  FEW,
  headSays,
  NOTICED_MS,
  others,
  plain,
  saidOf,
  settled,
  type Trial,
} from './parts.ts';
import type { Place } from './place.ts';
import { REFUSING } from './sayings.ts';
import { problemsOf, reloadOf, viewOf } from './truth.ts';

const DAY_MS = 86_400_000;
let movedMs = 0;

const killed = (name: string, kill: (box: Box) => Promise<readonly Place[]>, sites = 20): Trial => ({
  name,
  sites,
  play: async (box) => {
    await pause(box.random() * 1_500);
    const all = await kill(box);
    await settled(box, all);
  },
});

const cut = (name: string, way: 'cut' | 'half-open', after: (box: Box) => Promise<unknown>): Trial => ({
  name,
  sites: 6,
  play: async (box) => {
    const some = [anyOf(plain(box), box), anyOf(plain(box), box)];
    await excused(some, name, async () => {
      for (const { wire } of some) wire.way = way;
      await box.publish();
      for (const site of some)
        await until(
          `${site.name} to notice`,
          async () => (await viewOf(site))?.link.up === false,
          NOTICED_MS,
        );
      await after(box);
      for (const { wire } of some) wire.way = 'open';
      await settled(box);
    });
  },
});

/** Writes until nothing goes any more. */
function fill(folder: string): string {
  const path = join(folder, 'filler');
  const file = openSync(path, 'w');
  const piece = Buffer.alloc(256 * 1024, 1);
  try {
    for (;;) writeSync(file, piece);
  } catch {
    // Full; the last blocks too.
    try {
      for (;;) writeSync(file, piece, 0, 4096);
    } catch {
      // Now.
    }
  } finally {
    closeSync(file);
  }
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize > 8192) throw new Error(`${folder} is not full`);
  return path;
}

async function withManager<T>(
  { nats, head }: Box,
  work: (manager: Awaited<ReturnType<typeof jetstreamManager>>) => Promise<T>,
): Promise<T> {
  const connection = await connect({
    servers: [nats.url],
    authenticator: nkeyAuthenticator(new TextEncoder().encode(head.key.seed)),
    inboxPrefix: '_INBOX.head',
  });
  try {
    return await work(await jetstreamManager(connection, { checkAPI: false }));
  } finally {
    await connection.close();
  }
}

export const TRIALS: readonly Trial[] = [
  ...COPIES,
  killed(
    'kill -9 of a site',
    async (box) => {
      const site = anyOf(box.sites, box);
      return excused([site], 'killed', async () => {
        await site.kill();
        await box.publish();
        await site.start();
        return box.sites;
      });
    },
    FEW,
  ),
  killed('kill -9 of the NATS server', (box) =>
    excused(box.sites, 'no server', async () => {
      await box.nats.kill();
      await box.publish();
      await box.nats.start();
      return box.sites;
    }),
  ),
  killed('kill -9 of the database', async ({ postgres, sites, publish }) => {
    await postgres.kill();
    await publish();
    await postgres.start();
    return sites;
  }),
  killed('kill -9 of the head', (box) =>
    excused(box.sites, 'no head', async () => {
      await box.head.kill();
      await box.head.start();
      await box.publish();
      return box.sites;
    }),
  ),
  cut('a cut', 'cut', ({ cutMs }) => pause(cutMs)),
  cut('a cut of three days', 'cut', async ({ clock, cutMs, publish }) => {
    await pause(cutMs / 4);
    movedMs += 3 * DAY_MS;
    writeFileSync(clock, String(movedMs));
    await pause(cutMs / 4);
    await publish();
    await pause(cutMs / 4);
  }),
  {
    name: 'a slow line',
    sites: FEW,
    play: async (box) => {
      const site = anyOf(plain(box), box);
      // A list that is compiled at all of them: here it counts that it comes at all.
      await excused(box.sites, `${site.name} has 256 kbit/s`, async () => {
        site.wire.way = 'slow';
        await box.publish({ names: 40_000 });
        await until(
          'a long list over a slow line',
          () => !box.watch.behind().includes(site.name),
          120_000,
        ).catch((error: Error) => box.watch.faults.push(`${site.name}: ${error.message}`));
        site.wire.way = 'open';
        await settled(box);
      });
    },
  },
  cut('a link that is half open', 'half-open', ({ cutMs }) => pause(cutMs / 2)),
  {
    name: 'the disk of a site is full',
    sites: FEW,
    play: async (box) => {
      if (box.disks === null) return;
      const { site, ofSite } = box.disks;
      await excused([site], 'disk full', async () => {
        const filler = fill(ofSite);
        await box.publish({ names: 20_000 });
        // What it has no room for it refuses, or says why it is not there.
        await saidOf(
          box,
          site,
          'cannot take it',
          ({ refused, behind }) => refused !== null || behind !== null,
        );
        await settled(box, others(box, site));
        rmSync(filler);
        // A policy that is refused is tried again once a minute.
        await settled(box, box.sites, 150_000);
      });
    },
  },
  {
    name: 'the disk of the NATS server is full',
    sites: FEW,
    play: async (box) => {
      if (box.disks === null) return;
      const filler = fill(box.disks.ofNats);
      await excused(box.sites, 'the disk of the NATS server is full', async () => {
        // More than goes with the message that tells of it.
        await box.publish({ names: 20_000 });
        await headSays(box, 'that NATS does not keep it', ({ waits }) => waits !== null);
        rmSync(filler);
        await box.nats.kill();
        await box.nats.start();
        await settled(box);
      });
    },
  },
  {
    name: 'the disk of the database is full',
    sites: FEW,
    play: async (box) => {
      if (box.disks === null) return;
      const filler = fill(box.disks.ofPostgres);
      await box.publish();
      // Rows go into what is allocated until that is full; then the head says so.
      await until('the head to say that the store takes nothing', async () =>
        (await problemsOf(box.head)).some(({ id }) => id === 'fleet:store'),
      ).catch(() => undefined);
      rmSync(filler);
      await box.postgres.kill();
      await box.postgres.start();
      await settled(box);
    },
  },
  {
    name: 'streams take no more',
    sites: FEW,
    play: async (box) => {
      const site = anyOf(box.sites, box);
      // The head gives streams their octets anew; a limit that it does not set stays.
      const limited = (octets: number, of: string): Promise<unknown> =>
        withManager(box, (manager) => manager.streams.update(of, { max_msg_size: octets }));
      await until('a stream of the site', () => limited(10, hitsStream(site.name)).catch(() => null));
      await excused(box.sites, 'the stream of policy takes no more', async () => {
        await limited(10, STREAMS.policy);
        await box.publish();
        await headSays(box, 'that NATS does not keep it', ({ says }) =>
          says.some((one) => one.includes('NATS does not keep what is published')),
        );
        // One of an earlier release waits for the stream.
        await settled(
          box,
          box.sites.filter(({ release }) => release === null),
        );
        await limited(-1, STREAMS.policy);
        await limited(-1, hitsStream(site.name));
        await settled(box);
      });
    },
  },
  {
    name: 'a credential is revoked',
    sites: FEW,
    play: async (box) => {
      const site = anyOf(plain(box), box);
      await excused([site], 'revoked', async () => {
        box.allow(site);
        await until(
          `${site.name} to be shut out`,
          async () => (await viewOf(site))?.link.up === false,
          NOTICED_MS,
        );
        await box.publish();
        await settled(box, others(box, site));
        if (!box.watch.behind().includes(site.name))
          box.watch.faults.push(`${site.name} got a policy with a credential that was revoked`);
        site.key = natsKey();
        box.allow();
        await site.daemon?.stop();
        await site.start();
        await settled(box);
      });
    },
  },
  {
    name: 'changes every two seconds',
    sites: 20,
    play: async (box) => {
      for (let i = 0; i < 8; i += 1) {
        await box.publish();
        await pause(2_000);
      }
      await settled(box);
    },
  },
  {
    name: 'a site that refuses',
    sites: FEW,
    play: async (box) => {
      const site = anyOf(plain(box), box);
      await excused([site], 'it refuses', async () => {
        const before = await reloadOf(site);
        site.say(REFUSING);
        await until('its own file to be in force', async () => (await reloadOf(site)) !== before);
        await box.publish({ isContested: true });
        await saidOf(box, site, 'refuses', ({ condition }) => condition === 'refused');
        await settled(box, others(box, site));
        site.say({});
        await settled(box);
      });
    },
  },
];
