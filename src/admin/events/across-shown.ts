// A hunt of all sites as other programs see it.
import type { FleetHunt } from '../../fleet/across.ts';
import type { HitClient } from '../../hits/hit.ts';
import { isoTime } from './asked.ts';

type Central = FleetHunt['central'][number];
type Name = Central['names'][number];

export interface ShownHunt extends Omit<FleetHunt, 'central'> {
  readonly central: readonly (Pick<Central, 'machine' | 'sites'> & {
    readonly client: HitClient;
    readonly names: readonly (Omit<Name, 'firstMs' | 'lastMs'> & {
      readonly first: string;
      readonly last: string;
    })[];
  })[];
}

export function shownHunt(hunt: FleetHunt): ShownHunt {
  return {
    ...hunt,
    central: hunt.central.map(({ machine, sites, names, client }) => ({
      machine,
      sites,
      client: clientIn(client),
      names: names.map(({ firstMs, lastMs, ...name }) => ({
        ...name,
        first: isoTime(firstMs),
        last: isoTime(lastMs),
      })),
    })),
  };
}

/** As the site's store shares it, with more than is shown. */
function clientIn(body: string): HitClient {
  const { through: _, ...client } = JSON.parse(body);
  return client;
}
