// Groups: whose they are, what is blocked for them, when, and whom they ask.
import { ask } from '../ask.js';
import { html, useState } from '../kit.js';
import { useAsk } from '../live.js';
import { act } from '../parts/act.js';
import { Facts, Said, Section, Time, useAttempt } from '../parts/bits.js';
import { useSetting } from '../parts/setting.js';
import { machines } from '../words.js';

/** @import { GroupView } from '../../../clients/group-routes.ts' */

export function View() {
  const { data, failure, again } = useAsk('groups');
  const groups = /** @type {{ groups: GroupView[] } | null} */ (data)?.groups ?? null;
  const { said, run } = useAttempt();
  const resume = (/** @type {string} */ group) =>
    run(async () => {
      await ask('resume', { group });
      await again();
    });
  return html`<${Said} text=${failure || said} />
    ${groups === null && html`<p class="dim">asking…</p>`}
    ${groups?.length === 0 && html`<p class="dim">No groups are configured: nothing is blocked.</p>`}
    ${groups?.map((group) => html`<${Group} key=${group.name} group=${group} again=${again} resume=${resume} />`)}`;
}

/** @param {{ group: GroupView, again: () => Promise<void>, resume: (group: string) => Promise<unknown> }} props */
function Group({ group, again, resume }) {
  const { name, clients, lists, schedule, inForce, upstreams, inspected, rebinding, paused, pausedUntil } =
    group;
  const [isChanged, setChanged] = useState(false);
  return html`<${Section} title=${name} aside=${html`<span class="row">
      ${
        paused
          ? html`<button type="button" data-needs="admin" onClick=${() => resume(name)}>Block again</button>`
          : html`<button type="button" data-needs="admin" onClick=${() => act({ action: 'pause', group: name, done: again })}>Pause</button>`
      }
      <button type="button" data-needs="admin" onClick=${() => act({ action: 'allow', group: name })}>Allow a name</button>
      <button type="button" data-needs="admin" onClick=${() => act({ action: 'block', group: name })}>Block a name</button>
      <button type="button" data-needs="admin" aria-expanded=${isChanged} onClick=${() => setChanged(!isChanged)}>Change</button>
    </span>`}>
    ${isChanged && html`<${Change} group=${group} again=${again} />`}
    ${paused && html`<p class="warn">Nothing is blocked for it ${pausedUntil === null ? 'until somebody ends that' : html`until <${Time} iso=${pausedUntil} />`}.</p>`}
    <${Facts} facts=${[
      ['Clients', clients.join(', ')],
      ['Machines now', machines(group.machines)],
      [
        'Lists',
        lists.length === 0
          ? 'none'
          : lists.map(
              ({ name: list, always }) =>
                html`<span key=${list}><a href=${`#lists/${encodeURIComponent(list)}`}>${list}</a>${always && schedule !== null ? ' (at every hour)' : ''} </span>`,
            ),
      ],
      [
        'Schedule',
        schedule === null
          ? 'its lists are in force always'
          : `${schedule}${inForce ? ', in force now' : ', not in force at this hour'}`,
      ],
      ['Upstreams', upstreams === null ? 'those of all' : upstreams.join(', ')],
      [
        'Answers',
        `${inspected ? 'what they lead to is checked against its lists' : 'what they lead to is not checked'}; private addresses of public names are ${rebinding ? 'withheld' : 'let through'}`,
      ],
    ]} />
  <//>`;
}

/** @param {readonly string[]} items a list as YAML */
const listText = (items) => `[${items.map((item) => JSON.stringify(item)).join(', ')}]`;

/** Its settings in the configuration file, each as YAML. @param {{ group: GroupView, again: () => Promise<void> }} props */
function Change({ group: { name, clients, lists, schedule, upstreams }, again }) {
  /** @type {Record<string, string>} */
  const own = {
    lists: listText(lists.filter(({ always }) => !always).map((list) => list.name)),
    clients: listText(clients),
    schedule: schedule === null ? '' : JSON.stringify(schedule),
    upstreams: upstreams === null ? '' : listText(upstreams),
  };
  const [key, setKey] = useState('lists');
  const [value, setValue] = useState(own['lists'] ?? '');
  const { said, busy, forget, look, diff } = useSetting(again);
  return html`<form onSubmit=${(/** @type {Event} */ event) => {
    event.preventDefault();
    void look(['groups', name, key], value.trim() === '' ? null : value);
  }}>
    <label>Setting <select value=${key} onChange=${(/** @type {Event} */ event) => {
      const next = /** @type {HTMLSelectElement} */ (event.currentTarget).value;
      forget();
      setKey(next);
      setValue(own[next] ?? '');
    }}>${Object.keys(own).map((one) => html`<option key=${one}>${one}</option>`)}</select></label>
    <label>Value, as YAML; empty removes it <input size="40" autocomplete="off" spellcheck=${false} value=${value} onInput=${(
      /** @type {Event} */ event,
    ) => {
      forget();
      setValue(/** @type {HTMLInputElement} */ (event.currentTarget).value);
    }} /></label>
    <button disabled=${busy}>Show the change</button>
    <${Said} text=${said} />
  </form>
  ${diff}`;
}
