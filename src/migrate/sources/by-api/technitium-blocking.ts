// How Technitium blocks: lists and names, and its app Advanced Blocking, which has them by groups of machines.
import type { ListAction, Plan } from '../../plan.ts';
import {
  at,
  expressionRule,
  isOn,
  isTree,
  nameOfUrl,
  numberAt,
  type Tree,
  textAt,
  textsAt,
  treeAt,
  treesAt,
} from '../settings.ts';
import { giveNames } from './names.ts';

export function answerWith(plan: Plan, addresses: readonly string[]): void {
  const [a, aaaa] = [addresses.find((one) => !one.includes(':')), addresses.find((one) => one.includes(':'))];
  if ((a ?? aaaa) !== undefined) plan.set('sinkhole', 'answer', { ...(a && { a }), ...(aaaa && { aaaa }) });
}

export function hoursOf(tree: Tree, key: string): string | null {
  const hours = numberAt(tree, key) ?? 0;
  return hours > 0 ? `${hours}h` : null;
}

/** It blocks, and allows, a listed name with all below it. */
export function listOf(
  plan: Plan,
  url: string,
  more: { action: ListAction; refresh: string | null },
): string {
  return plan.listFrom(nameOfUrl(url), url, { ...more, hasSubdomains: true });
}

/** Of each group of machines its own lists; whom no network names is in none. */
export function advancedBlocking(plan: Plan, tree: Tree): void {
  if (at(tree, 'enableBlocking') === false)
    plan.differs(
      'Advanced Blocking was off; its lists are written all the same: `mode: monitor` on each only records',
    );
  const networks = Map.groupBy(Object.entries(treeAt(tree, 'networkGroupMap')), ([, group]) => String(group));
  const refresh = hoursOf(tree, 'blockListUrlUpdateIntervalHours');
  const groups = Array.isArray(at(tree, 'groups'))
    ? treesAt(tree, 'groups')
    : Object.entries(treeAt(tree, 'groups')).map(([name, group]) => ({
        ...(isTree(group) ? group : {}),
        name,
      }));
  for (const group of groups) {
    const name = textAt(group, 'name') ?? 'group';
    const whose = (networks.get(name) ?? []).map(([network]) => network.replace(/[[\]]/g, ''));
    const isAll = (network: string): boolean => /^(0\.0\.0\.0|::0?)\/0$/.test(network);
    if (whose.some(isAll)) groupLists(plan, group, { to: plan.group('default').lists, name, refresh });
    const own = whose.filter((network) => !isAll(network));
    if (own.length === 0) continue;
    const planned = plan.groupOf(name);
    for (const network of own) plan.client(planned.clients, network, `networkGroupMap: ${network}`);
    groupLists(plan, group, { to: planned.lists, name, refresh });
  }
  for (const endpoint of Object.keys(treeAt(tree, 'localEndPointGroupMap')))
    plan.leave(`localEndPointGroupMap: ${endpoint}`, 'groups go by who asks, not by where they ask');
}

function groupLists(
  plan: Plan,
  group: Tree,
  { to, name, refresh }: { to: string[]; name: string; refresh: string | null },
): void {
  if (at(group, 'enableBlocking') === false) {
    plan.differs(`group ${name} was not blocked for: it has its lists no more`);
    return;
  }
  const action: ListAction = isOn(group, 'blockAsNxDomain') ? 'nxdomain' : 'sinkhole';
  giveNames(plan, `${name} blocked`, textsAt(group, 'blocked'), action, to);
  giveNames(plan, `${name} allowed`, textsAt(group, 'allowed'), 'allow', to);
  for (const [key, of] of [
    ['blockListUrls', action],
    ['adblockListUrls', action],
    ['allowListUrls', 'allow'],
  ] as const) {
    const urls = [...textsAt(group, key), ...treesAt(group, key).flatMap((one) => textAt(one, 'url') ?? [])];
    for (const url of urls) to.push(listOf(plan, url, { action: of, refresh }));
  }
  for (const [key, of] of [
    ['blockedRegex', action],
    ['allowedRegex', 'allow'],
  ] as const) {
    const rules = textsAt(group, key).map(expressionRule);
    if (rules.length > 0) to.push(plan.listOf(`${name} ${key}`, rules, { action: of, format: 'adblock' }));
  }
  for (const key of ['regexBlockListUrls', 'regexAllowListUrls'])
    for (const url of textsAt(group, key))
      plan.leave(`${name}: ${key}: ${url}`, 'expressions are read from lists in Adblock syntax: `/…/`');
  const addresses = textsAt(group, 'blockingAddresses').filter((one) => one !== '0.0.0.0' && one !== '::');
  if (addresses.length > 0 && action === 'sinkhole') answerWith(plan, addresses);
}
