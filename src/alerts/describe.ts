// A notice in words, for people: a title, one sentence, and facts as label and value.
import type { IncidentSummary } from '../hits/incidents/summary.ts';
import { defanged, plain } from './escape.ts';
import type { Notice } from './receiver.ts';

export interface Description {
  readonly title: string;
  readonly sentence: string;
  readonly facts: readonly (readonly [label: string, value: string])[];
}

const NAMES_SHOWN = 8;
const OTHERS_SHOWN = 8;
/** From here on a machine, not a person, is asking. */
const BEACON_SCORE = 0.8;

export function describe(notice: Notice): Description {
  const { incident, kind } = notice;
  if (incident === null)
    return {
      title: kind === 'trouble' ? 'cenote has a problem' : 'cenote',
      sentence: plain(notice.text, 1000),
      facts: [],
    };
  return {
    title: plain(titleOf(notice, incident), 140),
    sentence: plain(sentenceOf(notice, incident), 600),
    facts: factsOf(notice, incident),
  };
}

function titleOf({ kind }: Notice, incident: IncidentSummary): string {
  const what = incident.campaign ?? `list ${incident.list}`;
  const who = incident.client.name ?? incident.client.ip;
  if (kind === 'test') return `Test: ${who}, ${what}`;
  if (kind === 'closed') return `Over: ${who}, ${what}`;
  if (incident.retrospective) return `Found in the past: ${who}, ${what}`;
  return `${kind === 'update' ? 'Continues' : 'New'}: ${who}, ${what}`;
}

function sentenceOf({ kind, text }: Notice, incident: IncidentSummary): string {
  const client = clientText(incident);
  const times = incident.hits === 1 ? 'once' : `${incident.hits} times`;
  if (kind === 'test') return text;
  if (incident.retrospective)
    return `${client} asked ${times} for names of list ${incident.list} before they were on it, and was answered.`;
  if (kind === 'closed')
    return `${client} has asked for no more names of list ${incident.list}; it asked ${times} in all.`;
  return `${client} asked ${times} for names of list ${incident.list}.`;
}

function factsOf({ others }: Notice, incident: IncidentSummary): [string, string][] {
  const shown = incident.names.slice(0, NAMES_SHOWN).map(({ name, count }) => `${defanged(name)} (${count})`);
  const more = incident.names.length - shown.length;
  const facts: [string, string][] = [
    ['Client', clientText(incident)],
    ...(incident.client.mac === null ? [] : [['MAC', incident.client.mac] as [string, string]]),
    ['Group', plain(incident.client.group)],
    ['Severity', incident.severity],
    [
      'Asked for',
      shown.join(', ') +
        (more > 0 || incident.furtherHits > 0 ? ` and ${Math.max(more, 0) || 'further'} more` : ''),
    ],
    ['First', incident.first],
    ['Last', incident.last],
  ];
  if (incident.indicator?.source != null) facts.push(['Source', defanged(incident.indicator.source)]);
  if (incident.beacon !== null && incident.beacon.score >= BEACON_SCORE)
    facts.push([
      'Beacon',
      `every ${Math.round(incident.beacon.intervalMs / 1000)} s, score ${incident.beacon.score}`,
    ]);
  if (others.length > 0)
    facts.push([
      'Same client',
      others
        .slice(0, OTHERS_SHOWN)
        .map(({ list, hits }) => `${plain(list)} (${hits})`)
        .join(', ') + (others.length > OTHERS_SHOWN ? ` and ${others.length - OTHERS_SHOWN} more` : ''),
    ]);
  facts.push(['Incident', incident.id]);
  return facts;
}

function clientText({ client }: IncidentSummary): string {
  return client.name === null ? client.ip : `${plain(client.name)} (${client.ip})`;
}
