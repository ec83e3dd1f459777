// A change of the configuration before it is done: the lines that go and come.
import { html } from '../kit.js';

/** @import { ChangeView } from '../../../overrides/settings-routes.ts' */

/** @type {Record<string, [string, string, string]>} */
const MARKS = {
  added: ['add', '+', 'added'],
  removed: ['cut', '−', 'removed'],
  same: ['', ' ', ''],
  gap: ['dim', '…', ''],
};

/** @param {{ change: ChangeView, busy: boolean, go: () => unknown, cancel: () => void }} props */
export function Diff({ change: { file, diff }, busy, go, cancel }) {
  if (diff.length === 0)
    return html`<p role="status">Nothing would change in ${file}. <button type="button" onClick=${cancel}>Close</button></p>`;
  return html`<div role="group" aria-label="What would change">
    <h3>What would change in ${file}</h3>
    <div class="diff" tabindex="0" role="region" aria-label="Lines that change">
      ${diff.map(({ kind, text }, index) => {
        const [className, mark, said] = MARKS[kind] ?? ['', ' ', ''];
        return html`<div key=${index} class=${className}><span aria-hidden="true">${mark} </span>${said !== '' && html`<span class="unseen">${said}: </span>`}${text}</div>`;
      })}
    </div>
    <p class="row">
      <button type="button" class="main" aria-disabled=${busy} onClick=${go}>${busy ? 'putting it into force…' : 'Do it'}</button>
      <button type="button" aria-disabled=${busy} onClick=${cancel}>Leave it as it is</button>
    </p>
  </div>`;
}
