// Trials in which something is there twice or comes back as it was before: a site that is cloned or restored, a database that is, a head that is killed
// while it publishes, one that is restored, one with another clock, a site that is removed and invited anew.
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { natsKey } from '../../support/nats.ts';
import { until } from '../../support/tool.ts';
import { accountOf } from './account.ts';
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
import { blockedWith } from './sayings.ts';
import { problemsOf, viewOf } from './truth.ts';

const DAY_MS = 86_400_000;
let round = 0;

/** Names that nobody asked for before. */
async function ask({ answered }: Box, site: Place, count = 20): Promise<void> {
  round += 1;
  for (let i = 0; i < count; i += 1) {
    const name = `copy${round}-${i}.${site.name}.c2.example`;
    if ((await blockedWith(site, name)) !== null) answered.add(name);
  }
}

/** All that was asked until now is home, and nothing more is asked. */
async function home({ answered, postgres, watch }: Box): Promise<void> {
  for (let size = -1; size !== answered.size; await pause(2_000)) size = answered.size;
  const { lost } = await accountOf(new Set(answered), postgres);
  if (lost.length > 0) watch.faults.push(`${lost.length} names are not home, ${lost[0]} among them`);
}

/** It is up again, and the head has heard of that: until then it says what was so before. */
async function startAgain(box: Box, site: Place): Promise<void> {
  const row = (await box.watch.said())?.sites.find((one) => one.site === site.name);
  await site.start();
  await saidOf(box, site, 'was started again', ({ started }) => started !== row?.started);
}

/** Its data folder is copied. @returns puts the copy in the place of what is there by then */
function backedUp({ dir }: Place): () => void {
  const [data, backup] = [join(dir, 'data'), join(dir, '../backup')];
  const copy = (from: string, to: string): void => {
    rmSync(to, { recursive: true, force: true });
    cpSync(from, to, { recursive: true });
  };
  copy(data, backup);
  return () => copy(backup, data);
}

const post = (head: Place, path: string, body: object): Promise<Response> =>
  fetch(`${head.daemon?.adminUrl}/api/v1/fleet/${path}`, {
    ...{ method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } },
  });

export const COPIES: readonly Trial[] = [
  {
    name: 'kill -9 of the head while it publishes',
    sites: FEW,
    play: async (box) =>
      excused(box.sites, 'no head', async () => {
        for (let i = 0; i < 3; i += 1) {
          const publishing = box.publish({ mayFail: true });
          await pause(box.random() * 1_500);
          await box.head.kill();
          // Of many sites a head's first answer takes longer than that: then it is published by the one that is started now.
          await box.head.start();
          await publishing;
        }
        await box.publish();
        await settled(box);
      }),
  },
  {
    name: 'a site that is cloned',
    sites: FEW,
    play: async (box) => {
      const site = anyOf(plain(box).slice(1), box);
      await excused([site], 'it is there twice', async () => {
        await ask(box, site);
        await site.daemon?.stop();
        const clone = site.cloned('clone');
        cpSync(site.dir, clone.dir, { recursive: true });
        await site.start();
        await clone.start();
        for (let i = 0; i < 3; i += 1) {
          await ask(box, site);
          await ask(box, clone, 25);
          await box.publish();
          await settled(box, others(box, site));
        }
        await headSays(box, 'that there are two', ({ says }) =>
          says.some((one) => one.startsWith('Two daemons tell')),
        );
        await pause(5_000);
        await clone.daemon?.stop();
        // A daemon that is up again tells itself anew.
        await site.daemon?.stop();
        await startAgain(box, site);
        await settled(box);
      });
    },
  },
  {
    name: 'a site that is restored from a backup',
    sites: FEW,
    play: async (box) => {
      const site = anyOf(plain(box).slice(1), box);
      await excused([site], 'it is restored', async () => {
        await site.daemon?.stop();
        const putBack = backedUp(site);
        await site.start();
        await ask(box, site);
        await box.publish();
        await settled(box, others(box, site));
        await home(box);
        await site.kill();
        putBack();
        box.watch.setBack(site.name);
        await startAgain(box, site);
        await ask(box, site, 30);
        await settled(box);
      });
    },
  },
  {
    name: 'a database that lost its last commits',
    sites: FEW,
    play: async (box) => {
      const { postgres, sites } = box;
      await postgres.kill('SIGINT');
      const before = postgres.copied();
      await postgres.start();
      for (const site of sites) await ask(box, site);
      await home(box);
      await postgres.kill('SIGINT');
      before.putBack();
      await postgres.start();
      for (const site of sites.slice(0, 2)) await ask(box, site);
      await settled(box);
    },
  },
  {
    name: 'a head that is restored from a backup',
    sites: FEW,
    play: async (box) => {
      const { head } = box;
      await excused(box.sites, 'the head is restored', async () => {
        await head.daemon?.stop();
        const putBack = backedUp(head);
        await head.start();
        await box.publish();
        await box.publish();
        await settled(box);
        await head.kill();
        putBack();
        await head.start();
        await headSays(
          box,
          'that sites have what it did not publish',
          ({ says, sites }) =>
            says.some((one) => /did not publish: another head has its key/.test(one)) &&
            sites.every(({ condition }) => condition === 'ahead' || condition === 'silent'),
        );
        await box.publish();
        await settled(box);
      });
    },
  },
  {
    name: 'two heads with one key',
    sites: FEW,
    play: async (box) => {
      const { head, sites, watch } = box;
      const other = head.cloned('other-head');
      await excused(sites, 'the head is started again', async () => {
        await head.daemon?.stop();
        cpSync(head.dir, other.dir, { recursive: true });
        await head.start();
        await other.start();
        for (const site of sites) await ask(box, site);
        await box.publish();
        await settled(box);
      });
      await until(
        'the other head to say what it did not publish',
        async () => (await viewOf(other))?.head?.says.some((one) => one.includes('did not publish')),
        NOTICED_MS,
      ).catch((error: Error) => watch.faults.push(error.message));
      for (const site of sites) await ask(box, site);
      await home(box);
      await other.daemon?.stop();
      await box.publish();
      await settled(box);
    },
  },
  {
    name: 'the clock of the head is wrong by a day',
    sites: FEW,
    play: async (box) => {
      const { head, sites } = box;
      for (const skewMs of [DAY_MS, 0]) {
        await excused(sites, 'the head is started again', async () => {
          await head.daemon?.stop();
          head.skewMs = skewMs;
          await head.start();
          await box.publish();
          await settled(box);
        });
        for (const site of sites) await ask(box, site, 5);
        await home(box);
      }
    },
  },
  {
    name: 'a site that is removed and invited anew',
    sites: FEW,
    play: async (box) => {
      const site = anyOf(plain(box).slice(1), box);
      await excused([site], 'it is removed', async () => {
        await ask(box, site);
        await home(box);
        const gone = await post(box.head, 'remove', { site: site.name });
        if (!gone.ok) box.watch.faults.push(`it is not removed: ${await gone.text()}`);
        await headSays(box, 'that it still comes', ({ says }) =>
          says.some((one) => one.includes('was removed and still came')),
        );
        await ask(box, site);
        // Invited anew while the machine that is to go still speaks; the one that takes its place has nothing of it.
        const asked = await post(box.head, 'invite', { site: site.name });
        if (!asked.ok) box.watch.faults.push(`it is not invited: ${await asked.text()}`);
        await saidOf(box, site, 'is heard', ({ heard }) => heard !== null);
        await home(box);
        await site.daemon?.stop();
        rmSync(join(site.dir, 'data'), { recursive: true });
        site.key = natsKey();
        box.allow();
        await startAgain(box, site);
        await box.publish();
        await settled(box);
        await ask(box, site);
        const says = (await box.watch.said())?.says.join('\n') ?? '';
        if (/was removed|in the name of/.test(says))
          box.watch.faults.push(`it is there, and the head says: ${says}`);
      });
    },
  },
  {
    name: 'a site that is called otherwise in its own file',
    sites: FEW,
    play: async (box) => {
      const site = anyOf(plain(box).slice(1), box);
      await excused([site], 'its name is wrong', async () => {
        await site.daemon?.stop();
        site.called = 'elsewhere';
        await site.start();
        await ask(box, site);
        await until(
          'it to say what it may not do',
          async () =>
            (await problemsOf(site)).some(({ what }) => what.includes('they are not those of elsewhere')),
          NOTICED_MS,
        ).catch(() =>
          box.watch.faults.push('a site that has another name than its credentials says nothing of it'),
        );
        await site.daemon?.stop();
        site.called = null;
        await site.start();
        await settled(box);
      });
    },
  },
];
