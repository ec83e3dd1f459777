// ArcSight's Common Event Format, keys as in its extension dictionary. Version 0 of the header, which readers of the newest, 1, take as
// well: 1 (SmartConnector User Guide, 2018) only lets addresses be IPv6 in `src` and counts of octets be 64 bits wide. The first would be
// refused by readers of 0, of the second there is none here.
import type { Hit } from '../../hits/hit.ts';
import type { IncidentSummary } from '../../hits/incidents/summary.ts';
import { describe } from '../describe.ts';
import { cut, forCefHeader, forCefValue } from '../escape.ts';
import type { Notice } from '../receiver.ts';
import { VERSION } from '../version.ts';
import { foundIn, ownMatch } from './of-hit.ts';

const SEVERITY = { low: 4, medium: 6, high: 9 } as const;
/** Longest `msg` of the dictionary. */
const MESSAGE_CHARACTERS_MAX = 1023;

export function cefOfHit(hit: Hit, incident: IncidentSummary): string {
  const { client, question } = hit;
  const own = ownMatch(hit, incident);
  return cef('hit', `Listed name asked for: ${own.list}`, SEVERITY[own.severity], [
    ['rt', String(Date.parse(hit.time))],
    ...clientOf(client.ip),
    ['shost', client.name],
    ['suser', client.user ?? null],
    ['smac', client.mac],
    ['app', 'DNS'],
    ['proto', hit.transport === 'udp' ? 'UDP' : 'TCP'],
    ['act', hit.verdict],
    ['outcome', hit.outcome],
    ['reason', hit.rcode],
    ['dvchost', hit.resolver],
    ['cnt', String(hit.count)],
    ['dhost', question.name],
    ['externalId', hit.id],
    ['cs1Label', 'list'],
    ['cs1', own.list],
    ['cs2Label', 'rule'],
    ['cs2', own.rule],
    ['cs3Label', 'campaign'],
    ['cs3', own.indicator?.campaign ?? null],
    ['cs4Label', 'queryType'],
    ['cs4', question.type],
    ['cs5Label', 'incident'],
    ['cs5', incident.id],
    ['cs6Label', 'group'],
    ['cs6', client.group],
  ]);
}

export function cefOfNotice(notice: Notice): string {
  const { incident } = notice;
  const { title, sentence } = describe(notice);
  const message = cut(sentence, MESSAGE_CHARACTERS_MAX);
  // A rule that waits for hits or incidents must not fire for a test: another class, nobody's address.
  if (notice.kind === 'test')
    return cef('test', title, 0, [
      ['cat', 'test'],
      ['msg', message],
    ]);
  if (incident === null)
    return cef(notice.kind, title, notice.kind === 'recovered' ? 3 : 7, [
      ['cat', notice.kind],
      ['externalId', notice.trouble?.id ?? null],
      ['msg', message],
    ]);
  const count = notice.furtherHits > 0 ? notice.furtherHits : incident.hits;
  const found = foundIn(notice);
  return cef(`incident-${notice.kind}`, title, SEVERITY[incident.severity], [
    ['rt', String(Date.parse(notice.time))],
    ['start', String(Date.parse(incident.first))],
    ['end', String(Date.parse(incident.last))],
    ...clientOf(incident.client.ip),
    ['shost', incident.client.name],
    ['suser', incident.client.user ?? null],
    ['smac', incident.client.mac],
    ['app', 'DNS'],
    ['cnt', String(count)],
    ['externalId', incident.id],
    ['cs1Label', 'list'],
    ['cs1', incident.list],
    ['cn1Label', 'foundInPast'],
    ['cn1', found > 0 ? String(found) : null],
    ['cs3Label', 'campaign'],
    ['cs3', incident.campaign],
    ['reason', incident.end],
    ['msg', message],
  ]);
}

/** `src` takes IPv4 only; IPv6 has a custom field of its own. */
function clientOf(ip: string): [string, string][] {
  if (!ip.includes(':')) return [['src', ip]];
  return [
    ['c6a2Label', 'Source IPv6 Address'],
    ['c6a2', ip],
  ];
}

/** A label without its value goes with it. */
function cef(
  signature: string,
  name: string,
  severity: number,
  values: readonly (readonly [string, string | null])[],
): string {
  const given = values.filter(([key, value], i) => {
    if (value === null) return false;
    return !key.endsWith('Label') || values[i + 1]?.[1] !== null;
  });
  const head = ['CEF:0', 'cenote', 'cenote', VERSION, signature, name, String(severity)];
  const extension = given.map(([key, value]) => `${key}=${forCefValue(value ?? '')}`).join(' ');
  return `${head.map((text, i) => (i === 0 ? text : forCefHeader(text))).join('|')}|${extension}`;
}
