// Groups: whose they are, what is blocked for them, when, and whom they ask.
import { ask } from '../ask.js';
import { useGrowing } from '../growing.js';
import { html, useMemo, useState } from '../kit.js';
import { useAsk } from '../live.js';
import { act } from '../parts/act.js';
import { Facts, Said, Section, Time, useAttempt } from '../parts/bits.js';
import { useChange } from '../parts/change.js';
import { GroupForm } from '../parts/group-form.js';
import { machines } from '../words.js';

/** @import { GroupView } from '../../../clients/group-routes.ts' */

const PART = 10;

export function View() {
  const { data, failure, again } = useAsk('groups');
  const groups = /** @type {{ groups: GroupView[] } | null} */ (data)?.groups ?? null;
  const { said, run } = useAttempt();
  const resume = (/** @type {string} */ group) =>
    run(async () => {
      await ask('resume', { group });
      await again();
    });
  const [isAdding, setAdding] = useState(false);
  // Made once, and not all in one step: a network may have a hundred groups, each with its lists.
  const parts = useMemo(
    () =>
      partsOf(groups ?? []).map((part) =>
        part.map(
          (group) => html`<${Group} key=${group.name} group=${group} again=${again} resume=${resume} />`,
        ),
      ),
    [groups],
  );
  return html`<${Section} title="Groups" aside=${html`<span class="row">
      <button type="button" data-needs="admin" aria-expanded=${isAdding} onClick=${() => setAdding(!isAdding)}>Add a group</button>
    </span>`}>
      ${
        isAdding &&
        html`<${GroupForm} group=${null} done=${async () => {
          setAdding(false);
          await again();
        }} />`
      }
      <${Said} text=${failure || said} />
      <p class="dim">A machine is in the group that names its address; else its user, its MAC, its name, the smallest network that it is in, or any: the first of these that a group names.</p>
    <//>
    ${groups === null && html`<p class="dim">asking…</p>`}
    ${groups?.length === 0 && html`<p class="dim">No groups are configured: nothing is blocked.</p>`}
    ${useGrowing(parts).flat()}`;
}

/** @param {readonly GroupView[]} groups */
const partsOf = (groups) =>
  Array.from({ length: Math.ceil(groups.length / PART) }, (_, i) => groups.slice(i * PART, (i + 1) * PART));

/** @param {{ group: GroupView, again: () => Promise<void>, resume: (group: string) => Promise<unknown> }} props */
function Group({ group, again, resume }) {
  const { name, clients, lists, schedule, inForce, upstreams, inspected, rebinding, paused, pausedUntil } =
    group;
  const [isChanged, setChanged] = useState(false);
  const removal = useChange(again);
  return html`<${Section} title=${name} aside=${html`<span class="row">
      ${
        paused
          ? html`<button type="button" data-needs="admin" onClick=${() => resume(name)}>Block again</button>`
          : html`<button type="button" data-needs="admin" onClick=${() => act({ action: 'pause', group: name, done: again })}>Pause</button>`
      }
      <button type="button" data-needs="admin" onClick=${() => act({ action: 'allow', group: name })}>Allow a name</button>
      <button type="button" data-needs="admin" onClick=${() => act({ action: 'block', group: name })}>Block a name</button>
      <button type="button" data-needs="admin" aria-expanded=${isChanged} onClick=${() => setChanged(!isChanged)}>Change</button>
      <button type="button" data-needs="admin" aria-disabled=${removal.busy} onClick=${() => removal.look(`groups/${encodeURIComponent(name)}/remove`, {}, `Group ${name} is out of the configuration.`)}>Remove</button>
    </span>`}>
    ${
      isChanged &&
      html`<${GroupForm} group=${group} done=${async () => {
        setChanged(false);
        await again();
      }} />`
    }
    <${Said} text=${removal.said} />
    ${removal.diff}
    ${paused && html`<p class="warn">Nothing is blocked for it ${pausedUntil === null ? 'until somebody ends that' : html`until <${Time} iso=${pausedUntil} />`}.</p>`}
    <${Facts} facts=${[
      ['Clients', clients.join(', ')],
      ['Machines now', machines(group.machines)],
      [
        'Lists',
        lists.length === 0
          ? 'none'
          : lists.map(({ name: list, always, byHand }) =>
              byHand
                ? html`<span key=${list}><a href="#now">by hand</a> </span>`
                : html`<span key=${list}><a href=${`#lists/${encodeURIComponent(list)}`}>${list}</a>${always && schedule !== null ? ' (at every hour)' : ''} </span>`,
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
