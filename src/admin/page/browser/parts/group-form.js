// A group as a form: a new one, or one that is there. What the configuration file would say is shown before it is done.
import { html } from '../kit.js';
import { Said, useNames } from './bits.js';
import { useChange } from './change.js';

/** @import { GroupView } from '../../../clients/group-routes.ts' */

/** @param {{ group: GroupView | null, done: () => Promise<void> }} props */
export function GroupForm({ group, done }) {
  const known = useNames('lists');
  const own = group?.lists.filter(({ always }) => !always).map(({ name }) => name) ?? [];
  const everywhere =
    group?.lists.filter(({ always, byHand }) => always && !byHand).map(({ name }) => name) ?? [];
  const { said, busy, forget, look, diff } = useChange(done);
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    const text = (/** @type {string} */ field) => String(form.get(field) ?? '').trim();
    const ticked = form.getAll('list').map(String);
    const said = {
      clients: partsOf(text('clients')),
      // In the order in which the configuration has them.
      lists: [
        ...own.filter((name) => ticked.includes(name)),
        ...ticked.filter((name) => !own.includes(name)),
      ],
      schedule: text('schedule') || null,
      upstreams: text('upstreams') === '' ? null : partsOf(text('upstreams')),
    };
    if (group === null) {
      const name = text('name');
      void look('groups', { name, ...said }, `Group ${name} is in force.`);
      return;
    }
    /** @type {Record<string, unknown>} */
    const was = {
      clients: group.clients,
      lists: own,
      schedule: group.schedule,
      upstreams: group.upstreams,
    };
    const changed = Object.entries(said).filter(
      ([key, value]) => JSON.stringify(value) !== JSON.stringify(was[key]),
    );
    void look(
      `groups/${encodeURIComponent(group.name)}`,
      Object.fromEntries(changed),
      `Group ${group.name} is changed and in force.`,
    );
  };
  return html`<form onSubmit=${submit} onInput=${forget}>
      ${
        group === null &&
        html`<label>Name <input name="name" required pattern="[A-Za-z0-9][A-Za-z0-9._\\-]*" title="letters, digits, dots, hyphens and underscores" autocomplete="off" /></label>`
      }
      <label class="wide">Clients, with commas: addresses, networks, MACs, names <input name="clients" required autocomplete="off" spellcheck=${false} placeholder="192.0.2.0/24, aa:bb:cc:dd:ee:ff, kid*" defaultValue=${group?.clients.join(', ') ?? ''} /></label>
      <fieldset class="wide"><legend>Lists</legend>
        ${[...new Set([...own, ...known])]
          .filter((name) => !everywhere.includes(name))
          .map(
            (name) =>
              html`<label class="check" key=${name}><input type="checkbox" name="list" value=${name} defaultChecked=${own.includes(name)} /> ${name}</label>`,
          )}
        ${everywhere.length > 0 && html`<p class="dim">Of every group: ${everywhere.join(', ')}.</p>`}
      </fieldset>
      <label>Schedule; empty: always <input name="schedule" autocomplete="off" spellcheck=${false} placeholder="mon-fri 08:00-18:00" defaultValue=${group?.schedule ?? ''} /></label>
      <label class="wide">Upstreams of its own, with commas; empty: those of all <input name="upstreams" autocomplete="off" spellcheck=${false} placeholder="tls://dns.example" defaultValue=${group?.upstreams?.join(', ') ?? ''} /></label>
      <button aria-disabled=${busy}>Show the change</button>
    </form>
    <${Said} text=${said} />
    ${diff}`;
}

/** @param {string} text */
const partsOf = (text) =>
  text
    .split(/[,\n]/)
    .map((part) => part.trim())
    .filter(Boolean);
