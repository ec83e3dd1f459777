// Access: tokens for programs, and who changed what.
import { ask, queryOf } from '../ask.js';
import { html, useState } from '../kit.js';
import { useAsk } from '../live.js';
import { Said, Section, Time, useAttempt } from '../parts/bits.js';
import { Pages, Table } from '../parts/table.js';

/** @typedef {{ id: string, name: string, role: string, by: string, made: string, ends: string | null }} Token */
/** @typedef {{ id: number, time: string, count: number, who: string | null, way: string | null, address: string | null, action: string, asked: string | null, before: string | null, after: string | null, result: string }} Row */

export const View = () => html`<${Tokens} /><${Audit} />`;

function Tokens() {
  const { data, failure, again } = useAsk('tokens', { everyMs: 15_000 });
  const tokens = /** @type {{ tokens: Token[] } | null} */ (data)?.tokens ?? null;
  const { said, busy, run } = useAttempt();
  const [made, setMade] = useState('');
  const make = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    const { name, role, lasts } = Object.fromEntries(form);
    return run(async () => {
      const { token } = await /** @type {Promise<{ token: string }>} */ (
        ask('tokens', { name, role, ...(lasts && { for: lasts }) })
      );
      setMade(token);
      await again();
    });
  };
  const revoke = (/** @type {string} */ id) =>
    run(async () => {
      await ask(`tokens/${encodeURIComponent(id)}/revoke`, {});
      await again();
    });
  return html`<${Section} title="Tokens">
    <form onSubmit=${make}>
      <label>What for <input name="name" required maxlength="64" autocomplete="off" /></label>
      <label>Role <select name="role">${['reader', 'analyst', 'admin'].map((role) => html`<option key=${role}>${role}</option>`)}</select></label>
      <label>For, such as 90d; empty: until it is revoked <input name="lasts" size="6" /></label>
      <button aria-disabled=${busy}>Make a token</button>
    </form>
    <p role="status">${made !== '' && html`The token, shown this once: <code>${made}</code> <button type="button" onClick=${() => setMade('')}>Hide it</button>`}</p>
    <${Said} text=${failure || said} />
    <${Table} title="Tokens" failure=${failure} rows=${tokens} keyOf=${(/** @type {Token} */ { id }) => id} empty="There are no tokens." columns=${
      /** @type {import('../parts/table.js').Column<Token>[]} */ ([
        { label: 'For', kind: 'name', cell: ({ name }) => name },
        { label: 'Role', cell: ({ role }) => role },
        { label: 'Made by', cell: ({ by }) => by },
        { label: 'Made', kind: 'time', cell: ({ made: iso }) => html`<${Time} iso=${iso} />` },
        {
          label: 'Ends',
          kind: 'time',
          cell: ({ ends }) => (ends ? html`<${Time} iso=${ends} />` : 'when revoked'),
        },
        {
          label: 'Action',
          cell: ({ id, name }) =>
            html`<button type="button" aria-disabled=${busy} aria-label=${`Revoke ${name}`} onClick=${() => revoke(id)}>Revoke</button>`,
        },
      ])
    } />
  <//>`;
}

const ROWS = 100;

function Audit() {
  /** Where each page begins. */
  const [pages, setPages] = useState(/** @type {string[]} */ (['']));
  const { data, failure } = useAsk(`audit${queryOf({ limit: ROWS, before: pages.at(-1) })}`);
  const { rows = null, next = null } =
    /** @type {{ rows?: Row[], next?: string | null } | null} */ (data) ?? {};
  const from = (pages.length - 1) * ROWS;
  return html`<${Section} title="Who changed what">
    <${Said} text=${failure} />
    <${Table} title="Changes" failure=${failure} rows=${rows} keyOf=${(/** @type {Row} */ { id }) => `${id}`} empty="Nobody changed anything." columns=${COLUMNS} />
    ${
      rows !== null &&
      (next !== null || from > 0) &&
      html`<${Pages} title="Changes" from=${from} to=${from + rows.length} of=${null} back=${from > 0 ? () => setPages(pages.slice(0, -1)) : null} on=${next === null ? null : () => setPages([...pages, next])} />`
    }
  <//>`;
}

/** Who did what nobody asked for here, by its way. @type {Record<string, string>} */
const NOBODY = { file: 'the configuration file', signal: 'a signal' };

/** @type {import('../parts/table.js').Column<Row>[]} */
const COLUMNS = [
  { label: 'Time', kind: 'time', cell: ({ time }) => html`<${Time} iso=${time} />` },
  {
    label: 'Who',
    cell: ({ who, way, address }) =>
      [...new Set([who ?? NOBODY[way ?? ''] ?? 'nobody known', way, address])].filter(Boolean).join(', '),
  },
  {
    label: 'What',
    kind: 'name',
    cell: ({ action, asked }) => `${action.replace('POST /api/v1/', '')} ${asked ?? ''}`,
  },
  {
    label: 'Before and after',
    kind: 'name',
    cell: ({ before, after }) =>
      (before ?? after) && html`<div>${before ?? '–'}</div><div>→ ${after ?? '–'}</div>`,
  },
  { label: 'Result', cell: ({ result, count }) => `${result}${count > 1 ? `, ${count} times` : ''}` },
];
