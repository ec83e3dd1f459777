// Small pieces that several views share.
import { ask, Failure, messageOf } from '../ask.js';
import { html, useEffect, useRef, useState } from '../kit.js';
import { noteFailure } from '../live.js';
import { nameOf, time } from '../words.js';

/**
 * Does it, once at a time; what went wrong is shown until the next try. Its button is `aria-disabled` while it is `busy`: one that is
 * `disabled` loses the focus to nothing.
 * @returns {{ busy: boolean, said: string, run: (act: () => Promise<unknown>) => Promise<boolean> }}
 */
export function useAttempt() {
  const [state, setState] = useState({ busy: false, said: '' });
  const isBusy = useRef(false);
  return {
    ...state,
    run: async (act) => {
      if (isBusy.current) return false;
      isBusy.current = true;
      setState({ busy: true, said: '' });
      try {
        await act();
        setState({ busy: false, said: '' });
        return true;
      } catch (error) {
        noteFailure(error);
        setState({ busy: false, said: saidOf(error) });
        return false;
      } finally {
        isBusy.current = false;
      }
    },
  };
}

/** @param {unknown} error */
function saidOf(error) {
  if (error instanceof Failure && error.kind === 'door')
    return 'This was not done: the sign-in was over. Try again.';
  return messageOf(error);
}

/** What went wrong. @param {{ text: string }} props */
export const Said = ({ text }) => html`<p class="said" role="alert">${text}</p>`;

/**
 * A machine, as a link to what is known of it.
 * @param {{ client: { ip: string, name: string | null, user?: string | null, users?: readonly string[] }, machine?: string | null, isShort?: boolean }} props `isShort`: by its name alone where it has one
 */
export function Machine({ client, machine, isShort = false }) {
  // A pseudonym is nobody that could be looked up.
  if (machine?.startsWith('anon-')) return html`<span>${client.ip}</span>`;
  const said = nameOf(client);
  return html`<a href=${`#machines/${encodeURIComponent(machine || client.ip)}`} title=${isShort ? said : null}>${isShort ? (client.name ?? said) : said}</a>`;
}

/** A name that breaks behind its dots, where it must. @param {string} name */
export const byLabels = (name) =>
  name.split(/(?<=\.)/).map((label, i) => (i === 0 ? label : html`<wbr />${label}`));

/** @param {{ iso: string | null | undefined }} props */
export const Time = ({ iso }) =>
  iso == null ? html`<span>–</span>` : html`<time datetime=${iso}>${time(iso)}</time>`;

/** A section with its head. @param {{ title: string, children?: unknown, id?: string, aside?: unknown }} props */
export const Section = ({ title, children, id, aside = null }) => html`<section id=${id} aria-label=${title}>
  <div class="head"><h2>${title}</h2>${aside}</div>
  ${children}
</section>`;

/** Terms and what is said of them. @param {{ facts: readonly (readonly [string, unknown])[] }} props */
export const Facts = ({ facts }) => html`<dl>
  ${facts.filter(([, said]) => said !== null && said !== '').map(([term, said]) => html`<dt>${term}</dt><dd>${said}</dd>`)}
</dl>`;

/** The moment, every second. */
export function useNow() {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** @param {string} text @param {string} name @param {string} type */
export function download(text, name, type) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Names of groups or lists, for those who choose. @param {'groups' | 'lists'} what */
export function useNames(what) {
  const [names, setNames] = useState(/** @type {string[]} */ ([]));
  useEffect(() => {
    ask(what).then(
      (answer) =>
        setNames(
          /** @type {Record<typeof what, { name: string, byHand?: boolean }[]>} */ (answer)[what]
            .filter(({ byHand }) => byHand !== true)
            .map(({ name }) => name),
        ),
      noteFailure,
    );
  }, [what]);
  return names;
}
