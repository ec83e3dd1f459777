// The door: what opens it, and what was wrong with what was tried.
import { kept } from './ask.js';
import { html, useEffect, useRef } from './kit.js';
import { lookAgain } from './live.js';

/** @param {{ said: string }} props */
export function Door({ said }) {
  const token = useRef(/** @type {HTMLInputElement | null} */ (null));
  useEffect(() => token.current?.focus(), []);
  return html`<section aria-label="Sign in">
    <h2>Sign in</h2>
    <form id="door" onSubmit=${(/** @type {Event} */ event) => {
      event.preventDefault();
      kept.keep((token.current?.value ?? '').trim());
      lookAgain();
    }}>
      <label>Token <input id="token" ref=${token} type="password" autocomplete="current-password" required /></label>
      <button class="main">Open</button>
    </form>
    <p class="said" id="door-said" role="alert">${said}</p>
    <p class="dim">It is the content of <code>admin.token</code> in cenote's data folder; <code>cenote token</code> prints it.</p>
  </section>`;
}
