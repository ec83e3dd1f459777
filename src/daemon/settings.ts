// What the threads get of a configuration: everything a reload may change, put together in one place.
import { isDeepStrictEqual } from 'node:util';
import { changedSettings } from '../config/change.ts';
import { type Config, privacyOf } from '../config/config.ts';
import type { HitsSettings } from '../desk/messages.ts';
import { assignKnown } from '../policy/groups.ts';
import type { Parts } from './in-force.ts';
import type { Settings } from './threads/messages.ts';

/** For the resolver threads. */
export function settingsOf(value: Parts): Settings {
  const { config, ruleSet, known, hosts, certificate, paused } = value;
  return {
    config,
    ruleSet,
    assignments: assignKnown(config.groups, known),
    hosts,
    certificate,
    paused: config.groups.map(({ name }) => paused.includes(name)),
  };
}

/** Of settings that `settingsOf` made: those that are others after than before. */
export function changesOf(before: Settings, after: Settings): Partial<Settings> {
  // What these two hold is not looked at: it is large, and another when the object is.
  const { config, ruleSet, ...small } = after;
  const changed = Object.entries(small).filter(
    ([name, value]) => !isDeepStrictEqual(value, before[name as keyof Settings]),
  );
  return {
    ...(config === before.config ? {} : { config }),
    ...(ruleSet === before.ruleSet ? {} : { ruleSet }),
    ...Object.fromEntries(changed),
  };
}

/** For the hits thread. */
export function hitsSettingsOf({
  config,
  ruleSet,
  known,
  paused,
}: Pick<Parts, 'config' | 'ruleSet' | 'known' | 'paused'>): HitsSettings {
  return {
    ruleSet,
    groups: config.groups,
    assignments: assignKnown(config.groups, known),
    sinkhole: config.sinkhole.answer,
    historyMs: config.events.historyMs,
    hitsMs: config.events.hitsMs,
    privacy: privacyOf(config),
    alerts: config.alerts,
    out: config.out,
    log: config.log,
    publicUrl: config.listen.publicUrl,
    paused,
  };
}

/** Settings of the configuration in force that take effect at the next start. */
export interface Waits {
  readonly settings: readonly string[];
  /** Since when any does, steady, ms; null: none does. */
  readonly sinceMs: number | null;
}

export const NOTHING_WAITS: Waits = { settings: [], sinceMs: null };

/** Settings that a running daemon cannot change: its sockets, its threads, its cache, its folder, its fleet. */
export function needsRestart(before: Config, after: Config): readonly string[] {
  return changedSettings(before, after).filter(
    (setting) =>
      (/^(listen|workers|cache|fleet)\b/.test(setting) &&
        !['listen.tlsCertificate', 'listen.publicUrl'].includes(setting) &&
        !(setting === 'listen.admin' && isSamePlace(before, after))) ||
      setting === 'events.dir',
  );
}

/** Whether only who gets in to the admin interface is another, which counts at once. */
function isSamePlace(before: Config, after: Config): boolean {
  const place = ({ listen: { admin } }: Config) =>
    admin === null
      ? null
      : [admin.addresses, admin.tls, admin.socket, admin.users.some(({ system }) => system !== null)];
  return isDeepStrictEqual(place(before), place(after));
}
