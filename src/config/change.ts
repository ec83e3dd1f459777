// What differs between the running configuration and the one just read, and who has to act on it.
import { isDeepStrictEqual } from 'node:util';
import type { Config } from './config.ts';

/** Who acts: `listeners` opens and closes sockets, `lists` compiles anew, `policy` gets new groups without compiling. */
export type Actor =
  | 'listeners'
  | 'workers'
  | 'upstream'
  | 'cache'
  | 'lists'
  | 'policy'
  | 'access'
  | 'events'
  | 'alerts'
  | 'publish'
  | 'fleet'
  | 'admin';

export interface Change {
  /** `cache.entries`, `lists.ads`: as deep as the settings below differ in meaning. In the order of the file. */
  readonly settings: readonly string[];
  readonly actors: ReadonlySet<Actor>;
}

/** Longest prefix wins. */
const ACTORS: Readonly<Record<string, Actor>> = {
  listen: 'listeners',
  'listen.admin': 'admin',
  workers: 'workers',
  profile: 'workers',
  upstreams: 'upstream',
  cache: 'cache',
  lists: 'lists',
  groups: 'policy',
  clients: 'policy',
  sinkhole: 'policy',
  local: 'policy',
  rebinding: 'policy',
  access: 'access',
  events: 'events',
  log: 'events',
  alerts: 'alerts',
  out: 'alerts',
  serve: 'publish',
  fleet: 'fleet',
  metrics: 'admin',
};

/** Compares meaning, not text: `60s` and `1m` are no change, nor is the order of keys in a section. */
export function changeOf(before: Config, after: Config): Change {
  const settings = [
    ...Object.keys(ACTORS)
      .filter((section) => !section.includes('.'))
      .flatMap((section) => differences(section, before, after)),
  ];
  return { settings, actors: new Set(settings.map(actorOf)) };
}

function differences(section: string, before: Config, after: Config): string[] {
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
function asWritten(section: string, config: Config): unknown {
  if (section !== 'fleet' || config.fleet === null) return config[section as keyof Config];
  const { head, ...rest } = config.fleet;
  if (head === null) return rest;
  const { publish, override, ...own } = head;
  return { ...rest, ...own, publish: { publish, override } };
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

function actorOf(setting: string): Actor {
  const [section = ''] = setting.split('.');
  return ACTORS[setting] ?? ACTORS[section] ?? 'workers';
}
