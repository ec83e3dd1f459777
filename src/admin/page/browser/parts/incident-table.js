// Incidents as rows, wherever they are shown.
import { ask } from '../ask.js';
import { html } from '../kit.js';
import { ENDS, gotData, gotText, number } from '../words.js';
import { Machine, Said, Time, useAttempt } from './bits.js';
import { Table } from './table.js';

/** @import { IncidentSummary } from '../../../../hits/incidents/summary.ts' */

/** @type {Record<string, string>} */
const GRADES = { high: 'bad', medium: 'warn', low: '' };

/** @param {{ incident: IncidentSummary }} props */
export const Grade = ({ incident: { severity } }) =>
  html`<strong class=${GRADES[severity] ?? ''}>${severity}</strong>`;

/** @param {Pick<IncidentSummary, 'state' | 'end'>} incident */
export const stateText = ({ state, end }) => (end === null ? state : `${state}: ${ENDS[end] ?? end}`);

/** Made once: thousands of incidents are not put in order anew with each pulse. @satisfies {Record<string, (incident: IncidentSummary) => string | number>} */
const BY = {
  machine: ({ client }) => client.name ?? client.ip,
  campaign: ({ severity, about }) => `${['high', 'medium', 'low'].indexOf(severity)} ${about}`,
  queries: ({ hits }) => hits,
  first: ({ first }) => first,
  last: ({ last }) => last,
};

/** @param {{ title: string, incidents: readonly IncidentSummary[] | null, done: () => Promise<void>, empty: string, failure?: string, pageRows?: number }} props */
export function IncidentTable({ title, incidents, done, empty, failure = '', pageRows = 100 }) {
  const { said, run } = useAttempt();
  const acknowledge = (/** @type {string} */ id) =>
    run(async () => {
      await ask(`incidents/${encodeURIComponent(id)}/acknowledge`, {});
      await done();
    });
  /** @type {import('./table.js').Column<IncidentSummary>[]} */
  const columns = [
    {
      label: 'Machine',
      kind: 'name',
      by: BY.machine,
      cell: ({ client, machine }) => html`<${Machine} client=${client} machine=${machine} />`,
    },
    {
      label: 'Campaign',
      kind: 'name',
      by: BY.campaign,
      cell: (incident) =>
        html`<${Grade} incident=${incident} /> <a href=${`#incidents/${incident.id}`}>${incident.about}</a>${incident.retrospective ? ' (before it was listed with an alert)' : ''}`,
    },
    { label: 'Queries', kind: 'n', by: BY.queries, cell: ({ hits }) => number(hits) },
    {
      label: 'Got',
      kind: 'name',
      cell: (incident) => html`<span class=${gotData(incident) ? 'bad' : ''}>${gotText(incident)}</span>`,
    },
    {
      label: 'First',
      kind: 'when',
      by: BY.first,
      cell: ({ first }) => html`<${Time} iso=${first} />`,
    },
    {
      label: 'Last',
      kind: 'when',
      by: BY.last,
      cell: ({ last }) => html`<${Time} iso=${last} />`,
    },
    { label: 'State', by: stateText, cell: stateText },
    {
      label: 'Acknowledged',
      cell: ({ id, acknowledged, client }) =>
        acknowledged === null
          ? html`<button type="button" data-needs="analyst" class="link" aria-label=${`Acknowledge the incident of ${client.name ?? client.ip}`} onClick=${() => acknowledge(id)}>Acknowledge</button>`
          : html`<${Time} iso=${acknowledged} />`,
    },
  ];
  return html`<${Said} text=${said} />
    <${Table} title=${title} failure=${failure} columns=${columns} rows=${incidents} keyOf=${(/** @type {IncidentSummary} */ { id }) => id} empty=${empty} pageRows=${pageRows} />`;
}
