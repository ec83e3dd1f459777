// AdGuard Home's persistent clients: their names, and those that have settings of their own.
import { isIP } from 'node:net';
import { isLoopback } from '../../config/values/addresses.ts';
import { asciiName, type Plan } from '../plan.ts';
import { at, LOOPBACK_MAX, type Tree, textAt, textsAt, treesAt } from './settings.ts';

export const SERVICES =
  'cenote has no table of services: write their names as a list, `{ names: ["*.video.example"] }`';

/** An address and a MAC of their own until version 6. */
const idsOf = (client: Tree): string[] =>
  [...textsAt(client, 'ids'), ...textsAt(client, 'ip'), ...textsAt(client, 'mac')].filter((id) => id !== '');

const persistent = (tree: Tree): Tree[] => [
  ...treesAt(tree, 'clients', 'persistent'),
  ...treesAt(tree, 'clients'),
];

/** A rule for a client by its name, as one for the client's addresses: names of clients mean nothing in a list here. */
export function withAddresses(plan: Plan, rule: string, tree: Tree): string {
  const [, before = '', values = '', after = ''] = /^(.*[$,]client=)([^,]*)(.*)$/.exec(rule) ?? [];
  if (values === '') return rule;
  const meant = values.split('|').map((value) => {
    const not = value.startsWith('~') ? '~' : '';
    const name = value
      .slice(not.length)
      .replace(/^(['"])(.*)\1$/, '$2')
      .replaceAll('\\', '');
    if (isNetwork(name)) return value;
    const ids = idsOf(persistent(tree).find((one) => textAt(one, 'name') === name) ?? {});
    return ids.length > 0 && ids.every(isNetwork) ? ids.map((id) => `${not}${id}`).join('|') : null;
  });
  if (!meant.includes(null)) return `${before}${meant.join('|')}${after}`;
  plan.leave(
    `user_rules: ${rule}`,
    'a rule is for addresses and networks, not for a client by its name or MAC: put the name on a list of that client’s group',
  );
  return rule;
}

/** A line of a hosts file that leads to the machine itself, as rules that answer with it; any other rule is left as it is. */
export function ownHosts(rules: readonly string[]): readonly string[] {
  const own = rules.map(rewritesOf);
  if (own.filter((rewrites) => rewrites !== null).length > LOOPBACK_MAX) return rules;
  return rules.flatMap((rule, number) => own[number] ?? [rule]);
}

/** `127.0.0.1 dev.example` of one's own is answered so there; in a list such a line blocks. */
function rewritesOf(rule: string): string[] | null {
  const [, address = '', names = ''] = /^(\S+)\s+([^#]+)/.exec(rule) ?? [];
  if (!isLoopback(address)) return null;
  const all = names.trim().split(/\s+/);
  return all.map((name) => `|${asciiName(name) ?? name}^$dnsrewrite=${address}`);
}

const isNetwork = (id: string): boolean => isIP(id.split('/')[0] ?? '') !== 0;

export function clients(plan: Plan, tree: Tree): void {
  const all = persistent(tree);
  const everyone = [...(plan.groups.get('default')?.lists ?? [])];
  for (const one of all) {
    const name = textAt(one, 'name') ?? 'client';
    const own = ownSettings(plan, one, name);
    const group = own === null ? null : plan.group(name.toLowerCase().replace(/[^a-z0-9._-]+/g, '-'));
    for (const id of idsOf(one)) client(plan, { id, name, members: group?.clients ?? null });
    if (group === null || own === null) continue;
    group.lists.push(
      // Rewrites and refused names are for all; rules of the user are filters too.
      ...(own.isFiltered
        ? everyone
        : everyone.filter((list) => plan.lists.get(list)?.source === null && list !== 'user-rules')),
    );
    for (const server of own.upstreams)
      plan.upstream(group.upstreams, server, `client ${name}: upstreams: ${server}`);
  }
}

function client(
  plan: Plan,
  { id, name, members }: { id: string; name: string; members: string[] | null },
): void {
  const what = `client ${name}: ${id}`;
  const isAddress = isIP(id) !== 0 || /^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i.test(id);
  if (isAddress) plan.clientName(id.toLowerCase(), name, what);
  else if (!id.includes('/')) plan.clientIds.push(id);
  if (members !== null) plan.client(members, id, what);
}

/** What a client has apart from all others; null for nothing. */
function ownSettings(
  plan: Plan,
  one: Tree,
  name: string,
): { isFiltered: boolean; upstreams: string[] } | null {
  const upstreams = textsAt(one, 'upstreams').filter((server) => server !== '' && !server.startsWith('#'));
  const tags = textsAt(one, 'tags');
  if (tags.length > 0)
    plan.leave(
      `client ${name}: tags ${tags.join(', ')}`,
      'clients have no tags; a rule with `$ctag` is not for them',
    );
  if (at(one, 'use_global_blocked_services') === false && textsAt(one, 'blocked_services', 'ids').length > 0)
    plan.leave(
      `client ${name}: blocked_services ${textsAt(one, 'blocked_services', 'ids').join(', ')}`,
      SERVICES,
    );
  if (at(one, 'ignore_querylog') === true)
    plan.leave(`client ${name}: ignore_querylog`, 'name the machine in `log.without`; hits are kept');
  if (at(one, 'use_global_settings') === false)
    for (const key of ['parental_enabled', 'safebrowsing_enabled', 'safe_search'])
      if (at(one, key) === true || at(one, key, 'enabled') === true)
        plan.leave(`client ${name}: ${key}`, 'cenote has no such setting');
  const isFiltered = at(one, 'use_global_settings') !== false || at(one, 'filtering_enabled') !== false;
  return isFiltered && upstreams.length === 0 ? null : { isFiltered, upstreams };
}
