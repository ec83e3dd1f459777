// Machines: who is who, who says so, since when, in which group; and what one of them did.
import { queryOf } from '../ask.js';
import { useKept } from '../kept.js';
import { html, useRef } from '../kit.js';
import { useAsk } from '../live.js';
import { act } from '../parts/act.js';
import { Facts, Said, Section, Time } from '../parts/bits.js';
import { IncidentTable } from '../parts/incident-table.js';
import { Known } from '../parts/known.js';
import { Pages, Table } from '../parts/table.js';
import { machines, NAME_SOURCES, number, OUTCOMES, PAST_OUTCOMES } from '../words.js';

/** @import { ClientView } from '../../../clients/routes.ts' */
/** @import { Coverage } from '../../../../hits/coverage.ts' */
/** @import { ClientTimeline } from '../../../../desk/messages.ts' */

const PAGE = 100;

/** @param {{ rest: string[] }} props */
export function View({ rest: [meant] }) {
  return meant === undefined ? html`<${All} />` : html`<${One} meant=${meant} key=${meant} />`;
}

/** @param {ClientView['nameFrom']} from */
const saidBy = (from) => (from === null ? '–' : (NAME_SOURCES[from] ?? from));

/** @param {{ machine: ClientView }} props */
const Link = ({ machine: { id, name, addresses } }) =>
  html`<a href=${`#machines/${encodeURIComponent(id)}`}>${name ?? addresses[0]?.ip ?? id}</a>`;

function All() {
  const [search, setSearch] = useKept('search', '');
  const [offset, setOffset] = useKept('offset', 0);
  const [order, setOrder] = useKept(
    'order',
    /** @type {import('../parts/table.js').Order} */ ({ by: 'lastSeen', isDown: true }),
  );
  const { data, failure } = useAsk(
    `clients${queryOf({ search: search.trim(), limit: PAGE, offset, sort: order.by, order: order.isDown ? 'down' : 'up' })}`,
  );
  const shown = useRef(/** @type {{ clients: ClientView[], total: number } | null} */ (null));
  // The rows before stay until those that were asked for come: else who pressed a head would lose it.
  shown.current = /** @type {typeof shown.current} */ (data) ?? (failure === '' ? shown.current : null);
  const answer = shown.current;
  const to = offset + (answer?.clients.length ?? 0);
  return html`<${Section} title="Machines" aside=${answer !== null && html`<span class="dim">${machines(answer.total)}</span>`}>
    <form onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
      <label>Name, address, MAC, group or user <input id="machine-search" type="search" autocomplete="off" spellcheck=${false} value=${search}
        onInput=${(/** @type {Event} */ event) => {
          setOffset(0);
          setSearch(/** @type {HTMLInputElement} */ (event.currentTarget).value);
        }} /></label>
    </form>
    <${Said} text=${failure} />
    <${Table} title="Machines" failure=${failure} rows=${answer?.clients ?? null} keyOf=${(/** @type {ClientView} */ { id }) => id}
      empty=${search.trim() === '' ? 'No machine has asked yet.' : 'No machine is like that.'} columns=${COLUMNS} order=${order} setOrder=${(
        /** @type {typeof order} */ next,
      ) => {
        setOffset(0);
        setOrder(next);
      }} />
    ${
      answer !== null &&
      answer.total > PAGE &&
      html`<${Pages} title="Machines" from=${offset} to=${to} of=${answer.total}
      back=${offset > 0 ? () => setOffset(Math.max(0, offset - PAGE)) : null} on=${to < answer.total ? () => setOffset(offset + PAGE) : null} />`
    }
  <//>`;
}

/** @type {import('../parts/table.js').Column<ClientView>[]} */
const COLUMNS = [
  { label: 'Machine', kind: 'name', order: 'name', cell: (machine) => html`<${Link} machine=${machine} />` },
  { label: 'Who says so', cell: ({ nameFrom }) => saidBy(nameFrom) },
  {
    label: 'Addresses',
    order: 'address',
    kind: 'name',
    cell: ({ addresses }) =>
      addresses
        .filter(({ to }) => to === null)
        .map(({ ip }) => ip)
        .join(', ') || 'none now',
  },
  { label: 'MAC', order: 'mac', cell: ({ mac }) => mac ?? '–' },
  { label: 'User', order: 'user', cell: ({ user }) => user ?? '–' },
  { label: 'Group', order: 'group', cell: ({ group }) => group ?? '–' },
  {
    label: 'First seen',
    kind: 'time',
    order: 'firstSeen',
    cell: ({ firstSeen }) => html`<${Time} iso=${firstSeen} />`,
  },
  {
    label: 'Last seen',
    kind: 'time',
    order: 'lastSeen',
    cell: ({ lastSeen }) => html`<${Time} iso=${lastSeen} />`,
  },
];

/** @param {{ meant: string }} props */
function One({ meant }) {
  const known = useAsk(`clients${queryOf({ client: meant })}`, { everyMs: 15_000 });
  const story = useAsk(`clients/${encodeURIComponent(meant)}`, { everyMs: 15_000 });
  const told =
    /** @type {{ since: string, coverage: Coverage, hitsCoverage: Coverage, keepsHistory: boolean, client: ClientTimeline } | null} */ (
      story.data
    );
  const client = told?.client ?? null;
  const machine = /** @type {{ clients: ClientView[] } | null} */ (known.data)?.clients[0] ?? null;
  const name = machine?.name ?? client?.name ?? client?.ip ?? meant;
  const whom = { machine: machine?.id ?? meant, said: name };
  return html`
    <${Section} title=${name} aside=${html`<span class="row">
        <button type="button" data-needs="admin" onClick=${() => act({ action: 'pause', machine: whom })}>Pause</button>
        <button type="button" data-needs="admin" onClick=${() => act({ action: 'allow', machine: whom })}>Allow a name</button>
        <button type="button" data-needs="admin" onClick=${() => act({ action: 'block', machine: whom })}>Block a name</button>
        <a href=${`#log/${new URLSearchParams({ client: meant })}`}>its queries</a>
      </span>`}>
      <${Said} text=${known.failure || story.failure} />
      ${
        machine !== null &&
        html`<${Facts} facts=${[
          [
            'Name',
            machine.name === null ? 'none known' : `${machine.name}, says ${saidBy(machine.nameFrom)}`,
          ],
          ['MAC', machine.mac],
          ['Group', machine.group ?? 'none: it has no address now'],
          [
            'Logged on',
            machine.logons.map(({ user, to }) => `${user}${to === null ? '' : ' (before)'}`).join(', '),
          ],
          ['First seen', html`<${Time} iso=${machine.firstSeen} />`],
          ['Last seen', html`<${Time} iso=${machine.lastSeen} />`],
        ]} />
      <${Table} title="Addresses" rows=${machine.addresses} keyOf=${(/** @type {ClientView['addresses'][number]} */ { ip, from }) => `${ip} ${from}`} empty="It has no address." columns=${[
        { label: 'Address', cell: (/** @type {ClientView['addresses'][number]} */ { ip }) => ip },
        {
          label: 'Name then',
          kind: 'name',
          cell: (/** @type {ClientView['addresses'][number]} */ { name: then, nameFrom }) =>
            then === null ? '–' : `${then} (${saidBy(nameFrom)})`,
        },
        {
          label: 'Through',
          cell: (/** @type {ClientView['addresses'][number]} */ { through }) => through ?? '–',
        },
        {
          label: 'From',
          kind: 'time',
          cell: (/** @type {ClientView['addresses'][number]} */ { from }) => html`<${Time} iso=${from} />`,
        },
        {
          label: 'To',
          kind: 'time',
          cell: (/** @type {ClientView['addresses'][number]} */ { to }) =>
            to === null ? 'now' : html`<${Time} iso=${to} />`,
        },
      ]} />`
      }
    <//>
    <${Section} title="Incidents">
      <${Known} of=${told && { since: told.since, coverage: told.hitsCoverage }} />
      <${IncidentTable} title="Incidents of this machine" failure=${story.failure} incidents=${client?.incidents ?? null} done=${story.again} empty="It asked for no attacker's name in the last 30 days, as far as was watched." />
    <//>
    <${Section} title="What it asked for, by day">
      <${Known} of=${told} />
      ${told?.keepsHistory === false && html`<p class="dim">What is asked for is not kept at present (events.queryLog); hits are.</p>`}
      <${Table} title="What it asked for" failure=${story.failure} rows=${client?.history ?? null} keyOf=${(/** @type {ClientTimeline['history'][number]} */ { name: asked, outcome, first, ip }) => JSON.stringify([asked, outcome, first, ip])}
        empty="The history has nothing of it in the last 30 days." columns=${[
          {
            label: 'Name',
            kind: 'name',
            cell: (/** @type {ClientTimeline['history'][number]} */ one) => one.name,
          },
          ...(client?.history.some(({ ip }) => ip !== client.history[0]?.ip)
            ? [{ label: 'Address', cell: (/** @type {ClientTimeline['history'][number]} */ { ip }) => ip }]
            : []),
          {
            label: 'Queries',
            kind: 'n',
            cell: (/** @type {ClientTimeline['history'][number]} */ { count }) => number(count),
          },
          {
            label: 'First',
            kind: 'time',
            cell: (/** @type {ClientTimeline['history'][number]} */ { first }) =>
              html`<${Time} iso=${first} />`,
          },
          {
            label: 'Last',
            kind: 'time',
            cell: (/** @type {ClientTimeline['history'][number]} */ { last }) =>
              html`<${Time} iso=${last} />`,
          },
          {
            label: 'Got',
            cell: (/** @type {ClientTimeline['history'][number]} */ { outcome }) =>
              PAST_OUTCOMES[outcome] ?? OUTCOMES[outcome] ?? outcome,
          },
        ]} />
      ${client?.isHistoryCut && html`<p class="dim">It asked for more; these are the newest.</p>`}
    <//>`;
}
