// What Pi-hole blocks and allows, for whom: a client there has the lists of all its groups, here it is in one group. So each set
// of groups that a client is in becomes a group.
import { isIP } from 'node:net';
import { asciiName, freeName, type Plan, slug } from '../../plan.ts';
import type { DomainRule, Gravity } from './gravity.ts';

const DEFAULT = 0;

/** Lists by Pi-hole's group, and the groups here that have them. */
export function piholeRules(plan: Plan, gravity: Gravity): void {
  const byGroup = new Map<number, string[]>(gravity.groups.map(({ id }) => [id, []]));
  const give = (groups: readonly number[], list: string): void => {
    for (const id of groups) byGroup.get(id)?.push(list);
  };
  for (const list of gravity.adlists) {
    const what = `list ${list.address}`;
    if (!list.isOn) plan.leave(what, 'it is off; `cenote lists add` adds it');
    else if (!list.groups.some((id) => byGroup.has(id))) plan.leave(what, 'no group that is on has it');
    else {
      const source = list.address.startsWith('file://')
        ? plan.fileOfTheirs(list.address.slice('file://'.length), '/', what)
        : list.address;
      const action = list.isAllow ? 'allow' : 'sinkhole';
      if (source !== null)
        give(
          list.groups,
          plan.listFrom(nameOf(list.address, list.comment), source, { action, refresh: '7d' }),
        );
    }
  }
  for (const rule of gravity.rules) {
    if (!rule.isOn) plan.leave(whatOf(rule), 'it is off');
    else if (!rule.groups.some((id) => byGroup.has(id)))
      plan.leave(whatOf(rule), 'no group that is on has it');
  }
  for (const group of gravity.groups) own(plan, gravity.rules, group, byGroup);
  if (
    (gravity.rules.some(({ kind, isOn }) => isOn && kind === 2) ||
      gravity.adlists.some(({ isAllow, isOn }) => isAllow && isOn)) &&
    gravity.rules.some(({ kind, isOn }) => isOn && kind === 1)
  )
    plan.differs(
      'what is allowed goes before all that is blocked; in Pi-hole an exactly denied name was blocked although an expression or an allow list lets it pass',
    );
  groups(plan, gravity, byGroup);
}

const whatOf = ({ kind, domain }: DomainRule): string => `${kind % 2 === 0 ? 'allowed' : 'denied'} ${domain}`;

/** The names and expressions of one of its groups: two lists, since one list has one action. */
function own(
  plan: Plan,
  rules: readonly DomainRule[],
  { id, name }: { id: number; name: string },
  byGroup: Map<number, string[]>,
): void {
  const deny: string[] = [];
  const allow: string[] = [];
  for (const rule of rules) {
    if (!rule.isOn || !rule.groups.includes(id)) continue;
    const lines =
      rule.kind < 2
        ? [`|${asciiName(rule.domain) ?? rule.domain}^`]
        : expressions(plan, rule.domain, whatOf(rule));
    (rule.kind % 2 === 0 ? allow : deny).push(...lines);
  }
  const suffix = id === DEFAULT ? '' : `-${slug(name) || id}`;
  if (deny.length > 0) byGroup.get(id)?.push(plan.listOf(`denied${suffix}`, deny, { format: 'adblock' }));
  if (allow.length > 0)
    byGroup.get(id)?.push(plan.listOf(`allowed${suffix}`, allow, { format: 'adblock', action: 'allow' }));
}

/** `(\.|^)example\.com$` is a name and all below it; anything else stays an expression. Options stand behind `;`. */
function expressions(plan: Plan, text: string, what: string): string[] {
  const [pattern = '', ...options] = text.split(';');
  const name = /^\((?:\\\.\|\^|\^\|\\\.)\)((?:[a-z0-9_-]+\\\.)*[a-z0-9_-]+)\$$/i.exec(pattern)?.[1];
  const rule =
    name === undefined
      ? `/${pattern.replace(/\//g, '\\/')}/`
      : `||${name.replaceAll('\\.', '.').toLowerCase()}^`;
  const types: string[] = [];
  const replies: string[] = [];
  for (const option of options) {
    const [key = '', value = ''] = option.split('=');
    if (key === 'querytype') types.push(`dnstype=${dnsTypes(value)}`);
    else if (key === 'reply' && replyOf(value) !== null) replies.push(`dnsrewrite=${replyOf(value)}`);
    else {
      plan.leave(what, `\`;${option}\` has no counterpart`);
      return [];
    }
  }
  const rules = replies.length === 0 ? [types] : replies.map((reply) => [...types, reply]);
  return rules.map((modifiers) => `${rule}${modifiers.length > 0 ? `$${modifiers.join(',')}` : ''}`);
}

/** `A,AAAA` or `!A,AAAA`, where the mark is for all of them. */
function dnsTypes(value: string): string {
  const types = value.replace(/^!/, '').split(',');
  return types.map((type) => (value.startsWith('!') ? `~${type}` : type)).join('|');
}

function replyOf(value: string): string | null {
  if (/^(nxdomain|refused)$/i.test(value)) return value.toUpperCase();
  if (/^nodata$/i.test(value)) return 'NOERROR';
  return isIP(value) === 0 ? null : value;
}

function groups(plan: Plan, gravity: Gravity, byGroup: ReadonlyMap<number, readonly string[]>): void {
  const listsOf = (ids: readonly number[]): string[] => [
    ...new Set(ids.flatMap((id) => byGroup.get(id) ?? [])),
  ];
  plan.group('default').lists.push(...listsOf([DEFAULT]));
  const nameOfSet = namesOfSets(gravity);
  for (const { who, comment, groups: ids } of gravity.clients) {
    const on = ids.filter((id) => byGroup.has(id));
    const what = `client ${who}${comment === '' ? '' : ` (${comment})`}`;
    if (who.startsWith(':')) {
      plan.leave(what, 'groups go by address, MAC or name, not by the interface a query came in on');
      continue;
    }
    if (on.length === 1 && on[0] === DEFAULT) continue;
    const group = plan.group(nameOfSet(on));
    plan.client(group.clients, who.toLowerCase(), what);
    if (group.lists.length === 0) group.lists.push(...listsOf(on));
  }
}

/** Each set of groups has a name of its own, though names of groups may be one word here (`Kids`, `kids!`), or none. */
function namesOfSets({ groups }: Gravity): (ids: readonly number[]) => string {
  const names = new Map<string, string>([[String(DEFAULT), 'default']]);
  const word = (id: number): string =>
    slug(groups.find((group) => group.id === id)?.name ?? '') || `group-${id}`;
  return (ids) => {
    const set = ids.join();
    const known = names.get(set);
    if (known !== undefined) return known;
    const taken = new Set(names.values());
    const base = ids.length === 0 ? 'nothing-blocked' : ids.map(word).join('-');
    const name = freeName(base, (one) => taken.has(one));
    names.set(set, name);
    return name;
  };
}

function nameOf(address: string, comment: string): string {
  const word = slug(comment);
  if (word !== '' && word.length <= 40) return word;
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null) return address.split('/').at(-1) ?? 'list';
  const parts = url.pathname.split('/').filter((part) => part !== '');
  return `${url.hostname.replace(/^(www|raw)\./, '').split('.')[0]}-${parts.at(-1)?.replace(/\.\w+$/, '') ?? 'list'}`;
}
