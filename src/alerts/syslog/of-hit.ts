// What of a hit an incident's message says: its own severity, and what the lists of the incident's campaign have of it.
import type { Hit } from '../../hits/hit.ts';
import { isGraver, type Severity, severityOf } from '../../hits/incidents/concern.ts';
import type { IncidentSummary } from '../../hits/incidents/summary.ts';
import type { Notice } from '../receiver.ts';

type Match = Hit['matches'][number];

export interface OwnMatch extends Pick<Match, 'list' | 'rule' | 'indicator'> {
  readonly severity: Severity;
}

/** The gravest match of the incident's campaign; without one the rule that decided. */
export function ownMatch(hit: Hit, incident: IncidentSummary): OwnMatch {
  let own: OwnMatch | null = null;
  for (const { list, rule, indicator } of hit.matches) {
    const isOwn =
      incident.campaign === null
        ? incident.lists.includes(list) && (indicator?.campaign ?? null) === null
        : indicator?.campaign === incident.campaign;
    const severity = severityOf(indicator);
    if (isOwn && (own === null || isGraver(severity, own.severity)))
      own = { list, rule, indicator, severity };
  }
  return (
    own ?? { list: hit.list, rule: hit.rule, indicator: hit.indicator, severity: severityOf(hit.indicator) }
  );
}

const DENIED: readonly Hit['outcome'][] = [
  'blocked',
  'rewritten',
  'refused',
  'dropped',
  'limited',
  'withheld',
];

/** Whether the client was kept from what it asked for. */
export function isDenied({ outcome, verdict }: Hit): boolean {
  return outcome === 'unrecorded' ? verdict !== 'monitor' : DENIED.includes(outcome);
}

/** What a rule names: a network and an expression are no domain names. */
export function kindOfRule(rule: string): 'expression' | 'ipv4' | 'ipv6' | 'name' {
  if (/^\/.*\/$/s.test(rule)) return 'expression';
  if (/^\d{1,3}(?:\.\d{1,3}){3}(?:\/\d+)?$/.test(rule)) return 'ipv4';
  return /^[0-9a-f:.]*:[0-9a-f:.]*(?:\/\d+)?$/i.test(rule) ? 'ipv6' : 'name';
}

/** Queries of the past that a notice tells of: also one that goes on may. */
export function foundIn({ found, furtherFound }: Pick<Notice, 'found' | 'furtherFound'>): number {
  return found.reduce((sum, { count }) => sum + count, furtherFound);
}
