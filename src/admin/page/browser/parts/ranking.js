// Who asks most, what is asked for most, which lists and upstreams say most.
import { useKept } from '../kept.js';
import { html } from '../kit.js';
import { useAsk } from '../live.js';
import { number } from '../words.js';
import { Said, Section } from './bits.js';
import { LogKnown } from './known.js';
import { Table } from './table.js';

/** @typedef {{ what: string, name: string | null, queries: number, blocked: number | null }} Top */

/** @type {Record<string, [string, string]>} */
const RANKED = {
  names: ['Most asked for', 'Name'],
  machines: ['Who asks most', 'Machine'],
  lists: ['Lists that decide most', 'List'],
  upstreams: ['Upstreams that answer most', 'Upstream'],
};

/** Of all queries of the time, whatever is searched for above. @param {{ since: string, span: string }} props */
export function Most({ since, span }) {
  const [of, setOf] = useKept('of', 'names');
  const { data, failure } = useAsk(`top?of=${of}&limit=10&since=${encodeURIComponent(since)}`, {
    everyMs: 30_000,
  });
  const ranked = /** @type {{ top: Top[], approximate: boolean } & import('./known.js').OfLog | null} */ (
    data
  );
  const [title = '', label = ''] = RANKED[of] ?? [];
  return html`<${Section} title=${`${title}, of all queries${span === '' ? '' : ` of ${span}`}`}>
    <form onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
      <label>Rank <select value=${of} onChange=${(/** @type {Event} */ event) => setOf(/** @type {HTMLSelectElement} */ (event.currentTarget).value)}>${Object.keys(RANKED).map((one) => html`<option key=${one}>${one}</option>`)}</select></label>
    </form>
    <${Said} text=${failure} />
    ${ranked?.approximate === true && html`<p class="dim">Counts may be too low, and the last ones others: in each part of the log only frequent names are counted.</p>`}
    <${LogKnown} of=${ranked} />
    <${Table} title=${title} failure=${failure} rows=${ranked?.top ?? null} keyOf=${(/** @type {Top} */ { what }) => what} empty="Nothing was asked for." columns=${[
      {
        label,
        kind: 'name',
        cell: (/** @type {Top} */ { what, name }) => (name === null ? what : `${what} (${name})`),
      },
      { label: 'Queries', kind: 'n', cell: (/** @type {Top} */ one) => number(one.queries) },
      ...(of === 'machines'
        ? [{ label: 'Blocked', kind: 'n', cell: (/** @type {Top} */ one) => number(one.blocked ?? 0) }]
        : []),
    ]} />
  <//>`;
}
