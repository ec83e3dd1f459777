// The door: how one can sign in here, and what was wrong with what was tried. A session's cookie opens it; no script sees that.
import { ask } from './ask.js';
import { html, useEffect, useRef, useState } from './kit.js';
import { signedIn } from './live.js';
import { useAttempt } from './parts/bits.js';

/** @typedef {{ password: boolean, oidc: boolean }} Ways */

/** Before all else, while what is below waits for the same person. @param {{ said: string }} props */
export function DoorAgain({ said }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => {
    const own = dialog.current;
    own?.showModal();
    return () => {
      // Closed, it gives the focus back, but to no button that was waiting for its answer.
      own?.close();
      if (document.activeElement !== document.body) return;
      /** @type {HTMLElement | null} */ (
        document.querySelector('dialog[open] :is(input, textarea, select)') ?? document.getElementById('main')
      )?.focus({ preventScroll: true });
    };
  }, []);
  // Escape would close this and the dialog below it: to the browser they are one, since nobody asked for this one.
  const stay = (/** @type {KeyboardEvent} */ event) => event.key === 'Escape' && event.preventDefault();
  return html`<dialog ref=${dialog} class="door" aria-label="Sign in again" onKeyDown=${stay} onClose=${() => dialog.current?.showModal()}>
    <${Door} said=${said} />
  </dialog>`;
}

/** @param {{ said: string }} props */
export function Door({ said }) {
  const first = useRef(/** @type {HTMLInputElement | null} */ (null));
  const [ways, setWays] = useState(/** @type {Ways | null} */ (null));
  const attempt = useAttempt();
  useEffect(() => {
    ask('sign-in').then(
      (answer) => setWays(/** @type {Ways} */ (answer)),
      () => setWays({ password: false, oidc: false }),
    );
  }, []);
  useEffect(() => first.current?.focus(), [ways]);
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    const fields = Object.fromEntries(
      [...form].map(([name, value]) => [name, String(value)]).filter(([, value]) => value !== ''),
    );
    void attempt.run(async () => {
      await ask('sign-in', fields);
      await signedIn();
    });
  };
  if (ways === null) return html`<p class="dim">asking…</p>`;
  return html`<section aria-label="Sign in">
    <h2>Sign in</h2>
    ${
      ways.password &&
      html`<form id="sign-in" onSubmit=${submit}>
      <label>User <input name="user" ref=${first} autocomplete="username" required /></label>
      <label>Password <input name="password" type="password" autocomplete="current-password" required /></label>
      <label>Code, where there is a second factor <input name="code" size="8" inputmode="numeric" autocomplete="one-time-code" /></label>
      <button class="main" aria-disabled=${attempt.busy}>Sign in</button>
    </form>`
    }
    ${ways.oidc && html`<p><a href="api/v1/oidc/begin">Sign in with the account of the organisation</a></p>`}
    <form id="door" onSubmit=${submit}>
      <label>Token <input name="token" ref=${ways.password ? undefined : first} type="password" autocomplete="off" required /></label>
      <button class=${ways.password ? '' : 'main'} aria-disabled=${attempt.busy}>Open</button>
    </form>
    <p class="said" id="door-said" role="alert">${attempt.said || said}</p>
    <p class="dim">A token is made with the role that it is for; the one of this machine stands in <code>admin.token</code> in cenote's data folder, and <code>cenote token</code> prints it.</p>
  </section>`;
}
