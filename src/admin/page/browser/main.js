// The page: which view is shown, what stands above all of them, and who may look. Each view is loaded when it is first wanted.
import { Door, DoorAgain } from './door.js';
import { keepFocus } from './focus.js';
import { html, render, useEffect, useLayoutEffect, useRef, useState } from './kit.js';
import { listen, useLive } from './live.js';
import { Acts } from './parts/act.js';
import { Header } from './parts/header.js';
import { zone } from './words.js';

/** @type {readonly { id: string, title: string, needs?: string, load: () => Promise<{ View: (props: { rest: string[] }) => unknown }> }[]} */
const VIEWS = [
  { id: 'now', title: 'Now', load: () => import('./views/now.js') },
  { id: 'incidents', title: 'Incidents', load: () => import('./views/incidents.js') },
  { id: 'log', title: 'Log', load: () => import('./views/log.js') },
  { id: 'machines', title: 'Machines', load: () => import('./views/machines.js') },
  { id: 'lists', title: 'Lists', load: () => import('./views/lists.js') },
  { id: 'groups', title: 'Groups', load: () => import('./views/groups.js') },
  { id: 'check', title: 'Check a name', load: () => import('./views/check.js') },
  { id: 'report', title: 'Report', needs: 'analyst', load: () => import('./views/report.js') },
  { id: 'fleet', title: 'Fleet', load: () => import('./views/fleet.js') },
  { id: 'access', title: 'Access', needs: 'admin', load: () => import('./views/access.js') },
  { id: 'settings', title: 'Settings', needs: 'analyst', load: () => import('./views/settings.js') },
];

/** `#log/…?…` → the view and the rest of its path. */
function useRoute() {
  const read = () => location.hash.replace(/^#\/?/, '').split('/').filter(Boolean).map(decoded);
  const [path, setPath] = useState(read());
  useEffect(() => {
    const changed = () => setPath(read());
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  const [id = 'now', ...rest] = path;
  return { view: VIEWS.find((one) => one.id === id) ?? VIEWS[0], rest };
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const ROLES = ['reader', 'analyst', 'admin'];
/** Whether who is signed in may see it, as far as that is known. @param {string} needs */
const mayNot = (needs) =>
  ROLES.indexOf(document.documentElement.dataset['role'] ?? 'admin') < ROLES.indexOf(needs);

/** @type {Map<string, (props: { rest: string[] }) => unknown>} */
const loaded = new Map();

function App() {
  const { connection, pulse } = useLive();
  const { view, rest } = useRoute();
  const [, setLoaded] = useState(0);
  const [failed, setFailed] = useState('');
  const main = useRef(/** @type {HTMLElement | null} */ (null));
  const shown = useRef('');
  useEffect(() => {
    if (view === undefined) return;
    setFailed('');
    if (!loaded.has(view.id))
      view.load().then(
        ({ View }) => {
          loaded.set(view.id, View);
          setLoaded(loaded.size);
        },
        () =>
          setFailed(
            'This part of the page could not be loaded: cenote does not answer. Load the page again.',
          ),
      );
    document.title = view.id === 'now' ? 'cenote' : `${view.title} · cenote`;
  }, [view, rest.join('/')]);
  // With what is drawn, not after: whoever is quick has pressed something by then.
  useLayoutEffect(() => {
    // Who went to another view goes on reading there; the first one takes nobody's focus.
    if (shown.current !== '' && shown.current !== location.hash)
      main.current?.focus({ preventScroll: false });
    shown.current = location.hash || '#now';
  }, [view, rest.join('/')]);
  const View = view === undefined ? undefined : loaded.get(view.id);
  const isOld = connection.kind === 'silent' || connection.kind === 'asking';
  return html`
    <a class="skip" href="#main" onClick=${(/** @type {Event} */ event) => {
      event.preventDefault();
      main.current?.focus();
    }}>To the content</a>
    <${Header} />
    ${
      connection.kind !== 'door' &&
      html`<nav id="views" aria-label="Views">
      ${VIEWS.filter(({ id }) => id !== 'fleet' || pulse?.isOfFleet === true).map(
        ({ id, title, needs }) =>
          html`<a key=${id} data-needs=${needs} href=${`#${id}`} aria-current=${id === view?.id ? 'page' : undefined}>${title}${
            id === 'incidents' &&
            (pulse?.openIncidents ?? 0) > 0 &&
            html` <span class="badge">${pulse?.openIncidents}<span class="unseen"> open</span></span>`
          }</a>`,
      )}
    </nav>`
    }
    <main id="main" tabindex="-1" ref=${main} class=${isOld ? 'old' : ''} aria-label=${view?.title}>
      ${
        connection.kind === 'door' && !connection.isKept
          ? html`<${Door} said=${connection.said} />`
          : html`<${Acts} />
          ${failed !== '' && html`<p class="said" role="alert">${failed}</p>`}
          ${view?.needs !== undefined && mayNot(view.needs) ? html`<p>Only ${view.needs === 'admin' ? 'admins' : 'analysts and admins'} may see this.</p>` : View === undefined ? html`<p class="dim">loading…</p>` : html`<${View} key=${view?.id} rest=${rest} />`}`
      }
    </main>
    ${connection.kind === 'door' && connection.isKept && html`<${DoorAgain} said=${connection.said} />`}
    <footer><p>All times are of this browser's time zone, ${zone()}.</p></footer>
  `;
}

const root = document.getElementById('page');
if (root !== null) {
  root.replaceChildren();
  render(html`<${App} />`, root);
  keepFocus(root);
  void listen();
}
