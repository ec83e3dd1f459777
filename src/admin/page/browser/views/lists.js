// Lists: how each is, how old, what it catches, and what can be done about it. Every change of the configuration is shown first.
import { ask } from '../ask.js';
import { html, useState } from '../kit.js';
import { useAsk } from '../live.js';
import { Facts, Said, Section, Time, useAttempt, useNames } from '../parts/bits.js';
import { useChange } from '../parts/change.js';
import { LogKnown } from '../parts/known.js';
import { Table } from '../parts/table.js';
import { entries, expressions, LIST_STATES, linesLeftOut, number, queries, time } from '../words.js';

/** @import { ListView } from '../../../lists/list-view.ts' */
/** @import { ListChangeView } from '../../../lists/edit-routes.ts' */
/** @import { CatchesView, CatchView } from '../../../lists/routes.ts' */

/** @param {{ rest: string[] }} props */
export function View({ rest: [name] }) {
  const { data, failure, again } = useAsk('lists');
  const catches = useAsk('lists/catches', { everyMs: 60_000 });
  const lists = /** @type {{ lists: ListView[] } | null} */ (data)?.lists ?? null;
  const own = lists?.filter(({ byHand }) => !byHand) ?? null;
  const known = /** @type {CatchesView & { since: string } | null} */ (catches.data);
  const caught = known?.catches ?? null;
  const [isAdding, setAdding] = useState(false);
  const { said, busy, run } = useAttempt();
  const one = name === undefined ? undefined : own?.find((list) => list.name === name);
  if (name !== undefined && lists !== null)
    return one === undefined
      ? html`<${Section} title=${name}><p class="dim">There is no list of this name. <a href="#lists">All lists</a></p><//>`
      : html`<${One} list=${one} caught=${caught?.find(({ list }) => list === name)} again=${again} />`;
  return html`<${Section} title="Lists" aside=${html`<span class="row">
      <button type="button" data-needs="admin" aria-expanded=${isAdding} onClick=${() => setAdding(!isAdding)}>Add a list</button>
      <button type="button" data-needs="admin" aria-disabled=${busy} onClick=${() =>
        run(async () => {
          await ask('lists/refresh', {});
          await again();
        })}>${busy ? 'fetching…' : 'Refresh all'}</button>
    </span>`}>
    ${
      isAdding &&
      html`<${Add} done=${async () => {
        setAdding(false);
        await again();
      }} />`
    }
    <${Said} text=${failure || said || catches.failure} />
    <${Table} title="Lists" failure=${failure} rows=${own} keyOf=${(/** @type {ListView} */ list) => list.name} empty="No lists are configured: nothing is blocked." columns=${columnsWith(caught)} />
    ${(lists?.length ?? 0) > (own?.length ?? 0) && html`<p class="dim">What is allowed or blocked by hand stands under <a href="#now">Now</a>.</p>`}
    <p class="dim">Caught: blocked queries of the last 7 days that the list decided; alone: those for names that no other list in force has.</p>
    <${LogKnown} of=${known} />
  <//>`;
}

/** @param {readonly CatchView[] | null} caught */
const columnsWith = (caught) =>
  /** @type {import('../parts/table.js').Column<ListView>[]} */ ([
    {
      label: 'List',
      kind: 'name',
      by: ({ name }) => name,
      cell: ({ name }) => html`<a href=${`#lists/${encodeURIComponent(name)}`}>${name}</a>`,
    },
    {
      label: 'Entries',
      kind: 'n',
      by: ({ entries: count }) => count,
      cell: ({ entries: count }) => number(count),
    },
    {
      label: 'Caught',
      kind: 'n',
      by: ({ name }) => caughtOf(caught, name)?.queries ?? 0,
      cell: ({ name }) => (caught === null ? '…' : number(caughtOf(caught, name)?.queries ?? 0)),
    },
    {
      label: 'Alone',
      kind: 'n',
      by: ({ name }) => aloneOf(caughtOf(caught, name)),
      cell: ({ name }) => (caught === null ? '…' : aloneText(caughtOf(caught, name))),
    },
    { label: 'Does', cell: ({ action, mode }) => (mode === 'monitor' ? `${action} (only watches)` : action) },
    {
      label: 'Last good',
      kind: 'time',
      by: ({ lastGood }) => lastGood,
      cell: ({ lastGood }) => html`<${Time} iso=${lastGood} />`,
    },
    {
      label: 'State',
      kind: 'name',
      by: ({ state }) => state,
      cell: (list) => html`<span class=${list.why === null ? 'good' : 'bad'}>${stateText(list)}</span>`,
    },
  ]);

/** Of a list that caught much only a part is looked at, and the rest taken to be like it. @param {CatchView | undefined} caught */
const aloneOf = (caught) =>
  caught === undefined || caught.looked === 0
    ? 0
    : Math.round((caught.alone / caught.looked) * caught.queries);

/** @param {CatchView | undefined} caught */
const aloneText = (caught) =>
  `${caught !== undefined && caught.looked < caught.queries ? 'about ' : ''}${number(aloneOf(caught))}`;

/** @param {readonly CatchView[] | null} caught @param {string} name */
const caughtOf = (caught, name) => caught?.find(({ list }) => list === name);

/** @param {ListView} list */
function stateText({ state, since, why, inForce, skipped, expired, skips }) {
  if (why !== null)
    return `${state}${since === null ? '' : ` since ${time(since)}`}: ${why}; ${inForce ? 'an older text is in force' : 'nothing of it is in force'}`;
  const told = skips.filter((skip) => skip.inForce).map(({ text, count }) => `; ${number(count)} ${text}`);
  return `${LIST_STATES[state] ?? state}${skipped > 0 ? `, ${linesLeftOut(skipped)}` : ''}${expired > 0 ? `, ${entries(expired)} expired: watched, not blocked` : ''}${told.join('')}`;
}

/** @param {{ list: ListView, caught: CatchView | undefined, again: () => Promise<void> }} props */
function One({ list, caught, again }) {
  const {
    name,
    source,
    format,
    action,
    mode,
    lastGood,
    lastChange,
    lastCheck,
    nextCheck,
    undated,
    nextExpiry,
    patterns,
  } = list;
  const isInline = source === 'inline';
  const { said, busy, run } = useAttempt();
  const watching = useChange(again);
  const removal = useChange(async () => {
    await again();
    location.hash = '#lists';
  });
  const path = `lists/${encodeURIComponent(name)}`;
  const look = (
    /** @type {typeof removal} */ change,
    /** @type {string} */ what,
    /** @type {Record<string, unknown>} */ body,
    /** @type {string} */ told,
  ) => {
    (change === removal ? watching : removal).forget();
    return change.look(`${path}/${what}`, body, told);
  };
  const isBusy = busy || watching.busy || removal.busy;
  return html`<${Section} title=${name} aside=${html`<span class="row">
      <button type="button" data-needs="admin" aria-disabled=${isBusy} onClick=${() =>
        run(async () => {
          await ask(`${path}/refresh`, {});
          await again();
        })}>${busy ? 'fetching…' : 'Refresh'}</button>
      <button type="button" data-needs="admin" aria-disabled=${isBusy} onClick=${() => look(watching, 'mode', { mode: mode === 'monitor' ? 'enforce' : 'monitor' }, mode === 'monitor' ? `${name} blocks.` : `${name} only watches.`)}>${mode === 'monitor' ? 'Block by it' : 'Only watch'}</button>
      <button type="button" data-needs="admin" aria-disabled=${isBusy} onClick=${() => look(removal, 'remove', {}, `${name} is out of the configuration.`)}>Remove</button>
    </span>`}>
    <${Said} text=${said || watching.said || removal.said} />
    ${watching.diff}
    ${removal.diff}
    <${Facts} facts=${[
      ['State', html`<span class=${list.why === null ? 'good' : 'bad'}>${stateText(list)}</span>`],
      ['Source', isInline ? 'its names stand in the configuration' : source],
      ['Entries', `${number(list.entries)}${patterns > 0 ? `, of these ${expressions(patterns)}` : ''}`],
      [
        'Caught',
        caught === undefined
          ? null
          : `${queries(caught.queries)} in 7 days, ${aloneText(caught)} of them for names that no other list has`,
      ],
      ['Does', mode === 'monitor' ? `${action}, but only watches` : action],
      ['Format', format],
      ['Last good', html`<${Time} iso=${lastGood} />`],
      ['Last change', html`<${Time} iso=${lastChange} />`],
      ['Last asked', html`<${Time} iso=${lastCheck} />`],
      [
        'Next asked',
        nextCheck === null
          ? isInline
            ? 'when the configuration changes'
            : 'when its file changes'
          : html`<${Time} iso=${nextCheck} />`,
      ],
      ['Next entry ends', nextExpiry === null ? null : html`<${Time} iso=${nextExpiry} />`],
      ['Never end', undated > 0 ? `${entries(undated)} without a date` : null],
      ...list.skips.map(
        ({ text, count }) => /** @type {const} */ (['Left out', `${number(count)}: ${text}`]),
      ),
    ]} />
    <p><a href=${`#log/${new URLSearchParams({ list: name })}`}>what it blocked</a></p>
  <//>`;
}

/** @param {{ done: () => Promise<void> }} props */
function Add({ done }) {
  const groups = useNames('groups');
  const [kind, setKind] = useState('url');
  const { said, busy, forget, look, diff } = useChange(done);
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    const text = (/** @type {string} */ field) => String(form.get(field) ?? '').trim();
    const group = text('group');
    const body = {
      name: text('name'),
      ...(kind === 'url' ? { source: text('source') } : { text: text('text') }),
      action: text('action'),
      alert: form.has('alert'),
      monitor: form.has('monitor'),
      ...(group === '' ? {} : { groups: [group] }),
    };
    void look('lists', body, addedText);
  };
  return html`<form id="add-list" onSubmit=${submit} onInput=${forget}>
      <label>Name <input name="name" required pattern="[A-Za-z0-9][A-Za-z0-9._\\-]*" title="letters, digits, dots, hyphens and underscores" autocomplete="off" /></label>
      <label>From <select value=${kind} onChange=${(/** @type {Event} */ event) => setKind(/** @type {HTMLSelectElement} */ (event.currentTarget).value)}>
        <option value="url">an address</option>
        <option value="paste">text that is pasted</option>
      </select></label>
      ${
        kind === 'url'
          ? html`<label>Address <input name="source" required size="40" placeholder="https://lists.example/hosts" autocomplete="off" spellcheck=${false} /></label>`
          : html`<label class="wide">The list, in any format <textarea name="text" rows="6" required spellcheck=${false}></textarea></label>`
      }
      <label>For <select name="group"><option value="">every group</option>${groups.map((group) => html`<option key=${group} value=${group}>group ${group}</option>`)}</select></label>
      <label>Does <select name="action">${['sinkhole', 'nxdomain', 'nodata', 'refused', 'drop', 'allow'].map((one) => html`<option key=${one}>${one}</option>`)}</select></label>
      <label class="check"><input type="checkbox" name="alert" /> attackers: tell who asks</label>
      <label class="check"><input type="checkbox" name="monitor" /> only watch</label>
      <button aria-disabled=${busy}>Show the change</button>
    </form>
    <${Said} text=${said} />
    ${diff}`;
}

/** @param {ListChangeView} answer */
function addedText({ list }) {
  if (list === null) return 'Nothing changed.';
  return list.why === null
    ? `${list.name} is in force with ${entries(list.entries)}${list.skipped > 0 ? `; ${linesLeftOut(list.skipped)}` : ''}.`
    : `${list.name} is in the configuration, but ${list.why}`;
}
