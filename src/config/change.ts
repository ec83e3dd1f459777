// What differs between the running configuration and the one just read, as the file names it.
import { isDeepStrictEqual } from 'node:util';
import type { Config } from './config.ts';

type Section = Exclude<keyof Config, 'file'>;

/** Settings that are meant under another name than they are written, since that says the unit. */
const WRITTEN: Partial<Readonly<Record<Section, Readonly<Record<string, string>>>>> = {
  upstreams: { timeoutMs: 'timeout' },
  cache: {
    bytesMax: 'size',
    minTtlSeconds: 'minTtl',
    maxTtlSeconds: 'maxTtl',
    negativeTtlSeconds: 'negativeTtl',
    serveStaleSeconds: 'serveStale',
  },
  sinkhole: { ttlSeconds: 'ttl' },
  events: { historyMs: 'history', hitsMs: 'hits' },
  log: { keepMs: 'keep', sizeOctets: 'size', withoutClients: 'without', withoutNames: 'without' },
};

/**
 * Settings whose meaning is another: `60s` and `1m` are no change, nor is the order of keys in a section.
 * @returns `cache.entries`, `lists.ads`: as deep as the settings below differ, in the order of the file
 */
export function changedSettings(before: Config, after: Config): readonly string[] {
  return Object.keys(after)
    .filter((section): section is Section => section !== 'file')
    .flatMap((section) => differences(section, before, after));
}

function differences(section: Section, before: Config, after: Config): string[] {
  const old = partsOf(asWritten(section, before));
  const now = partsOf(asWritten(section, after));
  const names = [...new Set([...old.keys(), ...now.keys()])];
  const changed = names.filter((name) => !isDeepStrictEqual(old.get(name), now.get(name)));
  // The first group that fits takes the client, so their order is part of what they mean.
  const moved =
    section === 'groups' && changed.length === 0 && !isDeepStrictEqual([...old.keys()], [...now.keys()]);
  if (moved) return [section];
  return changed.map((name) => (name === '' ? section : `${section}.${name}`));
}

/** A section with the keys that its file has: what only a head has stands beside the rest. */
function asWritten(section: Section, config: Config): unknown {
  if (section === 'fleet' && config.fleet !== null) {
    const { head, ...rest } = config.fleet;
    if (head === null) return rest;
    const { publish, override, ...own } = head;
    return { ...rest, ...own, publish: { publish, override } };
  }
  const names = WRITTEN[section];
  if (names === undefined) return config[section];
  const parts = Map.groupBy(Object.entries(config[section] as object), ([key]) => names[key] ?? key);
  return Object.fromEntries(parts);
}

/** The named parts of a section; one part without a name for a plain value. */
function partsOf(value: unknown): ReadonlyMap<string, unknown> {
  if (Array.isArray(value)) {
    const named = value.every((item) => typeof item === 'object' && item !== null && 'name' in item);
    return named ? new Map(value.map((item) => [String(item.name), item])) : new Map([['', value]]);
  }
  if (typeof value === 'object' && value !== null) return new Map(Object.entries(value));
  return new Map([['', value]]);
}
