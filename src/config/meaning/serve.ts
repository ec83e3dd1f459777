// `serve` as meant: every choice of lists followed, and nothing open to all.
import { nameToText, textToName } from '../../wire/names/presentation.ts';
import type { ListConfig } from '../meant/lists.ts';
import type { ServeConfig, ServedListConfig, ServedZoneConfig } from '../meant/serve.ts';
import type { Path } from '../problem.ts';
import type { ConfigFile } from '../schema.ts';
import { nearest } from '../values/nearest.ts';
import { quote } from '../values/parsed.ts';
import type { Findings } from './findings.ts';
import { checkTsig } from './tsig.ts';

type Serve = ConfigFile['serve'];
type ZoneFile = Serve['zones'][string];
type ListFile = Serve['lists'][string];

const LIST_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
/** `*.NAME.` must fit before it. */
const ZONE_OCTETS_MAX = 128;

export function resolveServe(serve: Serve, lists: readonly ListConfig[], findings: Findings): ServeConfig {
  const zones = Object.entries(serve.zones).map(([name, zone]) => resolveZone(name, zone, lists, findings));
  const seen = new Set<string>();
  for (const { name } of zones) {
    if (seen.has(name))
      findings.complain(['serve', 'zones'], `the zone ${quote(name)} is there twice`, 'remove one', 'key');
    seen.add(name);
  }
  return {
    zones,
    lists: Object.entries(serve.lists).map(([name, list]) => resolveList(name, list, lists, findings)),
  };
}

function resolveZone(
  written: string,
  zone: ZoneFile,
  lists: readonly ListConfig[],
  findings: Findings,
): ServedZoneConfig {
  const path: Path = ['serve', 'zones', written];
  const apex = textToName(written.toLowerCase());
  if (apex === null || apex.length <= 1 || apex.length > ZONE_OCTETS_MAX)
    findings.complain(
      path,
      `${quote(written)} is not the name of a zone`,
      'write one such as `block.rpz.example`',
      'key',
    );
  if (zone.allow.length === 0 && zone.tsig === undefined)
    findings.complain(
      path,
      'nobody may have this zone',
      'add `allow` with the addresses of its secondaries, or `tsig` with their key',
      'key',
    );
  if (zone.allow.some(({ bits, text }) => bits === 0 || text === '0.0.0.0/0') && zone.tsig === undefined)
    findings.warn(
      [...path, 'allow'],
      'anyone may have this zone',
      'name its secondaries, or add a key (`tsig`)',
    );
  checkTsig(path, zone.tsig, findings);
  return {
    name: apex === null ? written : nameToText(apex),
    apex: apex ?? new Uint8Array(1),
    lists: chosen(path, zone, lists, findings),
    allow: zone.allow,
    tsig: zone.tsig ?? null,
    notify: zone.notify,
    ttlSeconds: Math.floor(zone.ttl / 1000),
  };
}

function resolveList(
  name: string,
  list: ListFile,
  lists: readonly ListConfig[],
  findings: Findings,
): ServedListConfig {
  const path: Path = ['serve', 'lists', name];
  if (!LIST_NAME.test(name))
    findings.complain(
      path,
      `${quote(name)} cannot be a part of a URL and the name of a file`,
      'use letters, digits, dots, dashes; 63 characters at most',
      'key',
    );
  if (list.formats.length === 0)
    findings.complain([...path, 'formats'], 'it is offered in no format', 'name one, or leave `formats` out');
  return {
    name,
    lists: chosen(path, list, lists, findings),
    formats: list.formats,
    allow: list.allow,
    token: list.token ?? null,
  };
}

function chosen(
  path: Path,
  { lists: names, alerting }: { readonly lists: readonly string[]; readonly alerting: boolean },
  lists: readonly ListConfig[],
  findings: Findings,
): string[] {
  const known = lists.map(({ name }) => name);
  names.forEach((name, index) => {
    if (known.includes(name)) return;
    const near = nearest(name, known);
    findings.complain(
      [...path, 'lists', index],
      `there is no list ${quote(name)}`,
      near === null ? `lists are ${known.slice(0, 10).join(', ') || 'none'}` : `did you mean \`${near}\`?`,
    );
  });
  if (names.length === 0 && !alerting)
    findings.complain(path, 'it is made of no list', 'add `lists: [NAME]`, or `alerting: true`', 'key');
  const alarms = alerting ? lists.flatMap(({ name, alert }) => (alert ? [name] : [])) : [];
  if (alerting && names.length === 0 && alarms.length === 0)
    findings.complain(
      path,
      'it is made of the lists that alert, and none does',
      'give a list `alert: true`, or add `lists: [NAME]`',
      'key',
    );
  const all = [...new Set([...names, ...alarms])];
  const watched = lists.filter(({ name, mode }) => mode === 'monitor' && all.includes(name));
  for (const { name } of watched)
    findings.warn(
      path,
      `the list ${quote(name)} only watches (\`mode: monitor\`), so nothing of it is served`,
      null,
    );
  return all;
}
