// A site's configuration is its file with what its head has published laid over it; others' is their file.
import { resolve } from 'node:path';
import type { Loaded } from '../../config/load.ts';
import type { Overlay } from '../../config/values/overlay.ts';
import type { KeptPolicy } from '../../fleet/policy/kept.ts';

export interface WithPolicy {
  readonly load: () => Promise<Loaded>;
  /** Null where there is no head, or this is it. */
  readonly kept: KeptPolicy | null;
}

/** @param loaderOver what reads the configuration, with what is laid over it */
export async function withPolicy(
  loaderOver: (overlay: () => Overlay | null) => () => Promise<Loaded>,
): Promise<WithPolicy> {
  let kept: KeptPolicy | null = null;
  const load = loaderOver(() => kept?.overlay() ?? null);
  const first = await load();
  const site = siteOf(first);
  if (site === null) return { load: beginningWith(first, load), kept };
  const { KeptPolicy } = await import('../../fleet/policy/kept.ts');
  kept = new KeptPolicy(resolve(site.eventsDir, 'fleet'), site.key);
  return { load, kept };
}

/** What was read is not read a second time: a file that a shell hands over can be read once. */
function beginningWith(first: Loaded, load: () => Promise<Loaded>): () => Promise<Loaded> {
  let next: Loaded | null = first;
  return async () => {
    const loaded = next ?? (await load());
    next = null;
    return loaded;
  };
}

/** Also of a file that has mistakes without its head's policy: it may name lists of the head. */
function siteOf(loaded: Loaded): { readonly key: string; readonly eventsDir: string } | null {
  if (loaded.config !== null) {
    const { fleet, events } = loaded.config;
    return fleet === null || fleet.head !== null || fleet.key === null
      ? null
      : { key: fleet.key, eventsDir: events.dir };
  }
  const { fleet, events } = loaded.sections;
  if (fleet?.key === undefined || fleet.store !== undefined || fleet.signingKey !== undefined) return null;
  return events === undefined ? null : { key: fleet.key, eventsDir: resolve(events.dir) };
}
