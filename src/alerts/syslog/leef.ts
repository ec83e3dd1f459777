// IBM QRadar's Log Event Extended Format 2.0: keys as in its predefined attributes, others by names of our own. Separated by
// carets: syslog daemons escape the tabs that are usual. LEEF has no escape, so a caret in a value is written %5E.
import type { Hit } from '../../hits/hit.ts';
import type { IncidentSummary } from '../../hits/incidents/summary.ts';
import { describe } from '../describe.ts';
import { plain } from '../escape.ts';
import type { Notice } from '../receiver.ts';
import { VERSION } from '../version.ts';
import { foundIn, ownMatch } from './of-hit.ts';

/** 1 to 10. */
const SEVERITY = { low: 3, medium: 6, high: 9 } as const;

export function leefOfHit(hit: Hit, incident: IncidentSummary): string {
  const { client, question } = hit;
  const own = ownMatch(hit, incident);
  return leef('hit', [
    ['devTime', String(Date.parse(hit.time))],
    ['cat', 'hit'],
    ['sev', String(SEVERITY[own.severity])],
    ['src', client.ip],
    ['identHostName', client.name],
    ['usrName', client.user ?? null],
    ['identMac', client.mac],
    ['proto', hit.transport === 'udp' ? 'UDP' : 'TCP'],
    ['action', hit.verdict],
    ['policy', own.list],
    ['outcome', hit.outcome],
    ['responseCode', hit.rcode],
    ['resolver', hit.resolver],
    ['count', String(hit.count)],
    ['queryName', question.name],
    ['queryType', question.type],
    ['answer', hit.answer.join(',') || null],
    ['rule', own.rule],
    ['via', hit.via],
    ['campaign', own.indicator?.campaign ?? null],
    ['group', client.group],
    ['hit', hit.id],
    ['incident', incident.id],
  ]);
}

export function leefOfNotice(notice: Notice): string {
  const { incident } = notice;
  const { sentence } = describe(notice);
  if (incident === null || notice.kind === 'test')
    return leef(notice.kind, [
      ['devTime', String(Date.parse(notice.time))],
      ['cat', notice.kind],
      ['sev', notice.kind === 'trouble' ? '7' : '1'],
      ['trouble', notice.trouble?.id ?? null],
      ['msg', sentence],
    ]);
  const found = foundIn(notice);
  return leef(`incident-${notice.kind}`, [
    ['devTime', String(Date.parse(notice.time))],
    ['cat', 'incident'],
    ['sev', String(SEVERITY[incident.severity])],
    ['src', incident.client.ip],
    ['identHostName', incident.client.name],
    ['usrName', incident.client.user ?? null],
    ['identMac', incident.client.mac],
    ['policy', incident.list],
    ['count', String(notice.furtherHits > 0 ? notice.furtherHits : incident.hits)],
    ['found', found > 0 ? String(found) : null],
    ['campaign', incident.campaign],
    ['group', incident.client.group],
    ['incident', incident.id],
    ['end', incident.end],
    ['msg', sentence],
  ]);
}

/** @param id one of our own words: the header has no way to escape */
function leef(id: string, values: readonly (readonly [key: string, value: string | null])[]): string {
  const given = values.filter(([, value]) => value !== null);
  const attributes = given
    .map(([key, value]) => `${key}=${plain(value ?? '', 1023).replaceAll('^', '%5E')}`)
    .join('^');
  return `LEEF:2.0|cenote|cenote|${VERSION}|${id}|^|${attributes}`;
}
