// Unbound's local-zones: what blocks is a list here, and what lets pass inside of that an exception.
import { isLoopback, NULL_ADDRESSES } from '../../config/values/addresses.ts';
import type { ListAction, Plan } from '../plan.ts';
import { LOOPBACK_MAX } from './settings.ts';

/** A local-zone that answers, or lets pass what is in it. */
export interface Zone {
  readonly name: string;
  readonly type: string;
}

const ZONE_TYPES: Readonly<Record<string, ListAction>> = {
  redirect: 'sinkhole',
  always_null: 'sinkhole',
  static: 'nxdomain',
  always_nxdomain: 'nxdomain',
  always_nodata: 'nodata',
  refuse: 'refused',
  always_refuse: 'refused',
  deny: 'drop',
  always_deny: 'drop',
  inform_deny: 'drop',
};

/** What is in them and has no data goes on, to the servers of its own. */
const LETTING = /^(transparent|typetransparent|always_transparent|nodefault|inform)$/;

/** @param what the line, for the report */
export function readLocalZone(
  plan: Plan,
  { value, what }: { readonly value: string; readonly what: string },
  zones: Zone[],
): void {
  const [name = '', type = ''] = value.split(/\s+/);
  if (ZONE_TYPES[type] === undefined && !LETTING.test(type))
    plan.leave(what, `cenote has no zones of type ${type}`);
  else zones.push({ name: unquoted(name), type });
}

/**
 * Zones that block become lines of a list. One that lets pass is an exception inside one that blocks, for the innermost zone
 * decides; elsewhere its data are own records, and nothing more is to be said.
 */
export function giveZones(plan: Plan, zones: readonly Zone[]): void {
  const blocking = new Map(
    zones.flatMap(({ name, type }) => {
      const action = ZONE_TYPES[type];
      return action === undefined ? [] : [[plainName(name), action] as const];
    }),
  );
  const answered = answeredAlike(plan, zones);
  const rules = [...answered].flatMap(([name, data]) => data.map((one) => `||${name}^$dnsrewrite=${one}`));
  if (rules.length > 0) plan.giveAll(plan.listOf('unbound-redirect', rules, { format: 'adblock' }));
  const given = zones.flatMap(({ name, type }) => {
    if (type === 'redirect' && (answered.get(plainName(name))?.length ?? 0) > 0) return [];
    // A redirect without data says that there are none.
    const own = type === 'redirect' && answered.has(plainName(name)) ? 'nodata' : ZONE_TYPES[type];
    const action = own ?? actionAround(plainName(name), blocking);
    if (action === null) return [];
    return [{ action, line: `local-zone: "${name}" ${own === undefined ? 'always_transparent' : type}` }];
  });
  for (const [action, lines] of Map.groupBy(given, (one) => one.action))
    plan.giveAll(
      plan.listOf(
        action === 'sinkhole' ? 'unbound' : `unbound-${action}`,
        lines.map(({ line }) => line),
        { format: 'unbound', action },
      ),
    );
}

/** Of redirects that do not block: the addresses, or the alias, of the zone's name, which all below it get; none: NODATA. */
function answeredAlike({ records }: Plan, zones: readonly Zone[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { name, type } of zones) if (type === 'redirect') found.set(plainName(name), []);
  for (const record of records) {
    const [, owner = '', data = ''] =
      /^(\S+)\s+(?:\d+\s+)?(?:IN\s+)?(?:A|AAAA|CNAME)\s+(\S+)$/i.exec(record) ?? [];
    found.get(plainName(owner))?.push(data.replace(/\.$/, ''));
  }
  const isAll = (data: readonly string[], is: (address: string) => boolean): boolean =>
    data.length > 0 && data.every(is);
  const all = [...found].filter(([, data]) => !isAll(data, (one) => NULL_ADDRESSES.has(one)));
  const others = all.filter(([, data]) => !isAll(data, isLoopback));
  return new Map(all.length - others.length > LOOPBACK_MAX ? others : all);
}

/** What a zone that is around this name does to it. */
function actionAround(name: string, blocking: ReadonlyMap<string, ListAction>): ListAction | null {
  for (let at = name.indexOf('.'); at >= 0; at = name.indexOf('.', at + 1)) {
    const action = blocking.get(name.slice(at + 1));
    if (action !== undefined) return action;
  }
  return blocking.get('') ?? null;
}

const plainName = (name: string): string => name.toLowerCase().replace(/\.$/, '');

/** Without the quotes around it. */
export function unquoted(text: string): string {
  return /^"([^"]*)"$/.exec(text)?.[1] ?? /^'([^']*)'$/.exec(text)?.[1] ?? text;
}
