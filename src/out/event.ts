// What goes out, as one line of JSON each: a query as the log has it, a hit as the hit log has it, an incident, a find.
import type { OutEvents } from '../config/meant/out.ts';
import type { Find } from '../hits/find.ts';
import type { Hit } from '../hits/hit.ts';
import type { IncidentSummary } from '../hits/incidents/summary.ts';
import type { LogRow } from '../querylog/read/question.ts';

/** A row of the query log, with an id of its own. */
export interface QueryEvent extends LogRow {
  readonly event: 'query';
  readonly id: string;
  readonly resolver: string;
}

export interface IncidentEvent {
  readonly event: 'incident';
  readonly id: string;
  readonly time: string;
  readonly change: 'opened' | 'reopened' | 'closed';
  readonly resolver: string;
  readonly incident: IncidentSummary;
}

export type OutEvent = QueryEvent | Hit | IncidentEvent | Find;

export const GOES_WITH: Readonly<Record<OutEvent['event'], OutEvents>> = {
  query: 'queries',
  hit: 'hits',
  incident: 'incidents',
  find: 'finds',
};

/** A line, and what it says. */
export interface Line {
  readonly text: string;
  readonly event: OutEvent;
}

export const lineOf = (text: string): Line => ({ text, event: JSON.parse(text) });

/** In a sentence, for receivers that show one. */
export function sentenceOf(event: OutEvent): string {
  switch (event.event) {
    case 'query':
      return `${event.client.ip} asked for ${event.name} ${event.type}: ${event.result}`;
    case 'hit':
      return `${event.client.ip} asked for ${event.question.name} ${event.question.type}, on list ${event.list}: ${event.outcome}`;
    case 'incident':
      return `incident ${event.change}: ${event.incident.client.ip}, list ${event.incident.list}`;
    case 'find':
      return `${event.client.ip} asked for names of list ${event.list} before they were listed with an alert`;
    default:
      return event satisfies never;
  }
}
