// NextDNS: a profile as its API tells it (GET /profiles/PROFILE), which tools that export one write too.
import { isIP } from 'node:net';
import { durationText } from '../../../config/values/amounts.ts';
import { MigrateError } from '../../migrate-error.ts';
import type { Plan } from '../../plan.ts';
import { textOf } from '../../read-files.ts';
import {
  at,
  isOn,
  isTree,
  numberAt,
  REBINDING,
  type Tree,
  textAt,
  treeAt,
  treesAt,
  WITHOUT,
  yamlTree,
} from '../settings.ts';
import { giveNames } from './names.ts';

const SERVICE = 'NextDNS keeps what belongs to it: `cenote lists add` adds a list of such names';

export function fromNextdns(plan: Plan, path: string): void {
  const whole = yamlTree(textOf(path), path);
  const profile = isTree(at(whole, 'data')) ? treeAt(whole, 'data') : whole;
  if (!['denylist', 'allowlist', 'privacy'].some((key) => key in profile))
    throw new MigrateError(
      'MIGRATE_NOT_THEIRS',
      `not a profile of NextDNS: it has no denylist, allowlist or privacy; save what GET https://api.nextdns.io/profiles/PROFILE answers (${path})`,
    );
  names(plan, profile);
  rewrites(plan, profile);
  for (const { id } of treesAt(profile, 'privacy', 'blocklists'))
    plan.leave(
      `privacy.blocklists: ${id}`,
      'the list has an address of its own, which is not in the profile: `cenote lists add` adds it',
    );
  switches(plan, profile);
  logs(plan, treeAt(profile, 'settings', 'logs'));
  plan.differs(REBINDING);
  const id = textAt(profile, 'id') ?? 'PROFILE';
  plan.differs(
    `NextDNS resolved and filtered; \`upstreams.default: [https://dns.nextdns.io/${id}]\` keeps its filters behind cenote’s, any other server replaces them`,
  );
}

/** Entries that are off are told. @returns those that are on */
function on(plan: Plan, profile: Tree, ...path: readonly string[]): string[] {
  return treesAt(profile, ...path).flatMap((entry) => {
    const id = textAt(entry, 'id');
    if (id === null) return [];
    if (at(entry, 'active') !== false) return [id];
    plan.leave(`${path.join('.')}: ${id}`, 'it is off');
    return [];
  });
}

function names(plan: Plan, profile: Tree): void {
  for (const [key, action] of [
    ['denylist', 'sinkhole'],
    ['allowlist', 'allow'],
  ] as const)
    giveNames(plan, key, on(plan, profile, key), action);
  giveNames(plan, 'top-level-domains', on(plan, profile, 'security', 'tlds'), 'sinkhole');
}

function rewrites(plan: Plan, profile: Tree): void {
  for (const rewrite of treesAt(profile, 'rewrites')) {
    const [name, content] = [textAt(rewrite, 'name') ?? '', textAt(rewrite, 'content') ?? ''];
    const family = isIP(content);
    const type = family === 0 ? 'CNAME' : family === 4 ? 'A' : 'AAAA';
    plan.record(`${name} ${type} ${content}`, `rewrites: ${name} → ${content}`);
  }
}

/** What is on there and has no counterpart. */
const SWITCHES: Readonly<Record<string, string>> = {
  'security.threatIntelligenceFeeds': 'lists of threats do it: docs/lists.md names some',
  'security.googleSafeBrowsing': SERVICE,
  'security.aiThreatDetection': SERVICE,
  'security.cryptojacking': SERVICE,
  'security.idnHomographs': SERVICE,
  'security.typosquatting': SERVICE,
  'security.dga': SERVICE,
  'security.nrd': SERVICE,
  'security.ddns': SERVICE,
  'security.parking': SERVICE,
  'security.csam': SERVICE,
  'privacy.disguisedTrackers': 'aliases are followed: a listed name behind one is blocked',
  'parentalControl.safeSearch': WITHOUT.search,
  'parentalControl.youtubeRestrictedMode': WITHOUT.search,
  'parentalControl.blockBypass': 'a list of such services does it',
  'settings.blockPage.enabled': '`sinkhole.answer` takes the address of a page of your own',
  'settings.performance.ecs': WITHOUT.identity,
  'settings.performance.cacheBoost': '`cache.minTtl` keeps answers longer',
  'settings.web3': WITHOUT.setting,
};

function switches(plan: Plan, profile: Tree): void {
  for (const [path, why] of Object.entries(SWITCHES))
    if (isOn(profile, ...path.split('.'))) plan.leave(path, why);
  for (const [group, part] of [
    ['privacy', 'natives'],
    ['parentalControl', 'services'],
    ['parentalControl', 'categories'],
  ] as const)
    for (const id of on(plan, profile, group, part)) plan.leave(`${group}.${part}: ${id}`, SERVICE);
  if (isTree(at(profile, 'parentalControl', 'recreation')))
    plan.leave('parentalControl.recreation', '`schedule` of a group says when its lists are in force');
}

/** The shortest that `log.keep` takes. */
const KEEP_MIN_S = 3600;

function logs(plan: Plan, settings: Tree): void {
  if (Object.keys(settings).length === 0) return;
  if (at(settings, 'enabled') === false) plan.set('log', 'enabled', false);
  const seconds = numberAt(settings, 'retention') ?? 0;
  if (seconds > 0) plan.set('log', 'keep', durationText(1000 * Math.round(Math.max(KEEP_MIN_S, seconds))));
  if (isOn(settings, 'drop', 'ip')) plan.set('log', 'anonymise', true);
  if (isOn(settings, 'drop', 'domain'))
    plan.leave('settings.logs.drop.domain', 'names are logged, or nothing is: `log.enabled`');
}
