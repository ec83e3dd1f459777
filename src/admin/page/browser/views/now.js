// Now: how cenote is, what was asked in the last day, who asked for attackers' names, and what somebody decided by hand.

import { useKept } from '../kept.js';
import { html } from '../kit.js';
import { useAsk, useLive } from '../live.js';
import { act, takeBack, tellDone, whomText } from '../parts/act.js';
import { Machine, Said, Section, Time, useAttempt } from '../parts/bits.js';
import { Outcomes } from '../parts/chart.js';
import { IncidentTable } from '../parts/incident-table.js';
import { Known } from '../parts/known.js';
import { latestHits } from '../parts/latest.js';
import { Table } from '../parts/table.js';
import { lists, names, number, OUTCOMES } from '../words.js';

/** @import { StatusView } from '../../../state.ts' */
/** @import { OverrideView } from '../../../overrides/routes.ts' */
/** @import { Hit } from '../../../../hits/hit.ts' */

const NEWEST = 50;

export function View() {
  const status = useAsk(/** @type {string} */ ('status'));
  const charts = useAsk('charts?step=10m&since=24h', { everyMs: 15_000 });
  const incidents = useAsk(`incidents?state=open&limit=${NEWEST}`);
  const overrides = useAsk('overrides');
  return html`
    <${Problems} status=${/** @type {StatusView | null} */ (status.data)} />
    <${Section} title="Open incidents" aside=${html`<a href="#incidents">all incidents</a>`}>
      <${Said} text=${incidents.failure} />
      <${IncidentTable} title="Open incidents" pageRows=${10} failure=${incidents.failure} incidents=${/** @type {any} */ (incidents.data)?.incidents ?? null} done=${incidents.again}
        empty="No machine has asked for a name of a list with alert: true, as far as is known and still open." />
      ${/** @type {any} */ (incidents.data)?.incidents.length >= NEWEST && html`<p class="dim">There may be more: these are the ${NEWEST} newest.</p>`}
    <//>
    <${Section} title="Queries of the last 24 hours" aside=${html`<a href="#log">the log</a>`}>
      <${Said} text=${charts.failure} />
      ${charts.data !== null && html`<${Outcomes} of=${charts.data} stepMs=${600_000} span="24 hours" step="ten minutes" />`}
    <//>
    <${Hits} />
    <${ByHand} overrides=${/** @type {{ overrides: OverrideView[] } | null} */ (overrides.data)?.overrides ?? null} again=${overrides.again} />
    <${Servers} status=${/** @type {StatusView | null} */ (status.data)} />
  `;
}

/** @param {{ status: StatusView | null }} props */
function Problems({ status }) {
  if (status === null) return null;
  const { refused, problems, revision, since } = status.health;
  const lines = [
    ...(refused === null
      ? []
      : [
          {
            id: 'refused',
            what: `Refused (${refused.kind}): ${refused.reason}`,
            remedy: 'What was in force before it stays in force.',
            since: refused.since,
          },
        ]),
    ...problems,
  ];
  return html`<${Section} title=${lines.length === 0 ? 'In force' : "cenote's own problems"}>
    ${lines.length > 0 && html`<ul id="problems">${lines.map(({ id, what, remedy, since: begun }) => html`<li key=${id}><strong>${what}</strong> – ${remedy} <span class="dim">(since <${Time} iso=${begun} />)</span></li>`)}</ul>`}
    <p id="revision" class="dim">Revision ${number(revision)}, in force since <${Time} iso=${since} />; ${names(status.rules.names)} of ${lists(status.lists.total)}.${
      status.config.waitsForRestart.length > 0
        ? ` Waits for a restart: ${status.config.waitsForRestart.join(', ')}.`
        : ''
    }</p>
  <//>`;
}

function Hits() {
  const [all, setAll] = useKept('all', false);
  const [filter, setFilter] = useKept('filter', '');
  const { connection } = useLive();
  const { hits, known, failure } = latestHits({ all, filter, isLive: connection.kind === 'live' });
  const which = all ? 'hits' : 'hits on lists with alert: true';
  return html`<${Section} title="Latest hits">
    <form onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
      <label>Machine, name or list <input id="hits-filter" type="search" autocomplete="off" spellcheck=${false} value=${filter}
        onInput=${(/** @type {Event} */ event) => setFilter(/** @type {HTMLInputElement} */ (event.currentTarget).value)} /></label>
      <label class="check"><input id="hits-all" type="checkbox" checked=${all}
        onChange=${(/** @type {Event} */ event) => setAll(/** @type {HTMLInputElement} */ (event.currentTarget).checked)} /> all hits, not only those on lists with <code>alert: true</code></label>
    </form>
    <${Said} text=${failure} />
    <${Known} of=${known} />
    <${Table} title="Latest hits" failure=${failure} columns=${HIT_COLUMNS} rows=${hits} keyOf=${(/** @type {Hit} */ hit) => hit.id} pageRows=${20}
      empty=${`Among the newest hits of the last 7 days there are no ${which}${filter.trim() === '' ? '' : ' that match the filter'}.`} />
  <//>`;
}

/** @type {import('../parts/table.js').Column<Hit>[]} */
export const HIT_COLUMNS = [
  { label: 'Time', kind: 'time', cell: ({ time }) => html`<${Time} iso=${time} />` },
  { label: 'Queries', kind: 'n', cell: ({ count }) => number(count) },
  {
    label: 'Machine',
    kind: 'name',
    cell: ({ client, machine }) => html`<${Machine} client=${client} machine=${machine} />`,
  },
  {
    label: 'Asked for',
    kind: 'name',
    cell: ({ question, via }) => `${question.name} ${question.type}${via === null ? '' : ` (by ${via})`}`,
  },
  {
    label: 'Got',
    cell: ({ outcome }) =>
      html`<span class=${outcome === 'data' ? 'bad' : ''}>${OUTCOMES[outcome] ?? outcome}</span>`,
  },
  {
    label: 'List: rule',
    kind: 'name',
    cell: ({ list, rule, matches }) => `${list}: ${rule}${further(list, matches)}`,
  },
  {
    label: 'Action',
    cell: ({ question, client, machine }) =>
      html`<button type="button" data-needs="admin" class="link" aria-label=${`Allow ${question.name}`} onClick=${() =>
        act({
          action: 'allow',
          name: question.name,
          machine: { machine: machine || client.ip, said: client.name ?? client.ip },
        })}>Allow</button>`,
  },
];

/** @param {string} list @param {Hit['matches']} matches */
function further(list, matches) {
  const others = [...new Set(matches.map((match) => match.list))].filter((name) => name !== list);
  return others.length === 0 ? '' : `; also on ${others.join(', ')}`;
}

/** @param {{ overrides: OverrideView[] | null, again: () => Promise<void> }} props */
export function ByHand({ overrides, again }) {
  const { said, run } = useAttempt();
  const end = (/** @type {OverrideView} */ one) =>
    run(async () => {
      await takeBack(one.id);
      await again();
      tellDone(`${one.name} is as the lists say again.`);
    });
  return html`<${Section} title="Allowed or blocked by hand" aside=${html`<span class="row">
      <button type="button" data-needs="admin" onClick=${() => act({ action: 'allow', done: again })}>Allow a name</button>
      <button type="button" data-needs="admin" onClick=${() => act({ action: 'block', done: again })}>Block a name</button></span>`}>
    <${Said} text=${said} />
    <${Table} title="Allowed or blocked by hand" rows=${overrides} keyOf=${(/** @type {OverrideView} */ one) => one.id} empty="Nothing is allowed or blocked by hand." columns=${[
      {
        label: 'What',
        cell: (/** @type {OverrideView} */ one) => (one.action === 'allow' ? 'allowed' : 'blocked'),
      },
      {
        label: 'Name',
        kind: 'name',
        cell: (/** @type {OverrideView} */ one) => (one.name === '.' ? 'every name (a pause)' : one.name),
      },
      { label: 'For whom', cell: whomText },
      { label: 'Why', kind: 'name', cell: (/** @type {OverrideView} */ one) => one.reason ?? '–' },
      {
        label: 'Until',
        kind: 'time',
        cell: (/** @type {OverrideView} */ one) =>
          one.until === null ? 'it is removed' : html`<${Time} iso=${one.until} />`,
      },
      {
        label: 'State',
        cell: (/** @type {OverrideView} */ one) =>
          one.inForce ? 'in force' : html`<span class="warn">not in force</span>`,
      },
      {
        label: 'Action',
        cell: (/** @type {OverrideView} */ one) =>
          html`<button type="button" data-needs="admin" class="link" aria-label=${`Take back: ${one.name}`} onClick=${() => end(one)}>Take back</button>`,
      },
    ]} />
  <//>`;
}

/** How the condition of an upstream looks. */
const CONDITIONS = { answers: 'good', unasked: 'dim', unsure: 'warn', down: 'bad' };

/** @param {{ status: StatusView | null }} props */
function Servers({ status }) {
  /** @typedef {StatusView['upstreams'][number]} Upstream */
  return html`<${Section} title="Upstreams">
    <${Table} title="Upstreams" rows=${status?.upstreams ?? null} keyOf=${(/** @type {Upstream} */ one) => JSON.stringify([one.name, one.transport, one.fallback])} empty="No upstream is configured." columns=${[
      {
        label: 'Server',
        kind: 'name',
        cell: (/** @type {Upstream} */ one) =>
          `${one.name} (${one.transport}${one.fallback ? ', fallback' : ''})`,
      },
      {
        label: 'State',
        cell: (/** @type {Upstream} */ { condition, state }) =>
          html`<span class=${CONDITIONS[condition]}>${state}</span>`,
      },
      {
        label: 'Round trip',
        kind: 'n',
        cell: (/** @type {Upstream} */ { rttMs }) => (rttMs === null ? '–' : `${rttMs.toFixed(1)} ms`),
      },
      { label: 'Queries', kind: 'n', cell: (/** @type {Upstream} */ { queries }) => number(queries) },
      { label: 'Failures', kind: 'n', cell: (/** @type {Upstream} */ { failures }) => number(failures) },
    ]} />
  <//>`;
}
