// The box as its trials see it, and what each says by its end.

import type { HeadView, SiteView } from '../../../src/admin/served/fleet-view.ts';
import type { Nats } from '../../support/nats.ts';
import type { Postgres } from '../../support/postgres.ts';
import { until } from '../../support/tool.ts';
import type { Place } from './place.ts';
import { type Saying, sayingsOf } from './sayings.ts';
import type { Watch } from './watch.ts';

export interface Box {
  readonly head: Place;
  readonly sites: readonly Place[];
  readonly nats: Nats;
  readonly postgres: Postgres;
  readonly watch: Watch;
  /** Names that clients got an answer to, each asked once. */
  readonly answered: Set<string>;
  /** Small file systems of a site, NATS and PostgreSQL; empty where none may be mounted. */
  readonly disks: {
    readonly site: Place;
    readonly ofSite: string;
    readonly ofNats: string;
    readonly ofPostgres: string;
  } | null;
  readonly clock: string;
  /** How long a cut is, ms. */
  readonly cutMs: number;
  readonly random: () => number;
  publish(saying?: Saying): Promise<void>;
  /** Who may connect. */
  allow(without?: Place): void;
}

export interface Trial {
  readonly name: string;
  /** How many sites its sentence needs: more show nothing that these do not. */
  readonly sites: number;
  play(box: Box): Promise<void>;
}

/** Two with wrong clocks, one of an old release, one with a small disk, and one with nothing. */
export const FEW = 5;
export const NOTICED_MS = 60_000;
const SETTLED_MS = 60_000;
/** What a head says at its start. */
export const FIRST = 1;

/** A head says something new each time, and publishes it. */
export function publisher(head: Place, watch: Watch, dir: string): Box['publish'] {
  let n = FIRST;
  return async (saying = {}) => {
    n += 1;
    const own = n;
    const before = (await until('the head to answer', () => watch.said(), NOTICED_MS)).revision ?? 0;
    head.say(sayingsOf(own, dir, saying));
    let said: { readonly revision?: number; readonly error?: unknown } | null = null;
    const answered = fetch(`${head.daemon?.adminUrl}/api/v1/fleet/publish`, {
      ...{ method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } },
    }).then(
      async (answer) => {
        said = (await answer.json()) as { revision?: number };
      },
      (error: unknown) => {
        said = { error: String(error) };
      },
    );
    // It answers when NATS keeps it, or does not; sites may have it from when it is on the head's disk.
    const isNewer = async (): Promise<number | null> => {
      const revision = said === null ? (await watch.said())?.revision : said.revision;
      return revision === undefined || revision === null || revision <= before ? null : revision;
    };
    const revision = await until('it to be on the disk of the head', async () =>
      said === null ? isNewer() : ((await isNewer()) ?? -1),
    );
    if (revision > 0) watch.published({ n: own, revision, atMs: performance.now() });
    else if (saying.mayFail !== true)
      watch.faults.push(`policy ${own} is not published: ${JSON.stringify(said)}`);
    await answered;
  };
}

export function anyOf<T>(things: readonly T[], { random }: Box): T {
  const one = things[Math.floor(random() * things.length)];
  if (one === undefined) throw new Error('there is none');
  return one;
}

/** Sites of this release, whose ways nothing else uses. */
export const plain = ({ sites }: Box): readonly Place[] =>
  sites.filter(({ skewMs, release }) => skewMs === 0 && release === null);

export const others = ({ sites }: Box, site: Place): readonly Place[] => sites.filter((one) => one !== site);

/** What the head comes to say; a fault, where it does not. */
export async function headSays(
  { watch }: Box,
  what: string,
  isSo: (head: HeadView) => boolean,
): Promise<void> {
  await until(
    `the head to say ${what}`,
    async () => {
      const said = await watch.said();
      return said !== null && isSo(said);
    },
    NOTICED_MS,
  ).catch((error: Error) => watch.faults.push(error.message));
}

export const saidOf = (
  box: Box,
  { name }: Place,
  what: string,
  isSo: (site: SiteView) => boolean,
): Promise<void> =>
  headSays(box, `that ${name} ${what}`, ({ sites }) => sites.some((row) => row.site === name && isSo(row)));

/** While it lasts nothing is expected of these. */
export async function excused<T>(places: readonly Place[], why: string, work: () => Promise<T>): Promise<T> {
  for (const place of places) place.excuse = why;
  return work();
}

/** All that can be reached have the newest, and the head says so. */
export async function settled(
  { watch, sites }: Pick<Box, 'watch' | 'sites'>,
  places: readonly Place[] = sites,
  forMs = SETTLED_MS,
): Promise<void> {
  await until(
    'all to have the newest and the head to say so',
    async () => {
      const said = await watch.said();
      return places.every(({ name }) => {
        const row = said?.sites.find(({ site }) => site === name);
        return (
          row?.condition === 'current' &&
          row.revision === watch.newest?.revision &&
          !watch.behind().includes(name)
        );
      });
    },
    forMs,
  ).catch(async (error: Error) => {
    const said = await watch.said();
    const others = said?.sites
      .filter(({ condition }) => condition !== 'current')
      .map(({ site, condition, revision }) => `${site} ${condition} ${revision}`);
    watch.faults.push(
      `${error.message}: behind ${watch.behind().join(' ')}; the head says ${JSON.stringify(others)}, revision ${said?.revision} of ${watch.newest?.revision}`,
    );
  });
  for (const place of places) place.excuse = null;
}
