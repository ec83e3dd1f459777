// Tables: rows are keyed, so that focus, selected text and the place on the page outlast what comes in; a hundred rows at a time;
// on a narrow screen each row is a block whose cells say what they are.
import { html, useMemo, useState } from '../kit.js';
import { number } from '../words.js';

/**
 * @template Row
 * @typedef {object} Column
 * @property {string} label what the head says; on a narrow screen each cell
 * @property {(row: Row) => unknown} cell text or markup
 * @property {string} [kind] n: a number; name: may break anywhere; time; when: a time that may take two lines
 * @property {(row: Row) => string | number | null} [by] what rows may be put in order by; null goes last. Another function puts them in order anew
 * @property {string} [order] the same, where who gives the rows puts them in order
 */
/** @typedef {{ by: string, isDown: boolean }} Order which column, by its label or `order` */

const PAGE = 100;
/** Roles are written out: a row that is laid out as a block is no row to every screen reader. */

/**
 * @template Row
 * @param {{ title: string, columns: readonly Column<Row>[], rows: readonly Row[] | null, keyOf: (row: Row) => string, empty: unknown, pageRows?: number, failure?: string, order?: Order | null, setOrder?: ((order: Order) => void) | null }} props
 */
export function Table({
  title,
  columns,
  rows: given,
  keyOf,
  empty,
  pageRows = PAGE,
  failure = '',
  order: outer = null,
  setOrder = null,
}) {
  const [page, setPage] = useState(0);
  const [own, setOwn] = useState(/** @type {Order | null} */ (null));
  const order = setOrder === null ? own : outer;
  const by = columns.find(({ label }) => setOrder === null && label === order?.by)?.by;
  const rows = useMemo(
    () => (given === null || by === undefined ? given : inOrder(given, by, order?.isDown === true)),
    [given, by, order],
  );
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
            ${columns.map((column) => html`<${Head} column=${column} order=${order} choose=${setOrder ?? setOwn} />`)}
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${unlike(rows.slice(from, from + pageRows), keyOf).map(
            ([key, row]) => html`<tr role="row" key=${key} data-key=${key}>
              ${columns.map((column) => html`<${Cell} column=${column} row=${row} />`)}
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${last > 0 && html`<${Pages} title=${title} from=${from} to=${Math.min(from + pageRows, rows.length)} of=${rows.length} back=${shown > 0 ? () => setPage(shown - 1) : null} on=${shown < last ? () => setPage(shown + 1) : null} />`}
  `;
}

/** One that says nothing takes no line of a narrow screen. @param {{ column: Column<any>, row: unknown }} props */
function Cell({ column: { label, cell, kind = '' }, row }) {
  const value = cell(row);
  const isNone = value === '–' || value === '' || value === null;
  return html`<td role="cell" class=${isNone ? `${kind} none` : kind} data-label=${label}><div>${value}</div></td>`;
}

/**
 * A column's head; one that rows may be put in order by is a button: up, then down. Numbers and times begin with the largest.
 * @param {{ column: Column<any>, order: Order | null, choose: (order: Order) => void }} props
 */
function Head({ column: { label, kind = '', by, order: outer }, order, choose }) {
  const key = outer ?? label;
  const isOwn = order?.by === key;
  const sorted = !isOwn ? undefined : order.isDown ? 'descending' : 'ascending';
  const isLargestFirst = kind === 'n' || kind === 'time';
  return html`<th role="columnheader" scope="col" data-label=${label} class=${kind === 'n' ? 'n' : ''} aria-sort=${sorted}>${
    by === undefined && outer === undefined
      ? label
      : html`<button type="button" class="sort" onClick=${() => choose({ by: key, isDown: isOwn ? !order.isDown : isLargestFirst })}>${label}${isOwn && html` <span aria-hidden="true">${order.isDown ? '▾' : '▴'}</span>`}</button>`
  }</th>`;
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/**
 * @template Row
 * @param {readonly Row[]} rows @param {(row: Row) => string | number | null} by @param {boolean} isDown
 * @returns {readonly Row[]}
 */
function inOrder(rows, by, isDown) {
  const sign = isDown ? -1 : 1;
  return rows
    .map((row) => ({ row, value: by(row) }))
    .sort(({ value: a }, { value: b }) => {
      if (a === null || b === null) return Number(a === null) - Number(b === null);
      return (
        sign * (typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(`${a}`, `${b}`))
      );
    })
    .map(({ row }) => row);
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
