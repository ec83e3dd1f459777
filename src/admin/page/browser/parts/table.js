// Tables: rows are keyed, so that focus, selected text and the place on the page outlast what comes in; a hundred rows at a time;
// on a narrow screen each row is a block whose cells say what they are.
import { html, useState } from '../kit.js';
import { number } from '../words.js';

/**
 * @template Row
 * @typedef {object} Column
 * @property {string} label what the head says; on a narrow screen each cell
 * @property {(row: Row) => unknown} cell text or markup
 * @property {string} [kind] n: a number; name: may break anywhere; time
 */

const PAGE = 100;
/** Roles are written out: a row that is laid out as a block is no row to every screen reader. */

/**
 * @template Row
 * @param {{ title: string, columns: readonly Column<Row>[], rows: readonly Row[] | null, keyOf: (row: Row) => string, empty: unknown, pageRows?: number, failure?: string }} props
 */
export function Table({ title, columns, rows, keyOf, empty, pageRows = PAGE, failure = '' }) {
  const [page, setPage] = useState(0);
  // Why there is nothing stands above.
  if (rows === null) return failure === '' ? html`<p class="dim">asking…</p>` : null;
  if (rows.length === 0) return html`<p class="dim">${empty}</p>`;
  const last = Math.max(0, Math.ceil(rows.length / pageRows) - 1);
  const shown = Math.min(page, last);
  const from = shown * pageRows;
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label=${`${title}: table`}>
      <table role="table">
        <thead role="rowgroup">
          <tr role="row">
            ${columns.map(({ label, kind }) => html`<th role="columnheader" scope="col" class=${kind === 'n' ? 'n' : ''}>${label}</th>`)}
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${unlike(rows.slice(from, from + pageRows), keyOf).map(
            ([key, row]) => html`<tr role="row" key=${key} data-key=${key}>
              ${columns.map(({ label, cell, kind = '' }) => html`<td role="cell" class=${kind} data-label=${label}><div>${cell(row)}</div></td>`)}
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${last > 0 && html`<${Pages} title=${title} from=${from} to=${Math.min(from + pageRows, rows.length)} of=${rows.length} back=${shown > 0 ? () => setPage(shown - 1) : null} on=${shown < last ? () => setPage(shown + 1) : null} />`}
  `;
}

/**
 * Rows that say the same share a key but for their number.
 * @template Row
 * @param {readonly Row[]} rows @param {(row: Row) => string} keyOf
 * @returns {[string, Row][]}
 */
function unlike(rows, keyOf) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  return rows.map((row) => {
    const key = keyOf(row);
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return [count === 1 ? key : `${key} ${count}`, row];
  });
}

/**
 * Which of them are shown, and the way to the others.
 * @param {{ title: string, from: number, to: number, of: number | null, back: (() => void) | null, on: (() => void) | null }} props
 */
export function Pages({ title, from, to, of, back, on }) {
  return html`<nav class="pages" aria-label=${`Pages: ${title}`}>
    <button type="button" disabled=${back === null} onClick=${back}>Back</button>
    <span role="status">${number(from + 1)} to ${number(to)}${of === null ? '' : ` of ${number(of)}`}</span>
    <button type="button" disabled=${on === null} onClick=${on}>Further</button>
  </nav>`;
}
