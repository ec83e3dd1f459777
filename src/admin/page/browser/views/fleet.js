// The fleet: on the head how far each site is; at a site what it has of its head.
import { html } from '../kit.js';
import { useAsk } from '../live.js';
import { Facts, Said, Section, Time } from '../parts/bits.js';
import { Table } from '../parts/table.js';
import { number } from '../words.js';

/** @import { FleetView, SiteView } from '../../../served/fleet-view.ts' */

/** @type {Record<string, string>} */
const CONDITIONS = {
  current: 'has the newest',
  changing: 'is being told',
  ahead: 'ahead of this head',
  silent: 'cut off',
  expected: 'not heard of yet',
};

export function View() {
  const { data, failure } = useAsk('fleet');
  const fleet = /** @type {FleetView | null} */ (data);
  if (fleet === null)
    return html`<${Section} title="Fleet"><${Said} text=${failure} />${failure === '' && html`<p class="dim">asking…</p>`}<//>`;
  const { site, link, policy, home, head } = fleet;
  return html`
    ${
      head !== null &&
      html`<${Section} title="Sites">
      ${head.says.map((text, index) => html`<p key=${index} class=${index > 0 ? 'warn' : ''}>${text}</p>`)}
      <${Table} title="Sites" rows=${head.sites} keyOf=${(/** @type {SiteView} */ one) => one.site} empty="No site is invited yet: cenote fleet invite SITE." columns=${COLUMNS} />
      ${head.removed.length > 0 && html`<p class="dim">Removed: ${head.removed.map((one) => one.site).join(', ')}.</p>`}
    <//>`
    }
    <${Section} title=${`This site: ${site}`}>
      <${Facts} facts=${[
        [
          'Connection',
          link.up
            ? html`to ${link.server} (nats-server ${link.serverVersion}) since <${Time} iso=${link.since} />`
            : html`none since <${Time} iso=${link.since} />: ${link.why}`,
        ],
        [
          'Policy',
          policy &&
            (policy.revision === null
              ? "none of the head's"
              : html`revision ${policy.revision} since <${Time} iso=${policy.since} />`),
        ],
        ['Refused', policy?.refused?.why ?? null],
        ['Behind', policy?.behind ?? null],
        ['Hits', policy && home.says],
        ['Not used of its file', policy?.unused.join('; ') ?? null],
      ]} />
    <//>`;
}

/** @type {import('../parts/table.js').Column<SiteView>[]} */
const COLUMNS = [
  { label: 'Site', kind: 'name', cell: ({ site }) => site },
  { label: 'State', cell: ({ condition }) => CONDITIONS[condition] ?? condition },
  { label: 'Revision', kind: 'n', cell: ({ revision }) => revision ?? '–' },
  {
    label: 'In force since',
    kind: 'time',
    cell: ({ inForceSince }) => html`<${Time} iso=${inForceSince} />`,
  },
  { label: 'Heard', kind: 'time', cell: ({ heard }) => html`<${Time} iso=${heard} />` },
  { label: 'Backlog', kind: 'n', cell: ({ backlog }) => (backlog === null ? '–' : number(backlog)) },
  { label: 'Version', cell: ({ version }) => version ?? '–' },
  { label: 'Why not', cell: ({ refused, behind }) => refused?.why ?? behind ?? '' },
];
