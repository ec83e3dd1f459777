// What happens to the fleet of the box: each makes a fault, lets the box live with it, mends it, and says by its end what must be so again.
import { closeSync, openSync, rmSync, statfsSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, nkeyAuthenticator } from '@nats-io/transport-node';
import { hitsStream, STREAMS } from '../../../src/fleet/subjects.ts';
import { natsKey } from '../../support/nats.ts';
import { until } from '../../support/tool.ts';
import { anyOf, type Box, excused, plain, settled, type Trial } from './parts.ts';
import type { Place } from './place.ts';
import { REFUSING } from './sayings.ts';

const DAY_MS = 86_400_000;
let movedMs = 0;

const killed = (name: string, kill: (box: Box) => Promise<readonly Place[]>): Trial => ({
  name,
  play: async (box) => {
    await pause(box.random() * 1_500);
    const all = await kill(box);
    await settled(box, all);
  },
});

const cut = (name: string, way: 'cut' | 'half-open', after: (box: Box) => Promise<unknown>): Trial => ({
  name,
  play: async (box) => {
    const some = [anyOf(plain(box), box), anyOf(plain(box), box)];
    await excused(some, name, async () => {
      for (const { wire } of some) wire.way = way;
      await box.publish();
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
  killed('kill -9 of a site', async (box) => {
    const site = anyOf(box.sites, box);
    return excused([site], 'killed', async () => {
      await site.kill();
      await box.publish();
      await site.start();
      return box.sites;
    });
  }),
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
  cut('a link that is half open', 'half-open', ({ cutMs }) => pause(Math.max(20_000, cutMs / 2))),
  {
    name: 'the disk of a site is full',
    play: async (box) => {
      if (box.disks === null) return;
      const { site, ofSite } = box.disks;
      await excused([site], 'disk full', async () => {
        const filler = fill(ofSite);
        await box.publish();
        await pause(8_000);
        rmSync(filler);
        // A policy that is refused is tried again once a minute.
        await pause(60_000);
        await settled(box);
      });
    },
  },
  {
    name: 'the disk of the NATS server is full',
    play: async (box) => {
      if (box.disks === null) return;
      const filler = fill(box.disks.ofNats);
      await excused(box.sites, 'the disk of the NATS server is full', async () => {
        await box.publish();
        await pause(8_000);
        rmSync(filler);
        await box.nats.kill();
        await box.nats.start();
        await settled(box);
      });
    },
  },
  {
    name: 'the disk of the database is full',
    play: async (box) => {
      if (box.disks === null) return;
      const filler = fill(box.disks.ofPostgres);
      await box.publish();
      await pause(8_000);
      rmSync(filler);
      await box.postgres.kill();
      await box.postgres.start();
      await settled(box);
    },
  },
  {
    name: 'streams take no more',
    play: async (box) => {
      const site = anyOf(box.sites, box);
      // The head gives streams their octets anew; a limit that it does not set stays.
      const limited = (octets: number, of: string): Promise<unknown> =>
        withManager(box, (manager) => manager.streams.update(of, { max_msg_size: octets }));
      await until('a stream of the site', () => limited(10, hitsStream(site.name)).catch(() => null));
      await excused(box.sites, 'the stream of policy takes no more', async () => {
        await limited(10, STREAMS.policy);
        await box.publish();
        await pause(6_000);
        const view = await box.watch.said();
        if (!JSON.stringify(view).includes('NATS does not keep what is published'))
          box.watch.faults.push('a stream of policy that takes no more is not told');
        await limited(-1, STREAMS.policy);
        await limited(-1, hitsStream(site.name));
        await settled(box);
      });
    },
  },
  {
    name: 'a credential is revoked',
    play: async (box) => {
      const site = anyOf(plain(box), box);
      await excused([site], 'revoked', async () => {
        box.allow(site);
        await pause(3_000);
        await box.publish();
        await pause(8_000);
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
    play: async (box) => {
      const site = anyOf(plain(box), box);
      await excused([site], 'it refuses', async () => {
        site.say(REFUSING);
        await pause(1_500);
        await box.publish({ isContested: true });
        await until('the head to say who refuses', async () => {
          const said = await box.watch.said();
          return said?.sites.some((row) => row.site === site.name && row.condition === 'refused');
        }).catch(() => box.watch.faults.push(`${site.name} refuses, and the head does not say so`));
        await settled(
          box,
          box.sites.filter((one) => one !== site),
        );
        site.say({});
        await settled(box);
      });
    },
  },
];
